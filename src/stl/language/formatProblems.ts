import type { Problem } from "./Problem.ts";

const widest = 160;

/** The part of a long line that a column stands in: where it starts, and its text. */
const excerpt = (line: string, column: number): readonly [start: number, text: string] => {
  const start = line.length > widest ? Math.max(0, column - widest / 2) : 0;
  return [start, line.slice(start, start + widest)];
};

const frame = (problem: Problem, lines: readonly string[]): string[] => {
  const whole = lines[problem.line - 1]?.replace(/\r$/, "");
  if (whole === undefined) return [];
  const [start, line] = excerpt(whole, problem.column);
  const number = String(problem.line);
  const margin = " ".repeat(number.length);
  const column = problem.column - start;
  const end = problem.endLine > problem.line ? line.length + 1 : problem.endColumn - start;
  const carets = "^".repeat(Math.max(1, Math.min(end, line.length + 1) - column));
  // Tabs stay tabs, so that the carets stand below what they mark.
  const before = line.slice(0, column - 1).replace(/[^\t]/g, " ");
  return [`${margin} |`, `${number} | ${line}`, `${margin} | ${before}${carets}`];
};

/**
 * Writes problems for a person to read: severity and message, place, the line with carets below, the remedy.
 *
 * `texts` holds the text of every source that a problem names; where one is absent, its excerpt is left out. Of a
 * line longer than 160 characters the part around the problem is shown.
 *
 * @example
 * const { spec, problems } = parseSpec("signal x : reel;", { source: "a.stl" });
 * formatProblems(problems, spec.texts).split("\n")[1]; // => " --> a.stl:1:12"
 */
export const formatProblems = (
  problems: readonly Problem[],
  texts: Readonly<Record<string, string>>,
): string => {
  const linesOf = new Map<string, readonly string[]>();
  for (const [source, text] of Object.entries(texts)) linesOf.set(source, text.split("\n"));
  return problems
    .map((problem) => {
      const lines = [
        `${problem.severity}: ${problem.message} [${problem.code}]`,
        ` --> ${problem.source}:${problem.line}:${problem.column}`,
        ...frame(problem, linesOf.get(problem.source) ?? []),
        `   = ${problem.remedy}`,
      ];
      return lines.join("\n");
    })
    .join("\n\n");
};

import type { Problem } from "./Problem.ts";

const frame = (problem: Problem, text: string): string[] => {
  const line = text.split("\n")[problem.line - 1]?.replace(/\r$/, "");
  if (line === undefined) return [];
  const number = String(problem.line);
  const margin = " ".repeat(number.length);
  const end = problem.endLine > problem.line ? line.length + 1 : problem.endColumn;
  const carets = "^".repeat(Math.max(1, Math.min(end, line.length + 1) - problem.column));
  // Tabs stay tabs, so that the carets stand below what they mark.
  const before = line.slice(0, problem.column - 1).replace(/[^\t]/g, " ");
  return [`${margin} |`, `${number} | ${line}`, `${margin} | ${before}${carets}`];
};

/**
 * Writes problems for a person to read: severity and message, place, the line with carets below, the remedy.
 *
 * `texts` holds the text of every source that a problem names; where one is absent, its excerpt is left out.
 *
 * @example
 * const { spec, problems } = parseSpec("signal x : reel;", { source: "a.stl" });
 * formatProblems(problems, spec.texts).split("\n")[1]; // => " --> a.stl:1:12"
 */
export const formatProblems = (
  problems: readonly Problem[],
  texts: Readonly<Record<string, string>>,
): string =>
  problems
    .map((problem) => {
      const text = texts[problem.source];
      const lines = [
        `${problem.severity}: ${problem.message} [${problem.code}]`,
        ` --> ${problem.source}:${problem.line}:${problem.column}`,
        ...(text === undefined ? [] : frame(problem, text)),
        `   = ${problem.remedy}`,
      ];
      return lines.join("\n");
    })
    .join("\n\n");

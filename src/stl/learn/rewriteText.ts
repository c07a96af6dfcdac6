import type { Place } from "../language/Problem.ts";

/** One stretch of a text and what is to stand there. */
export interface Edit {
  readonly place: Place;
  readonly text: string;
}

/**
 * Replaces stretches of a text that do not overlap; every other character stays, line ends and comments too.
 *
 * @example
 * const place = { source: "a.stl", line: 2, column: 5, endLine: 2, endColumn: 7 };
 * rewriteText("one\ntwo 22 // kept\n", [{ place, text: "333" }]); // => "one\ntwo 333 // kept\n"
 */
export const rewriteText = (text: string, edits: readonly Edit[]): string => {
  const starts = [0];
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) starts.push(at + 1);
  const offset = (line: number, column: number): number => (starts[line - 1] ?? text.length) + column - 1;
  let rewritten = "";
  let done = 0;
  const inOrder = edits
    .map(({ place, text: inserted }) => ({
      from: offset(place.line, place.column),
      to: offset(place.endLine, place.endColumn),
      inserted,
    }))
    .sort((a, b) => a.from - b.from);
  for (const { from, inserted, to } of inOrder) {
    rewritten += text.slice(done, from) + inserted;
    done = to;
  }
  return rewritten + text.slice(done);
};

import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { rewriteText } from "../../../src/stl/learn/rewriteText.ts";

/** Line and column of an offset, by walking there. */
const walkTo = (text: string, offset: number): { line: number; column: number } => {
  let [line, column] = [1, 1];
  for (let at = 0; at < offset; at++) {
    if (text[at] === "\n") [line, column] = [line + 1, 1];
    else column++;
  }
  return { line, column };
};

describe("rewriteText", () => {
  it("changes the stretches alone, in any order, over lines of any ending", () => {
    const text = fc.string({ unit: fc.constantFrom("a", "é", "\n", "\r\n", "\t", "𝄞"), maxLength: 40 });
    fc.assert(
      fc.property(
        text,
        fc.array(fc.nat(60), { minLength: 4, maxLength: 4 }),
        fc.boolean(),
        (before, at, swap) => {
          const [a, b, c, d] = at.map((offset) => Math.min(offset, before.length)).sort((x, y) => x - y) as [
            number,
            number,
            number,
            number,
          ];
          const edit = (from: number, to: number, text: string) => {
            const [start, end] = [walkTo(before, from), walkTo(before, to)];
            return {
              place: { source: "", ...start, endLine: end.line, endColumn: end.column },
              text,
            };
          };
          fc.pre(a < c);
          const edits = [edit(a, b, "ONE"), edit(c, d, "")];
          const expected = `${before.slice(0, a)}ONE${before.slice(b, c)}${before.slice(d)}`;
          expect(rewriteText(before, swap ? edits.reverse() : edits)).toBe(expected);
        },
      ),
      { numRuns: 300 },
    );
  });
});

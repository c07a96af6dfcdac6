import { describe, expect, it } from "vitest";
import { createAffineBlock } from "../../../src/verify/intervals/AffineBlock.ts";
import { createSymbolTable } from "../../../src/verify/intervals/SymbolTable.ts";
import { uniform } from "../../edge/fixture.ts";

describe("symbol table", () => {
  it("gives an input one column for as long as it keeps it", () => {
    const table = createSymbolTable(3);
    expect([7, 9, 7, 4, 5].map(table.columnOf)).toEqual([0, 1, 0, 2, -1]);
    expect(table.reserve(1)).toBe(-1);
    table.clear();
    expect([table.columnOf(9), table.reserve(2), table.reserve(1)]).toEqual([0, 1, -1]);
  });

  it("keeps the heaviest columns, renamed, and puts the rest into remainders that hold them", () => {
    const random = uniform(3);
    const table = createSymbolTable(10);
    const blocks = [createAffineBlock(4, 10), createAffineBlock(3, 10)];
    const heavy = new Set([1, 4, 5, 8]);
    for (let input = 0; input < 10; input++) table.columnOf(input);
    for (const block of blocks) {
      for (let at = 0; at < block.coefficients.length; at++) {
        block.coefficients[at] = (random() - 0.5) * (heavy.has(at % 10) ? 10 : 1);
      }
    }
    const before = blocks.map((block) => block.coefficients.slice());
    table.makeRoom(blocks, 6);
    expect(table.count()).toBe(4);
    const kept = [...heavy].map((input) => table.columnOf(input));
    expect(kept).toEqual([0, 1, 2, 3]);
    expect(table.columnOf(0)).toBe(4);
    blocks.forEach((block, index) => {
      for (let row = 0; row < block.rows; row++) {
        let rest = 0;
        for (let input = 0; input < 10; input++) {
          const value = before[index]![row * 10 + input]!;
          const place = [...heavy].indexOf(input);
          if (place >= 0) expect(block.coefficients[row * 10 + kept[place]!]).toBe(value);
          else rest += Math.abs(value);
        }
        expect(block.remainder[row]).toBeGreaterThanOrEqual(rest);
        expect(block.remainder[row]).toBeCloseTo(rest, 9);
        expect([...block.coefficients.subarray(row * 10 + 4, row * 10 + 10)]).toEqual(Array(6).fill(0));
      }
    });
  });
});

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  columnOf,
  randomTable,
  rowOf,
  sharedTable,
  sideOf,
  tokenAt,
} from "../../../src/model/sharedTable/SharedTable.ts";
import { random } from "../../../src/series/random.ts";

describe("SharedTable", () => {
  it.each([
    [1, 1],
    [2, 2],
    [4, 2],
    [5, 3],
    [9, 3],
    [20_000, 142],
    [20_164, 142],
    [20_165, 143],
  ])("%i tokens need a side of %i", (tokens, side) => expect(sideOf(tokens)).toBe(side));

  it("shuffles to a bijection whose cells are found again", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 200 }), fc.nat(), (tokens, seed) => {
        const table = randomTable(tokens, random(seed));
        const inCell = tokenAt(table);
        const found = table.cellOf.map(
          (_, token) => inCell[rowOf(table, token) * table.side + columnOf(table, token)]!,
        );
        expect(found).toEqual(Int32Array.from({ length: table.side ** 2 }, (_, token) => token));
        expect(randomTable(tokens, random(seed))).toEqual(table);
      }),
    );
  });

  it("shuffles every token over every cell", () => {
    const numbers = random(8);
    const seen = new Set<string>();
    for (let draw = 0; draw < 400; draw++) {
      randomTable(9, numbers).cellOf.forEach((cell, token) => seen.add(`${token} ${cell}`));
    }
    expect(seen.size).toBe(81);
  });

  it("names every cell that is outside or taken twice", () => {
    expect(() => sharedTable(4, Int32Array.of(0, 4, 2, 0))).toThrow(
      "shared table: token 1 is in cell 4: give one from 0 to 3; tokens 0 and 3 are both in cell 0: move one of them",
    );
    expect(() => sharedTable(5, Int32Array.of(0, 1, 2, 3, 4))).toThrow("5 tokens need 9");
    expect(() => sharedTable(0)).toThrow("tokens is 0: give a whole number from 1 to 2^24");
  });
});

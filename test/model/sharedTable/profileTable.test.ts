import { describe, expect, it } from "vitest";
import { profileTable } from "../../../src/model/sharedTable/profileTable.ts";
import { columnOf, rowOf } from "../../../src/model/sharedTable/SharedTable.ts";
import { random } from "../../../src/series/random.ts";

describe("profileTable", () => {
  it("puts tokens of one shape in one row, each row by level", () => {
    // Ten shapes of ten tokens each, in turns, with a little noise and a level of their own.
    const numbers = random(9);
    const width = 24;
    const shapes = Array.from({ length: 10 }, () =>
      Array.from({ length: width }, () => 5 * numbers.normal()),
    );
    const profiles = new Float64Array(100 * width);
    for (let token = 0; token < 100; token++) {
      const level = 0.3 * numbers.normal();
      for (let k = 0; k < width; k++)
        profiles[token * width + k] = shapes[token % 10]![k]! + level + 0.05 * numbers.normal();
    }
    const table = profileTable(profiles, width, random(4));
    const together = new Map<number, Set<number>>();
    for (let token = 0; token < 100; token++) {
      const row = rowOf(table, token);
      together.set(row, (together.get(row) ?? new Set()).add(token % 10));
    }
    // K-means may settle with two shapes shared by two rows: a row of chance would hold six or seven.
    const mean = [...together.values()].reduce((sum, own) => sum + own.size, 0) / 10;
    expect(mean).toBeLessThan(3);
    const sum = (token: number): number =>
      profiles.subarray(token * width, (token + 1) * width).reduce((a, b) => a + b, 0);
    for (let a = 0; a < 100; a++) {
      for (let b = 0; b < 100; b++) {
        if (rowOf(table, a) === rowOf(table, b) && columnOf(table, a) < columnOf(table, b))
          expect(sum(a)).toBeLessThanOrEqual(sum(b));
      }
    }
    expect(profileTable(profiles, width, random(4))).toEqual(table);
  });

  it("fills the square with dummies", () => {
    const table = profileTable(
      Float64Array.from({ length: 7 }, (_, k) => k),
      1,
      random(2),
    );
    expect([...table.cellOf].sort((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8]);
  });
});

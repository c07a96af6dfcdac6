import fc from "fast-check";
import { linearSumAssignment } from "linear-sum-assignment";
import { describe, expect, it } from "vitest";
import { type Matching, minimumMatching } from "../../../src/model/sharedTable/minimumMatching.ts";
import { random } from "../../../src/series/random.ts";

const matrix = (size: number, entry: (row: number, column: number) => number): Float64Array =>
  Float64Array.from({ length: size * size }, (_, k) => entry(Math.floor(k / size), k % size));

/** The cheapest of all orders of the columns. */
const bruteForce = (cost: Float64Array, size: number): number => {
  const visit = (row: number, taken: number): number => {
    if (row === size) return 0;
    let least = Infinity;
    for (let column = 0; column < size; column++) {
      if (taken & (1 << column)) continue;
      least = Math.min(least, cost[row * size + column]! + visit(row + 1, taken | (1 << column)));
    }
    return least;
  };
  return visit(0, 0);
};

const oracleCost = (cost: Float64Array, size: number): number => {
  const rows = Array.from({ length: size }, (_, row) => cost.slice(row * size, (row + 1) * size));
  const { rowAssignments } = linearSumAssignment(rows, { maximaze: false });
  return rows.reduce((sum, row, k) => sum + row[rowAssignments[k]!]!, 0);
};

/** A permutation whose cost the duals prove the least; `scale` is the largest cost. */
const expectProved = (cost: Float64Array, size: number, matching: Matching): void => {
  const scale = cost.reduce((most, value) => Math.max(most, Math.abs(value)), 1);
  const { columnDuals, columnOf, rowDuals } = matching;
  expect(new Set(columnOf).size).toBe(size);
  let bound = 0;
  for (let k = 0; k < size; k++) bound += rowDuals[k]! + columnDuals[k]!;
  let worst = 0;
  for (let row = 0; row < size; row++) {
    for (let column = 0; column < size; column++) {
      worst = Math.max(worst, rowDuals[row]! + columnDuals[column]! - cost[row * size + column]!);
    }
  }
  expect(worst).toBeLessThanOrEqual(1e-12 * scale);
  expect(Math.abs(matching.cost - bound)).toBeLessThanOrEqual(1e-12 * scale * size);
};

const numbers = random(31);
const cases: readonly (readonly [string, number, (row: number, column: number) => number])[] = [
  ["one row", 1, () => 7],
  ["uniform", 60, () => numbers.uniform()],
  ["negative and positive", 60, () => numbers.normal()],
  ["integers with many ties", 60, () => Math.floor(4 * numbers.uniform())],
  ["zeros and ones", 60, () => Math.floor(2 * numbers.uniform())],
  ["all zero", 40, () => 0],
  ["all equal", 40, () => 3.7],
  ["equal rows", 40, (_, column) => Math.sin(column)],
  ["equal columns", 40, (row) => Math.sin(row)],
  ["products, worst for row reduction", 50, (row, column) => (row + 1) * (column + 1)],
  ["large", 50, () => 1e12 * numbers.uniform()],
  ["small beside large", 50, () => (numbers.uniform() < 0.5 ? 1e9 : 1e-3 * numbers.uniform())],
  ["two columns that all want", 50, (_, column) => (column < 2 ? 1e-9 * numbers.uniform() : 1e6)],
];

describe("minimumMatching", () => {
  it.each(cases)("%s: the cost of linear-sum-assignment, and proved by its duals", (_, size, entry) => {
    const cost = matrix(size, entry);
    const matching = minimumMatching(cost, size);
    expectProved(cost, size, matching);
    const expected = oracleCost(cost, size);
    expect(Math.abs(matching.cost - expected)).toBeLessThanOrEqual(1e-10 * Math.max(1, Math.abs(expected)));
  });

  it("is the cheapest of all orders, and equal calls give equal matchings", () => {
    const sized = fc.integer({ min: 1, max: 7 }).chain((size) =>
      fc.tuple(
        fc.constant(size),
        fc.array(fc.oneof(fc.integer({ min: -3, max: 3 }), fc.double({ min: -5, max: 5, noNaN: true })), {
          minLength: size * size,
          maxLength: size * size,
        }),
      ),
    );
    fc.assert(
      fc.property(sized, ([size, entries]) => {
        const cost = Float64Array.from(entries);
        const matching = minimumMatching(cost, size);
        expectProved(cost, size, matching);
        expect(matching.cost).toBeCloseTo(bruteForce(cost, size), 10);
        expect(minimumMatching(cost, size)).toEqual(matching);
      }),
      { numRuns: 300 },
    );
  });

  it("names everything that does not fit", () => {
    expect(() => minimumMatching(Float64Array.of(1, 2, NaN), 2)).toThrow(
      "shared table: 3 costs are given: [2][2] needs 4; the cost in row 1, column 0 is NaN: give a finite number",
    );
  });
});

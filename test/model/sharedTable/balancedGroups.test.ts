import fc from "fast-check";
import { linearSumAssignment } from "linear-sum-assignment";
import { describe, expect, it } from "vitest";
import { balancedGroups, type Grouping } from "../../../src/model/sharedTable/balancedGroups.ts";
import { random } from "../../../src/series/random.ts";

/** Each group as so many columns as it has places: the assignment problem that the grouping stands for. */
const oracleCost = (cost: Float64Array, groups: number, capacity: number): number => {
  const items = cost.length / groups;
  const places = groups * capacity;
  const rows = Array.from({ length: places }, (_, item) =>
    Float64Array.from({ length: places }, (__, place) =>
      item < items ? cost[item * groups + Math.floor(place / capacity)]! : 0,
    ),
  );
  const { rowAssignments } = linearSumAssignment(rows, { maximaze: false });
  return rows.reduce((sum, row, k) => sum + row[rowAssignments[k]!]!, 0);
};

/** Within capacity, and at the lower bound of its duals. */
const expectProved = (
  cost: Float64Array,
  groups: number,
  capacity: number,
  { cost: total, duals, groupOf }: Grouping,
): void => {
  const items = cost.length / groups;
  const sizes = new Int32Array(groups);
  for (const group of groupOf) sizes[group]!++;
  expect(Math.max(...sizes)).toBeLessThanOrEqual(capacity);
  expect(Math.max(...duals)).toBeLessThanOrEqual(0);
  let bound = duals.reduce((sum, dual) => sum + capacity * dual, 0);
  let own = 0;
  for (let item = 0; item < items; item++) {
    let least = Infinity;
    for (let group = 0; group < groups; group++)
      least = Math.min(least, cost[item * groups + group]! - duals[group]!);
    bound += least;
    own += cost[item * groups + groupOf[item]!]!;
  }
  expect(total).toBeCloseTo(own, 9);
  expect(total).toBeCloseTo(bound, 9);
};

const numbers = random(32);
const cases: readonly (readonly [string, number, number, number, (item: number, group: number) => number])[] =
  [
    ["uniform, full", 64, 8, 8, () => numbers.uniform()],
    ["uniform, with room", 50, 8, 8, () => numbers.uniform()],
    ["all want the same group", 64, 8, 8, (_, group) => group],
    ["one after the other", 64, 8, 8, (item, group) => item * group],
    ["ties", 60, 8, 8, () => Math.floor(3 * numbers.uniform())],
    ["all equal", 64, 8, 8, () => 1],
    ["negative", 30, 4, 9, () => -numbers.uniform()],
  ];

describe("balancedGroups", () => {
  it.each(cases)("%s: the cost of the assignment that it stands for", (_, items, groups, capacity, entry) => {
    const cost = Float64Array.from({ length: items * groups }, (__, k) =>
      entry(Math.floor(k / groups), k % groups),
    );
    const grouping = balancedGroups(cost, groups, capacity);
    expectProved(cost, groups, capacity, grouping);
    expect(grouping.cost).toBeCloseTo(oracleCost(cost, groups, capacity), 8);
  });

  it("is within capacity and proved by its duals, whatever it is given", () => {
    const cases = fc
      .record({ groups: fc.integer({ min: 1, max: 5 }), capacity: fc.integer({ min: 1, max: 5 }) })
      .chain(({ capacity, groups }) =>
        fc.integer({ min: 1, max: groups * capacity }).chain((items) =>
          fc.tuple(
            fc.constant({ capacity, groups }),
            fc.array(fc.oneof(fc.integer({ min: 0, max: 2 }), fc.double({ min: -9, max: 9, noNaN: true })), {
              minLength: items * groups,
              maxLength: items * groups,
            }),
          ),
        ),
      );
    fc.assert(
      fc.property(cases, ([{ capacity, groups }, entries]) => {
        const cost = Float64Array.from(entries);
        expectProved(cost, groups, capacity, balancedGroups(cost, groups, capacity));
      }),
      { numRuns: 300 },
    );
  });

  it("refuses more items than there are places", () => {
    expect(() => balancedGroups(new Float64Array(10), 2, 2)).toThrow(
      "shared table: 5 items do not fit 2 groups of 2: give more groups or more capacity",
    );
  });
});

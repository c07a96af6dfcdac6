import * as fc from "fast-check";
import { expect, it } from "vitest";
import { smallestConflict } from "../../../src/stl/satisfy/smallestConflict.ts";

const count = 6;
const everything = Array.from({ length: count }, (_, rule) => rule);

it("prefers the smaller of two minimal conflicts to the one that deletion leaves", () => {
  const isConflict = (rules: readonly number[]): boolean =>
    [
      [0, 4],
      [1, 2, 3],
    ].some((set) => set.every((rule) => rules.includes(rule)));
  expect(smallestConflict(everything, count, isConflict)).toEqual([0, 4]);
});

it("is one of the smallest of any family of conflicts", () => {
  const sets = fc.array(fc.uniqueArray(fc.nat(count - 1), { minLength: 1, maxLength: 5 }), {
    minLength: 1,
    maxLength: 5,
  });
  fc.assert(
    fc.property(sets, (conflicts) => {
      const isConflict = (rules: readonly number[]): boolean =>
        conflicts.some((set) => set.every((rule) => rules.includes(rule)));
      const smallest = smallestConflict(everything, count, isConflict);
      expect(isConflict(smallest)).toBe(true);
      expect(smallest).toHaveLength(Math.min(...conflicts.map((set) => set.length)));
    }),
  );
});

it("gives up looking for a smaller one after some hundred tries", () => {
  let tries = 0;
  const many = Array.from({ length: 40 }, (_, rule) => rule);
  const isConflict = (rules: readonly number[]): boolean => {
    tries++;
    return [0, 1, 2].every((rule) => rules.includes(rule)) || (rules.includes(38) && rules.includes(39));
  };
  expect(smallestConflict([0, 1, 2], many.length, isConflict)).toEqual([0, 1, 2]);
  expect(tries).toBe(303);
});

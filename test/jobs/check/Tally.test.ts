import { describe, expect, it } from "vitest";
import { Tally } from "../../../src/jobs/check/Tally.ts";

const tallyOf = (...instants: readonly (readonly [truth: number, lower: number, upper: number])[]): Tally => {
  const tally = new Tally();
  instants.forEach(([truth, lower, upper], step) => tally.add(step, truth, lower, upper));
  return tally;
};

describe("Tally", () => {
  it("counts, and finds the smallest margin and where it is", () => {
    expect(tallyOf([1, 5, 5], [1, 2, 9], [-1, -1, 1], [1, 3, 3])).toMatchObject({
      held: 3,
      broken: 0,
      unknown: 1,
      smallestMargin: 2,
      worstStep: 1,
      firstUnknown: 2,
      firstBroken: -1,
    });
  });

  it("takes of a broken instant the upper bound: by so much at the least", () => {
    expect(tallyOf([1, 1, 1], [0, -9, -2], [0, -3, -3], [1, 4, 4])).toMatchObject({
      smallestMargin: -3,
      worstStep: 2,
      firstBroken: 1,
      lastBroken: 2,
    });
  });

  it("is worst at a broken instant even where its margin is zero or infinite", () => {
    expect(tallyOf([1, 0, 0], [0, 0, 0]).worstStep).toBe(1);
    const clock = tallyOf([1, 2, 2], [0, -Infinity, -Infinity]);
    expect([clock.worstStep, clock.smallestMargin]).toEqual([1, 2]);
  });

  it("has no margin where nothing was judged", () => {
    expect(tallyOf([-1, -Infinity, Infinity])).toMatchObject({ smallestMargin: NaN, worstStep: -1 });
  });
});

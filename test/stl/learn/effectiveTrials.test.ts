import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { random } from "../../../src/series/random.ts";
import { effectiveTrials } from "../../../src/stl/learn/effectiveTrials.ts";

const counts = (held: readonly number[], broken: readonly number[]) => ({
  held: Float64Array.from(held),
  broken: Float64Array.from(broken),
  unknown: 0,
  doubtful: 0,
});

describe("effectiveTrials", () => {
  it("is the number of instants where they are independent", () => {
    const source = random(4);
    const days = Array.from({ length: 2000 }, () => {
      let held = 0;
      for (let hour = 0; hour < 24; hour++) held += source.uniform() < 0.9 ? 1 : 0;
      return held;
    });
    const trials = effectiveTrials(
      counts(
        days,
        days.map((held) => 24 - held),
      ),
    );
    expect(trials / (24 * 2000)).toBeGreaterThan(0.93);
    expect(trials).toBeLessThanOrEqual(24 * 2000);
  });

  it("is that of a simple variance where all blocks are of one size", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 10 }), { minLength: 2, maxLength: 40 }), (held) => {
        const shares = held.map((each) => each / 10);
        const rate = shares.reduce((sum, share) => sum + share, 0) / shares.length;
        const spread = shares.reduce((sum, share) => sum + (share - rate) ** 2, 0);
        fc.pre(spread > 1e-9);
        const ofMean = spread / (shares.length - 1) / shares.length;
        const expected = Math.min(10 * held.length, Math.max(1, (rate * (1 - rate)) / ofMean));
        expect(
          effectiveTrials(
            counts(
              held,
              held.map((each) => 10 - each),
            ),
          ),
        ).toBeCloseTo(expected, 6);
      }),
    );
  });

  it("counts a block as one where nothing varies, and blocks without an instant not at all", () => {
    expect(effectiveTrials(counts([5, 7, 0, 9], [0, 0, 0, 0]))).toBe(3);
    expect(effectiveTrials(counts([0, 0], [4, 4]))).toBe(2);
    expect(effectiveTrials(counts([3], [1]))).toBe(1);
    expect(effectiveTrials(counts([0, 0], [0, 0]))).toBe(0);
    expect(effectiveTrials(counts([3, 3], [1, 1]))).toBe(8);
  });
});

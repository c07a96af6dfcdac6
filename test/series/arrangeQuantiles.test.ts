import { array, assert, double, integer, property, tuple } from "fast-check";
import { describe, expect, it } from "vitest";
import { arrangeQuantiles, blocksOf } from "../../src/series/arrangeQuantiles.ts";

const LEVELS = [0.05, 0.25, 0.75, 0.9, 0.99];
const value = double({ min: -1e6, max: 1e6, noNaN: true });
const cell = array(value, { minLength: LEVELS.length, maxLength: LEVELS.length });

/** Pinball loss of Koenker and Bassett, written as they define it. */
const pinball = (level: number, truth: number, quantile: number): number =>
  truth >= quantile ? level * (truth - quantile) : (1 - level) * (quantile - truth);

const totalPinball = (values: ArrayLike<number>, truth: number): number =>
  LEVELS.reduce((sum, level, k) => sum + pinball(level, truth, values[k]!), 0);

const arranged = (values: readonly number[], median: number): Float64Array => {
  const result = Float64Array.from(values);
  arrangeQuantiles(result, 0, 1, LEVELS, median);
  return result;
};

describe("arrangeQuantiles", () => {
  it("makes any values ascend, with the median between those below and above it", () => {
    assert(
      property(cell, value, (values, median) => {
        const result = arranged(values, median);
        const around = [...result.slice(0, 2), median, ...result.slice(2)];
        expect(around).toEqual([...around].sort((a, b) => a - b));
        // Only values on the wrong side of the median are moved off what sorting alone gives.
        const sorted = [...values].sort((a, b) => a - b);
        result.forEach((each, k) =>
          expect(each).toBe(k < 2 ? Math.min(sorted[k]!, median) : Math.max(sorted[k]!, median)),
        );
      }),
      { seed: 61, numRuns: 300 },
    );
  });

  it("never raises the pinball loss by sorting, whatever happens", () => {
    assert(
      property(cell, value, (values, truth) => {
        // A median in the middle of the sorted values moves none of them.
        const sorted = [...values].sort((a, b) => a - b);
        const result = arranged(values, (sorted[1]! + sorted[2]!) / 2);
        const before = totalPinball(values, truth);
        expect(totalPinball(result, truth)).toBeLessThanOrEqual(before + 1e-9 * Math.abs(before));
      }),
      { seed: 62, numRuns: 300 },
    );
  });

  it("touches the values of its own cell alone, at its stride", () => {
    assert(
      property(cell, tuple(integer({ min: 0, max: 3 }), integer({ min: 1, max: 4 })), (values, place) => {
        const [first, stride] = place;
        const size = first + LEVELS.length * stride + 2;
        const whole = Float64Array.from({ length: size }, (_, k) => 2e6 + k);
        const own = values.map((_, k) => first + k * stride);
        own.forEach((at, k) => (whole[at] = values[k]!));
        arrangeQuantiles(whole, first, stride, LEVELS, 0);
        expect(own.map((at) => whole[at])).toEqual([...arranged(values, 0)]);
        whole.forEach((each, at) => {
          if (!own.includes(at)) expect(each).toBe(2e6 + at);
        });
      }),
      { seed: 63, numRuns: 200 },
    );
  });

  it("does nothing where there are no levels", () => {
    const values = Int32Array.of(3, 1, 2);
    arrangeQuantiles(values, 0, 1, [], 0);
    expect([...values]).toEqual([3, 1, 2]);
    expect([blocksOf([]), blocksOf(LEVELS)]).toEqual([1, 6]);
  });
});

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  binOf,
  fitGapBins,
  gapWithSurvival,
  logDensityWithin,
  survivalOf,
} from "../../../src/series/events/GapBins.ts";
import { random } from "../../../src/series/random.ts";

const numbers = random(5);
const gaps = Float64Array.from({ length: 500 }, () => -4 * Math.log(1 - numbers.uniform()));
const bins = fitGapBins(gaps, 8, 0.05);
const probabilities = Float64Array.of(1, 2, 3, 1, 0.5, 2, 1, 1.5).map((weight) => weight / 12);

/** Integral of the density over [from, to] by the midpoint rule. */
const mass = (from: number, to: number): number => {
  const pieces = 200_000;
  let sum = 0;
  for (let k = 0; k < pieces; k++) {
    const at = from + ((k + 0.5) * (to - from)) / pieces;
    sum += Math.exp(logDensityWithin(bins, at)) * probabilities[binOf(bins, at)]!;
  }
  return (sum * (to - from)) / pieces;
};

describe("fitGapBins", () => {
  it("holds about as many gaps in each bin", () => {
    const held = new Float64Array(bins.starts.length);
    for (const gap of gaps) held[binOf(bins, gap)]!++;
    expect(bins.starts).toHaveLength(8);
    held.forEach((count) => expect(Math.abs(count - 500 / 8)).toBeLessThan(2));
    const tail = gaps.filter((gap) => gap >= bins.starts[7]!);
    expect(bins.tailMean).toBeCloseTo(
      tail.reduce((sum, gap) => sum + gap - bins.starts[7]!, 0) / tail.length,
      9,
    );
  });

  it("makes no bin narrower than it may be, and has fewer where gaps repeat", () => {
    const { starts, tailMean } = fitGapBins(Float64Array.of(0, 0, 0, 0.01, 0.02, 60, 60, 60, 61), 9, 0.5);
    expect([...starts]).toEqual([0, 60, 61]);
    expect(tailMean).toBe(0.5);
  });

  it("refuses no gaps", () => expect(() => fitGapBins(new Float64Array(0), 8, 1)).toThrow(RangeError));
});

describe("a density of gaps", () => {
  it("is a proper one: it integrates to 1, and from a gap on to its survival", () => {
    expect(mass(0, 150)).toBeCloseTo(1, 2);
    for (const gap of [0, 0.3, 2, 5, 11, 30]) {
      expect(survivalOf(bins, probabilities, gap)).toBeCloseTo(1 - mass(0, gap), 2);
    }
  });

  it("has quantiles that are the inverse of its survival", () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-9, max: 0.999999, noNaN: true }), (survival) => {
        const gap = gapWithSurvival(bins, probabilities, survival);
        expect(survivalOf(bins, probabilities, gap)).toBeCloseTo(survival, 9);
      }),
    );
    expect(gapWithSurvival(bins, probabilities, 1)).toBeCloseTo(0, 12);
    expect(gapWithSurvival(bins, probabilities, 0)).toBe(Infinity);
    expect(gapWithSurvival(bins, [0, 0, 1, 0, 0, 0, 0, 0], 1e-3)).toBeLessThanOrEqual(bins.starts[3]!);
  });
});

import { assert, double, property } from "fast-check";
import { describe, expect, it } from "vitest";
import { invertTransform, invertTransformSlope, transformReading } from "../../src/series/transform.ts";

/** exp(15) - 1: past it the map back is held. */
const LARGEST_READING = 3_269_016.37;

describe("transformReading and invertTransform", () => {
  it("log1p is ln(1 + x), mirrored below zero", () => {
    expect(transformReading("log1p", Math.E - 1)).toBeCloseTo(1, 14);
    expect(transformReading("log1p", 1 - Math.E)).toBeCloseTo(-1, 14);
    expect(transformReading("log1p", 0)).toBe(0);
    expect(transformReading("identity", -3.5)).toBe(-3.5);
  });

  it.each(["identity", "log1p"] as const)("%s: the inverse gives the reading back", (transform) => {
    assert(
      property(double({ min: -3e6, max: 3e6, noNaN: true }), (reading) => {
        const back = invertTransform(transform, transformReading(transform, reading));
        expect(Math.abs(back - reading)).toBeLessThanOrEqual(1e-13 * Math.abs(reading));
      }),
      { seed: 2, numRuns: 500 },
    );
  });

  it("log1p keeps the order of readings", () => {
    assert(
      property(double({ noNaN: true }), double({ noNaN: true }), (a, b) => {
        const [low, high] = a < b ? [a, b] : [b, a];
        expect(transformReading("log1p", low)).toBeLessThanOrEqual(transformReading("log1p", high));
        expect(invertTransform("log1p", low)).toBeLessThanOrEqual(invertTransform("log1p", high));
      }),
      { seed: 3, numRuns: 500 },
    );
  });

  it.each([16, 700, 1e300, Infinity])("log1p maps %d back to a finite reading", (value) => {
    expect(invertTransform("log1p", value)).toBeCloseTo(LARGEST_READING, 1);
    expect(invertTransform("log1p", -value)).toBeCloseTo(-LARGEST_READING, 1);
    expect(invertTransformSlope("log1p", value)).toBe(0);
  });

  it.each(["identity", "log1p"] as const)("%s hands a missing reading through as missing", (transform) => {
    expect(transformReading(transform, Number.NaN)).toBeNaN();
    expect(invertTransform(transform, Number.NaN)).toBeNaN();
  });
});

describe("invertTransformSlope", () => {
  it.each(["identity", "log1p"] as const)("%s: is the central difference of the inverse", (transform) => {
    assert(
      property(double({ min: -14.9, max: 14.9, noNaN: true }), (value) => {
        const step = 1e-5;
        const difference =
          (invertTransform(transform, value + step) - invertTransform(transform, value - step)) / (2 * step);
        const slope = invertTransformSlope(transform, value);
        // Second order in the step, and rounding of the two values over it: both below 1e-5 of the slope
        // (the second derivative jumps at 0, which costs at most step / 2).
        expect(Math.abs(difference - slope)).toBeLessThanOrEqual(1e-5 * slope);
      }),
      { seed: 4, numRuns: 300 },
    );
  });
});

import { array, assert, double, property } from "fast-check";
import { describe, expect, it } from "vitest";
import { cellQuantiles } from "../../src/jobs/cellQuantiles.ts";
import { quantileOf } from "../../src/jobs/conformalOffsets.ts";
import { dataOf, panelOf } from "../train/smallData.ts";

const levels = [0.1, 0.25, 0.75, 0.9];
const value = double({ min: -200, max: 900, noNaN: true });
const four = array(value, { minLength: 4, maxLength: 4 });
const offset = array(double({ min: -3, max: 3, noNaN: true }), { minLength: 4, maxLength: 4 });
const limits = { minimum: 0, maximum: 500 };

describe.each([false, true])("cellQuantiles, log scale: %o", (log) => {
  const data = dataOf(panelOf([[[0, 1, 2, 3]]], ["flow"]), {
    targets: ["flow"],
    log: log ? ["flow"] : [],
    horizonSteps: 1,
  });

  it("of learned quantiles never cross, lie around the median and within the limits, wherever offsets push them", () => {
    assert(
      property(four, offset, double({ min: 0, max: 500, noNaN: true }), (learned, offsets, median) => {
        const conformal = { quantiles: levels, offsets: Float64Array.from(offsets) };
        const into = new Float64Array(4);
        cellQuantiles(
          data,
          conformal,
          0,
          limits,
          median,
          { values: Float64Array.from(learned), first: 0, stride: 1 },
          into,
        );
        const around = [...into.slice(0, 2), median, ...into.slice(2)];
        expect(around).toEqual([...around].sort((a, b) => a - b));
        expect(Math.min(...around)).toBeGreaterThanOrEqual(0);
        expect(Math.max(...around)).toBeLessThanOrEqual(500);
      }),
      { seed: 51, numRuns: 300 },
    );
  });

  it("moves each learned quantile by its own offset, from where it stands among others", () => {
    const conformal = { quantiles: levels, offsets: Float64Array.of(-0.5, -0.25, 0.25, 0.5) };
    const values = Float32Array.of(9, 10, 9, 20, 9, 40, 9, 60);
    const into = new Float64Array(4);
    cellQuantiles(data, conformal, 0, limits, 30, { values, first: 1, stride: 2 }, into);
    const scale = (x: number): number => (log ? Math.log1p(x) : x);
    [10, 20, 40, 60].forEach((learned, k) =>
      expect(scale(into[k]!)).toBeCloseTo(scale(learned) + conformal.offsets[k]!, 9),
    );
  });

  it("without learned quantiles is what the offsets make of the median, each by itself", () => {
    const conformal = { quantiles: levels, offsets: Float64Array.of(-1, 0.5, 0.6, 2) };
    const into = new Float64Array(4);
    cellQuantiles(data, conformal, 0, limits, 30, undefined, into);
    expect([...into]).toEqual(levels.map((_, k) => quantileOf(data, conformal, 0, k, 30, limits)));
  });
});

import { describe, expect, it } from "vitest";
import { conformalOffsets } from "../../src/jobs/conformalOffsets.ts";
import { quantileScores } from "../../src/jobs/quantileScores.ts";
import { random } from "../../src/series/random.ts";
import { dataOf, panelOf } from "../train/smallData.ts";

const readout = {
  channel: "flow",
  unit: "veh/h",
  transform: "identity",
  gain: 1,
  quantum: 0.1,
  minimum: -1000,
  maximum: 1000,
} as const;

describe("quantileScores", () => {
  it("counts what a band holds, how wide it is, and the pinball loss of every level", () => {
    const missing = Number.NaN;
    const data = dataOf(panelOf([[[5, 10, missing, 4, 8]]], ["flow"]), {
      targets: ["flow"],
      horizonSteps: 1,
      trainSteps: 4,
    });
    // Origins 0, 1, 2, 3: truth 10; missing; no reading at the origin; 8.
    const set = {
      model: "float",
      values: Float32Array.of(9, 9, 9, 7),
      quantiles: Float32Array.of(7, 9, 12, 0, 0, 0, 0, 0, 0, 2, 7, 7.5),
    } as const;
    const conformal = { quantiles: [0.1, 0.6, 0.9], offsets: new Float64Array(3) };
    const [score, ...others] = quantileScores(
      data,
      Int32Array.of(0, 1, 2, 3),
      [{ method: "learned", forecasts: set, conformal }],
      [0.1, 0.9],
      [readout],
      [1],
    );
    expect(others).toEqual([]);
    expect(score).toEqual({
      channel: "flow",
      unit: "veh/h",
      leadSteps: 1,
      model: "float",
      method: "learned",
      count: 2,
      coverage: 1 / 2,
      width: (5 + 5.5) / 2,
      // Truth 10: 0.1 * 3, 0.6 * 1, 0.1 * 2; truth 8: 0.1 * 6, 0.6 * 1, 0.9 * 0.5.
      pinball: expect.closeTo((0.3 + 0.6 + 0.2 + 0.6 + 0.6 + 0.45) / 6, 9),
      below: [0, 0, 1 / 2],
    });
    // Without an issued level below the median the band begins there: [9, 12] holds 10, [7, 7.5] not 8.
    const [upper] = quantileScores(
      data,
      Int32Array.of(0, 1, 2, 3),
      [{ method: "learned", forecasts: set, conformal }],
      [0.9],
      [readout],
      [1],
    );
    expect(upper!.width).toBeCloseTo((3 + 0.5) / 2, 9);
  });

  it("shows what learned widths and calibration each bring, on noise whose size is known", () => {
    // Readings 0 and noise by turns of size 1 and 10; the learned quantiles know the size, but are half as wide as needed.
    const source = random(71);
    const steps = 8000;
    const size = (step: number): number => (step % 2 === 0 ? 1 : 10);
    const readings = Array.from({ length: steps }, (_, step) => size(step) * source.normal());
    const data = dataOf(panelOf([[readings]], ["flow"]), { targets: ["flow"], horizonSteps: 1 });
    const levels = [0.1, 0.9];
    const normal90 = 1.2815515655446004;
    const setAt = (origins: Int32Array) => ({
      model: "float" as const,
      values: new Float32Array(origins.length),
      quantiles: Float32Array.from({ length: 2 * origins.length }, (_, k) => {
        const half = 0.5 * normal90 * size(origins[k >> 1]! + 1);
        return k % 2 === 0 ? -half : half;
      }),
    });
    const calibration = Int32Array.from({ length: 4000 }, (_, k) => k);
    const test = Int32Array.from({ length: 3900 }, (_, k) => 4050 + k);
    const tested = setAt(test);
    const calibrated = setAt(calibration);
    const medians = ({ model, values }: typeof tested) => ({ model, values });
    const scores = quantileScores(
      data,
      test,
      [
        {
          method: "conformal",
          forecasts: medians(tested),
          conformal: conformalOffsets(data, calibration, medians(calibrated), levels),
        },
        {
          method: "learned",
          forecasts: tested,
          conformal: { quantiles: levels, offsets: new Float64Array(2) },
        },
        {
          method: "conformalised",
          forecasts: tested,
          conformal: conformalOffsets(data, calibration, calibrated, levels),
        },
      ],
      levels,
      [readout],
      [1],
    );
    const [conformal, learned, both] = scores;
    // P(|z| < 0.64) = 0.478; three deviations of a share of 3900 are below 0.025.
    expect(learned!.coverage).toBeCloseTo(0.478, 1);
    for (const score of [conformal!, both!]) expect(Math.abs(score.coverage - 0.8)).toBeLessThan(0.04);
    expect(both!.width).toBeLessThan(conformal!.width);
    expect(both!.pinball).toBeLessThan(Math.min(conformal!.pinball, learned!.pinball));
  });
});

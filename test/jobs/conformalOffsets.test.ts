import { array, assert, constant, double, integer, oneof, property } from "fast-check";
import { describe, expect, it } from "vitest";
import { conformalOffsets, quantileOf } from "../../src/jobs/conformalOffsets.ts";
import { random } from "../../src/series/random.ts";
import type { TrainingData } from "../../src/train/TrainingData.ts";
import { dataOf, panelOf } from "../train/smallData.ts";

const unlimited = { minimum: -Infinity, maximum: Infinity };

/** One sensor, one lead; the readings at steps 1, 2, .. are what is forecast from origins 0, 1, .. */
const seriesData = (readings: readonly number[], log = false): TrainingData =>
  dataOf(panelOf([[[0, ...readings]]], ["flow"]), {
    targets: ["flow"],
    log: log ? ["flow"] : [],
    horizonSteps: 1,
  });

const calibrated = (
  readings: readonly number[],
  forecasts: readonly number[],
  quantiles: readonly number[],
  log = false,
): number[] =>
  Array.from(
    conformalOffsets(
      seriesData(readings, log),
      Int32Array.from(readings, (_, index) => index),
      { model: "float", values: Float32Array.from(forecasts) },
      quantiles,
    ).offsets,
  );

const zeros = (count: number): number[] => Array.from({ length: count }, () => 0);

describe("conformalOffsets", () => {
  it("takes the ceil((n + 1) q)-th smallest residual", () => {
    const residuals = [5, -1, 4, 2, 3, 1, 0, 7, 6];
    // Nine residuals -1, 0, .. 7: of ten gaps, q = 0.1 is the first, 0.5 the fifth, 0.51 the sixth, 0.9 the ninth.
    expect(calibrated(residuals, zeros(9), [0.1, 0.5, 0.51, 0.9])).toEqual([-1, 3, 4, 7]);
    // Beyond the largest and the smallest there is nothing to take but them.
    expect(calibrated(residuals, zeros(9), [0.001, 0.999])).toEqual([-1, 7]);
  });

  it("with one residual is that residual for every quantile, with none is 0", () => {
    expect(calibrated([7], [5], [0.1, 0.5, 0.9])).toEqual([2, 2, 2]);
    expect(calibrated([Number.NaN, Number.NaN], [5, 5], [0.1, 0.9])).toEqual([0, 0]);
    expect(calibrated([], [], [0.1, 0.9])).toEqual([0, 0]);
  });

  it("takes the residuals of each learned quantile from itself, and where there are none all from the median", () => {
    const readings = [5, -1, 4, 2, 3, 1, 0, 7, 6];
    const origins = Int32Array.from(readings, (_, index) => index);
    const quantiles = [0.1, 0.9];
    // The lower quantile is always 1 too high, the upper one knows the truth.
    const learned = Float32Array.from(readings.flatMap((reading) => [reading + 1, reading]));
    const values = new Float32Array(9);
    const data = seriesData(readings);
    const of = (set: object): number[] =>
      Array.from(conformalOffsets(data, origins, { model: "float", values, ...set }, quantiles).offsets);
    expect(of({ quantiles: learned })).toEqual([-1, 0]);
    expect(of({})).toEqual([-1, 7]);
  });

  it("measures residuals on the learned scale", () => {
    const [offset] = calibrated([Math.E ** 2 - 1], [Math.E - 1], [0.5], true);
    expect(offset).toBeCloseTo(1, 6);
  });

  it("covers as often as it says: new residuals of the same kind lie below a quantile with its frequency", () => {
    const source = random(31);
    const quantiles = [0.1, 0.5, 0.9];
    const trials = 3000;
    const count = 24;
    const covered = zeros(3);
    for (let trial = 0; trial < trials; trial++) {
      // Skewed and with steps, so that nothing rests on a normal distribution.
      const draw = (): number => Math.fround(Math.exp(source.normal()) + 1e-6 * source.normal());
      const offsets = calibrated(Array.from({ length: count }, draw), zeros(count), quantiles);
      const fresh = draw();
      quantiles.forEach((_, k) => {
        if (fresh <= offsets[k]!) covered[k]! += 1;
      });
    }
    // Exactly rank / (n + 1) for exchangeable draws: 2/25, 13/25, 23/25; four deviations of the count.
    [2 / 25, 13 / 25, 23 / 25].forEach((share, k) => {
      const deviation = Math.sqrt((share * (1 - share)) / trials);
      if (quantiles[k]! < 0.5) expect(share).toBeLessThanOrEqual(quantiles[k]!);
      else expect(share).toBeGreaterThanOrEqual(quantiles[k]!);
      expect(Math.abs(covered[k]! / trials - share)).toBeLessThan(4 * deviation);
    });
  });

  it("keeps target, lead and sensors apart as they should be", () => {
    const missing = Number.NaN;
    const data = dataOf(
      panelOf(
        [
          [
            [0, 1, 2],
            [0, 3, missing],
          ],
          [
            [0, 10, 20],
            [0, 30, 40],
          ],
        ],
        ["flow", "temperature"],
      ),
      { targets: ["flow", "temperature"], horizonSteps: 2, trainSteps: 3 },
    );
    const { offsets } = conformalOffsets(
      data,
      Int32Array.of(0),
      { model: "float", values: new Float32Array(8) },
      [0.1, 0.9],
    );
    // [target][lead][quantile]: sensors are pooled, the gap is left out.
    expect(Array.from(offsets)).toEqual([1, 3, 2, 2, 10, 30, 20, 40]);
  });
});

describe("quantileOf", () => {
  const readings = array(
    oneof(
      { weight: 4, arbitrary: double({ min: -1e5, max: 1e5, noNaN: true }) },
      { weight: 1, arbitrary: constant(Number.NaN) },
    ),
    { minLength: 1, maxLength: 20 },
  );

  it.each([false, true])("does not cross and stays within its limits (log scale: %o)", (log) => {
    assert(
      property(readings, double({ min: -1e5, max: 1e5, noNaN: true }), integer(), (truth, forecast, seed) => {
        const source = random(seed);
        const quantiles = [0.05, 0.1, 0.5, 0.9, 0.95];
        const data = seriesData(truth, log);
        const conformal = conformalOffsets(
          data,
          Int32Array.from(truth, (_, index) => index),
          { model: "float", values: Float32Array.from(truth, () => 100 * source.normal()) },
          quantiles,
        );
        const limits = { minimum: -50, maximum: 800 };
        const free = quantiles.map((_, k) => quantileOf(data, conformal, 0, k, forecast, unlimited));
        const kept = quantiles.map((_, k) => quantileOf(data, conformal, 0, k, forecast, limits));
        expect(free).toEqual([...free].sort((a, b) => a - b));
        kept.forEach((value, k) => expect(value).toBe(Math.min(800, Math.max(-50, free[k]!))));
      }),
      { seed: 32, numRuns: 200 },
    );
  });

  it("adds the offset of its own output and quantile, on the learned scale", () => {
    const data = dataOf(panelOf([[[0, 1, 1, 1]]], ["flow"]), {
      targets: ["flow"],
      log: ["flow"],
      horizonSteps: 2,
    });
    const conformal = { quantiles: [0.1, 0.9], offsets: Float64Array.of(-1, 1, -2, 2) };
    const value = (output: number, quantile: number): number =>
      quantileOf(data, conformal, output, quantile, Math.E ** 3 - 1, unlimited);
    expect([value(0, 0), value(0, 1), value(1, 0), value(1, 1)].map((x) => Math.log1p(x))).toEqual(
      [2, 4, 1, 5].map((expected) => expect.closeTo(expected, 9)),
    );
  });
});

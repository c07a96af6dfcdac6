import { describe, expect, it } from "vitest";
import type { FeaturePlan } from "../../src/series/FeaturePlan.ts";
import { baselineForecast } from "../../src/series/baseline.ts";
import { computeFeatures, contextSteps, featureCount, type Readings } from "../../src/series/features.ts";
import { localClock } from "../../src/series/LocalClock.ts";
import { random } from "../../src/series/random.ts";

const STEP_MS = 3_600_000;

const planOf = (baseline: FeaturePlan["baseline"]): FeaturePlan => ({
  stepMs: STEP_MS,
  zone: "Europe/Berlin",
  sensors: ["a", "b", "c"],
  targets: [{ channel: "flow", transform: "log1p", mean: 2, deviation: 0.5, fallback: 7 }],
  covariates: [{ channel: "rain", transform: "identity", mean: 1, deviation: 2, fallback: 0 }],
  circular: ["wind"],
  weekly: true,
  baseline,
  windowSteps: 6,
  horizonSteps: 4,
  holdSteps: 3,
  neighbours: [[1, 2], [0], []],
  sensorMean: [[2, 2.5, 1.5]],
  sensorDeviation: [[0.5, 0.4, 0.6]],
  embedding: [
    [0.1, 0.2],
    [0.3, 0.4],
    [0.5, 0.6],
  ],
});

const readingsOf = (steps: number, seed: number): Readings => {
  const source = random(seed);
  const values = Float64Array.from({ length: 3 * 3 * steps }, (_, k) => {
    if (source.uniform() < 0.2) return Number.NaN;
    return k < 3 * steps ? source.uniform() * 20 : source.uniform() * 360;
  });
  return { values, steps, clock: localClock("Europe/Berlin", 0, STEP_MS, steps) };
};

const cut = (readings: Readings, from: number, to: number): Readings => {
  const rows = readings.values.length / readings.steps;
  const values = new Float64Array(rows * (to - from));
  for (let row = 0; row < rows; row++) {
    values.set(
      readings.values.subarray(row * readings.steps + from, row * readings.steps + to),
      row * (to - from),
    );
  }
  return { values, steps: to - from, clock: localClock("Europe/Berlin", from * STEP_MS, STEP_MS, to - from) };
};

describe.each<FeaturePlan["baseline"]>([
  { kind: "persistence" },
  { kind: "seasonal", periodSteps: 5 },
  {
    kind: "linear",
    lagSteps: 4,
    periodSteps: 5,
    weights: [[0, 1, 2, 3].map((lead) => [0.3, -0.2, 0.1, 0.4, 0.2 * lead, 0.01])],
  },
])("features with a $kind baseline", (baseline) => {
  const plan = planOf(baseline);
  const width = featureCount(plan);

  it("are the same cut out of a window as in the whole panel", () => {
    const readings = readingsOf(60, 1);
    const context = contextSteps(plan);
    const whole = computeFeatures(plan, readings, 0, 60);
    for (const origin of [context - 1, 33, 59]) {
      const window = cut(readings, origin + 1 - context, origin + 1);
      const part = computeFeatures(plan, window, context - plan.windowSteps, context);
      for (let sensor = 0; sensor < 3; sensor++) {
        const from = (sensor * 60 + origin + 1 - plan.windowSteps) * width;
        expect(
          part.subarray(sensor * plan.windowSteps * width, (sensor + 1) * plan.windowSteps * width),
        ).toEqual(whole.subarray(from, from + plan.windowSteps * width));
      }
      expect(baselineForecast(plan, window, context - 1)).toEqual(baselineForecast(plan, readings, origin));
    }
  });

  it("are finite and within the clip for readings that are missing or absurd", () => {
    const readings = readingsOf(20, 2);
    readings.values.fill(Number.NaN, 0, 20);
    readings.values.fill(1e300, 20, 40);
    readings.values.fill(-1e300, 60, 80);
    const features = computeFeatures(plan, readings, 0, 20);
    expect(features.every((value) => Math.abs(value) <= 6)).toBe(true);
  });

  it("never looks past the step it describes", () => {
    const readings = readingsOf(40, 3);
    const before = computeFeatures(plan, readings, 0, 20);
    const rows = readings.values.length / 40;
    for (let row = 0; row < rows; row++) readings.values.fill(99, row * 40 + 20, (row + 1) * 40);
    expect(computeFeatures(plan, readings, 0, 20)).toEqual(before);
  });
});

describe("computeFeatures by hand", () => {
  it("writes level, own level, mask, changes, neighbours, calendar and embedding in their places", () => {
    const plan = planOf({ kind: "persistence" });
    const steps = 4;
    const values = new Float64Array(9 * steps).fill(Number.NaN);
    const level = (z: number): number => Math.expm1(2 + 0.5 * z);
    // Sensor a: z = 0, 0.5, missing, 1; sensor b: z = 1 throughout; sensor c: z = -1 throughout.
    values.set([level(0), level(0.5), Number.NaN, level(1)], 0);
    values.fill(level(1), steps, 2 * steps);
    values.fill(level(-1), 2 * steps, 3 * steps);
    values.fill(5, 3 * steps, 4 * steps);
    values.fill(90, 6 * steps, 7 * steps);
    const clock = localClock("UTC", Date.UTC(2024, 0, 1, 3), STEP_MS, steps);
    const features = computeFeatures(plan, { values, steps, clock }, 0, steps);
    const width = featureCount(plan);
    const at = (sensor: number, step: number): number[] =>
      Array.from(features.subarray((sensor * steps + step) * width, (sensor * steps + step + 1) * width));
    const close = (actual: readonly number[], expected: readonly number[]): void =>
      expected.forEach((value, k) => expect(actual[k], `feature ${k}`).toBeCloseTo(value, 5));
    // Step 3 (06:00 on a Monday) of sensor a: changes 1 - 0.5 over one step (the gap is held) and 1 - 0 over three.
    // The other sensors have no rain reading: the fallback 0 is -0.5 deviations.
    close(at(0, 3), [1, 1, 0, 1.5, 2, 0, -1, 0, 2, 0, -0.5, 1, 0, 1, 0, 0, -1]);
    expect(at(0, 2)[2]).toBe(1);
    // Sensor c has no neighbours: its own level stands in.
    close(at(2, 3), [-1, (2 - 0.5 - 1.5) / 0.6, 0, 0, 0, -1, 0, 0]);
    close(at(1, 3).slice(-2), [0.3, 0.4]);

    // Where every sensor is seen: level of a, b, c less the own, behind the other columns of the target.
    const seeing: FeaturePlan = { ...plan, everySensor: { targets: ["flow"], sensors: [0, 1, 2] } };
    const wide = computeFeatures(seeing, { values, steps, clock }, 0, steps);
    const wideWidth = featureCount(seeing);
    expect(wideWidth).toBe(width + 3);
    const wideAt = (sensor: number, step: number): number[] =>
      Array.from(wide.subarray((sensor * steps + step) * wideWidth, (sensor * steps + step + 1) * wideWidth));
    close(wideAt(0, 1).slice(8, 11), [0, 0.5, -1.5]);
    close(wideAt(2, 3).slice(8, 11), [2, 2, 0]);
    expect([...wideAt(2, 3).slice(0, 8), ...wideAt(2, 3).slice(11)]).toEqual(at(2, 3));
  });
});

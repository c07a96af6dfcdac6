import { describe, expect, it } from "vitest";
import { baselineForecast, baselineLevels, baselineStep } from "../../src/series/baseline.ts";
import type { FeaturePlan } from "../../src/series/FeaturePlan.ts";
import { localClock } from "../../src/series/LocalClock.ts";

describe("baselineStep", () => {
  it.each([
    [1, 10 - 4],
    [5, 10],
    [6, 6],
    [11, 6],
  ])("seasonal with period 5 takes for lead %i the step %i", (lead, step) => {
    expect(baselineStep({ baseline: { kind: "seasonal", periodSteps: 5 } }, 10, lead)).toBe(step);
  });
});

describe("a linear baseline", () => {
  const plan: FeaturePlan = {
    stepMs: 3_600_000,
    zone: "UTC",
    sensors: ["a", "b"],
    targets: [{ channel: "flow", transform: "log1p", mean: 0, deviation: 1, fallback: 3 }],
    covariates: [],
    circular: [],
    weekly: false,
    baseline: {
      kind: "linear",
      lagSteps: 2,
      periodSteps: 4,
      weights: [
        [
          [0.5, -0.25, 0.1, 0.01],
          [-1, 0, 0, 0],
        ],
      ],
    },
    windowSteps: 3,
    horizonSteps: 2,
    holdSteps: 2,
    neighbours: [[1], [0]],
    sensorMean: [[2, 1]],
    sensorDeviation: [[1, 1]],
    embedding: [[], []],
  };

  it("weighs the last levels and the season, each less the sensor's mean", () => {
    const into = new Float64Array(3);
    // Levels of steps 0..4 behind one that is not this sensor's; origin 4, so the season of lead 1 is step 1.
    baselineLevels(plan, 0, 0, [9, 1, 3, 5, 4, 6], 1, 4, into, 1);
    expect(into[0]).toBe(0);
    expect(into[1]).toBeCloseTo(6 + 0.01 + 0.5 * (6 - 2) - 0.25 * (4 - 2) + 0.1 * (3 - 2), 12);
    // Weight -1 of the level now leaves the sensor's mean.
    expect(into[2]).toBe(2);
  });

  it("forecasts on the learned scale and gives physical units, over gaps too", () => {
    const level = (value: number): number => Math.expm1(value);
    const a = [level(1), level(3), level(5), Number.NaN, level(6)];
    const b = [level(1), level(1), level(1), level(1), level(1)];
    const readings = {
      values: Float64Array.from([...a, ...b]),
      steps: 5,
      clock: localClock("UTC", 0, plan.stepMs, 5),
    };
    const forecast = baselineForecast(plan, readings, 4);
    // The gap holds the level 5.
    const first = 6 + 0.01 + 0.5 * (6 - 2) - 0.25 * (5 - 2) + 0.1 * (3 - 2);
    expect(forecast[0]! / Math.expm1(first)).toBeCloseTo(1, 10);
    expect(forecast[1]! / Math.expm1(2)).toBeCloseTo(1, 10);
    expect(forecast[2]! / Math.expm1(1.01)).toBeCloseTo(1, 10);
  });
});

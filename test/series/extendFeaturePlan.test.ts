import { describe, expect, it } from "vitest";
import { selectSensors } from "../../src/jobs/selectSensors.ts";
import { extendFeaturePlan } from "../../src/series/extendFeaturePlan.ts";
import { computeFeatures, type Readings } from "../../src/series/features.ts";
import type { FeaturePlan } from "../../src/series/FeaturePlan.ts";
import { type FeatureSettings, fitFeaturePlan } from "../../src/series/fitFeaturePlan.ts";
import { localClock } from "../../src/series/LocalClock.ts";
import type { Panel } from "../../src/series/Panel.ts";
import { random } from "../../src/series/random.ts";

const STEPS = 60;
const TRAIN = 40;

/** Four sensors on a line, a kilometre apart; two channels. */
const panelOf = (seed: number): Panel => {
  const source = random(seed);
  return {
    name: "line",
    zone: "UTC",
    startMs: 0,
    stepMs: 3_600_000,
    steps: STEPS,
    sensors: ["a", "b", "c", "d"],
    channels: [
      { name: "flow", unit: "1" },
      { name: "wind", unit: "1" },
    ],
    values: Float64Array.from({ length: 2 * 4 * STEPS }, () => 20 + 5 * source.normal()),
    positions: [0, 1, 2, 3].map((k) => ({ latitude: 0, longitude: k / 111.195 })),
  };
};

const settings: FeatureSettings = {
  targets: ["flow"],
  covariates: ["wind"],
  circular: [],
  log: ["flow"],
  baseline: { kind: "persistence" },
  windowSteps: 4,
  horizonSteps: 2,
  holdSteps: 1,
  neighbourKilometres: 1.5,
  everySensor: ["flow"],
};

const featuresOf = (plan: FeaturePlan, panel: Panel): Float32Array => {
  const readings: Readings = {
    values: panel.values,
    steps: STEPS,
    clock: localClock("UTC", 0, panel.stepMs, STEPS),
  };
  return computeFeatures(plan, readings, 0, STEPS);
};

const panel = panelOf(1);
const seenPanel = selectSensors(panel, [0, 1, 3]);
const seenPlan = fitFeaturePlan(seenPanel, settings, TRAIN);
const plan = extendFeaturePlan(seenPlan, panel, 1.5);

describe("extendFeaturePlan", () => {
  it("leaves the features of the fitted sensors as they are, to the bit", () => {
    const all = featuresOf(plan, panel);
    const seen = featuresOf(seenPlan, seenPanel);
    const size = seen.length / 3;
    [0, 1, 3].forEach((place, row) => {
      expect(all.slice(place * size, (place + 1) * size)).toEqual(seen.slice(row * size, (row + 1) * size));
    });
  });

  it("gives an unknown sensor the mean and deviation of all readings of the fitted ones", () => {
    const logs = [0, 1, 3].flatMap((sensor) =>
      Array.from({ length: TRAIN }, (_, step) => Math.log1p(panel.values[sensor * STEPS + step]!)),
    );
    const mean = logs.reduce((sum, value) => sum + value, 0) / logs.length;
    const variance = logs.reduce((sum, value) => sum + (value - mean) ** 2, 0) / logs.length;
    expect(plan.sensorMean[0]![2]).toBeCloseTo(mean, 9);
    expect(plan.sensorDeviation[0]![2]).toBeCloseTo(Math.sqrt(variance), 9);
    expect([0, 1, 3].map((place) => plan.sensorMean[0]![place])).toEqual(seenPlan.sensorMean[0]);
  });

  it("lets an unknown sensor see the fitted ones near it, and nobody see an unknown one", () => {
    expect(plan.neighbours).toEqual([[1], [0], [1, 3], []]);
  });
});

/** Data small enough to reason about by hand: three sensors, a target on a log scale and one as it is. */
import type { Channel, Panel } from "../../src/series/Panel.ts";
import { observedFeatureCount } from "../../src/series/features.ts";
import type { Baseline } from "../../src/series/FeaturePlan.ts";
import { fitFeaturePlan } from "../../src/series/fitFeaturePlan.ts";
import { localClock } from "../../src/series/LocalClock.ts";
import { random } from "../../src/series/random.ts";
import type { ForecasterShape } from "../../src/model/Parameters.ts";
import { prepareTrainingData, type TrainingData } from "../../src/train/TrainingData.ts";
import type { TrainingSettings } from "../../src/train/TrainingSettings.ts";

export const STEP_MS = 900_000;

/** A panel from plain rows, [channel][sensor][step]. */
export const panelOf = (
  rows: readonly (readonly (readonly number[])[])[],
  names: readonly string[],
): Panel => ({
  name: "small",
  zone: "Europe/Berlin",
  startMs: Date.UTC(2024, 0, 1),
  stepMs: STEP_MS,
  steps: rows[0]![0]!.length,
  sensors: rows[0]!.map((_, sensor) => `s${sensor}`),
  channels: names.map((name): Channel => ({ name, unit: "1" })),
  values: Float64Array.from(rows.flat(2)),
});

export interface SmallDataOptions {
  readonly targets: readonly string[];
  readonly covariates?: readonly string[];
  readonly log?: readonly string[];
  readonly baseline?: Baseline;
  readonly windowSteps?: number;
  readonly horizonSteps?: number;
  readonly holdSteps?: number;
  readonly trainSteps?: number;
}

/** Training data of a panel: window 6, horizon 3, hold 2, plan fitted on the first 70 %. */
export const dataOf = (panel: Panel, options: SmallDataOptions): TrainingData => {
  const horizonSteps = options.horizonSteps ?? 3;
  const plan = fitFeaturePlan(
    panel,
    {
      targets: options.targets,
      covariates: options.covariates ?? [],
      circular: [],
      log: options.log ?? [],
      baseline: options.baseline ?? { kind: "persistence" },
      windowSteps: options.windowSteps ?? 6,
      horizonSteps,
      holdSteps: options.holdSteps ?? 2,
    },
    options.trainSteps ?? Math.floor(panel.steps * 0.7),
  );
  return prepareTrainingData(plan, {
    values: panel.values,
    steps: panel.steps,
    clock: localClock(panel.zone, panel.startMs, panel.stepMs, panel.steps + horizonSteps),
  });
};

/** Flow (waves of 24 steps, never negative) and temperature (falls below 0), noisy, with a tenth missing. */
export const wavyPanel = (steps: number, seed: number, missing = 0.1): Panel => {
  const source = random(seed);
  const rows = (level: number, swing: number): number[][] =>
    [0, 1, 2].map((sensor) =>
      Array.from({ length: steps }, (_, step) => {
        const value =
          level + swing * Math.sin((2 * Math.PI * (step + 2 * sensor)) / 24) + 0.1 * swing * source.normal();
        return source.uniform() < missing ? Number.NaN : value;
      }),
    );
  return panelOf([rows(30, 20), rows(2, 5)], ["flow", "temperature"]);
};

export const wavyData = (steps = 200, seed = 1, options: Partial<SmallDataOptions> = {}): TrainingData =>
  dataOf(wavyPanel(steps, seed), { targets: ["flow", "temperature"], log: ["flow"], ...options });

export const shapeOf = (
  data: TrainingData,
  embedding = 2,
  quantiles?: readonly number[],
): ForecasterShape => ({
  observed: observedFeatureCount(data.plan),
  embedding,
  sensors: data.sensors,
  units: 4,
  headUnits: 3,
  outputs: (1 + (quantiles ?? []).length) * data.plan.targets.length * data.plan.horizonSteps,
  ...(quantiles !== undefined && { quantiles }),
});

export const smallSettings: TrainingSettings = {
  seed: 11,
  floatEpochs: 3,
  ternaryEpochs: 2,
  batch: 4,
  warmupSteps: 6,
  scoredSteps: 10,
  learningRate: 0.03,
  ternaryLearningRate: 0.02,
  weightDecay: 0.01,
  clipNorm: 1,
  dropout: 0.2,
  averaging: 0.9,
  patience: 3,
  rules: { weight: 0, margin: 1, temperature: [1, 10], origins: 4, stride: 2 },
};

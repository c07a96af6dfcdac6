import type { ForecasterOptions, RunForecaster } from "../model/ForecasterRun.ts";
import { MEAN_SENSOR } from "../model/meanSensor.ts";
import { type ForecasterShape, mapParameters, type Parameters } from "../model/Parameters.ts";
import type { Random } from "../series/random.ts";
import { forecastLoss } from "./forecastLoss.ts";
import { gatherSequences } from "./predictWindows.ts";
import type { RuleLoss } from "./ruleLoss.ts";
import type { SequenceBatch } from "./trainingBatches.ts";
import type { TrainingData } from "./TrainingData.ts";
import type { TrainingSettings } from "./TrainingSettings.ts";

export interface TrainingStep {
  readonly forecastLoss: number;
  readonly ruleLoss: number;
  readonly gradients: Parameters;
}

/**
 * Loss and gradient of one step: the forecast loss of a batch of sequences, and the rule loss of a run of
 * consecutive origins of all sensors that starts its window at `rules.first`.
 */
export const trainingStep = (
  run: RunForecaster,
  parameters: Parameters,
  shape: ForecasterShape,
  data: TrainingData,
  batch: SequenceBatch,
  scale: Float64Array,
  settings: TrainingSettings,
  source: Random,
  ternary: boolean,
  /** Chance in a ternary state at this step, 0..1. */
  noiseShare: number,
  rules: RuleBatch | undefined,
): TrainingStep => {
  const { scoredSteps, warmupSteps } = settings;
  const size = batch.sensorOf.length;
  const sensorOf = new Int32Array(scoredSteps * size);
  const originOf = new Int32Array(scoredSteps * size);
  for (let step = 0; step < scoredSteps; step++) {
    for (let b = 0; b < size; b++) {
      sensorOf[step * size + b] = batch.sensorOf[b]!;
      originOf[step * size + b] = batch.firstOf[b]! + warmupSteps + step;
    }
  }
  const steps = warmupSteps + scoredSteps;
  const dropout = dropoutMask(scoredSteps * size * shape.units, settings.dropout, source);
  // Drawn only where it is used, so that other trainings keep their random numbers.
  const stateNoise =
    noiseShare > 0 ? { share: noiseShare, seed: Math.floor(source.uniform() * 2 ** 32) } : undefined;
  const sensors = withoutOwnVector(batch.sensorOf, settings.embeddingDropout ?? 0, source);
  const quantised = { ternary, ...(stateNoise && { stateNoise }) };
  const forecast = run(
    parameters,
    shape,
    {
      features: gatherSequences(data, batch.sensorOf, batch.firstOf, steps),
      steps,
      sensors,
      scoredFrom: warmupSteps,
    },
    { ...quantised, ...(dropout && { dropout }) },
  );
  const term = forecastLoss(
    data,
    forecast.outputs,
    sensorOf,
    originOf,
    scale,
    settings.loss,
    shape.quantiles,
  );
  const gradients = forecast.backward(term.gradient);
  if (rules === undefined) return { forecastLoss: term.loss, ruleLoss: 0, gradients };

  const rule = ruleStep(run, parameters, shape, data, settings, quantised, rules);
  const { weight } = settings.rules;
  return {
    forecastLoss: term.loss,
    ruleLoss: rule.loss,
    gradients: mapParameters((name) =>
      gradients[name].map((value, k) => value + weight * rule.gradients[name][k]!),
    ),
  };
};

/** Where a rule batch starts its window, and how it is judged. */
export interface RuleBatch {
  readonly loss: RuleLoss;
  readonly first: number;
  readonly temperature: number;
}

/** Rule loss and gradient of a run of consecutive origins of all sensors. */
export const ruleStep = (
  run: RunForecaster,
  parameters: Parameters,
  shape: ForecasterShape,
  data: TrainingData,
  settings: Pick<TrainingSettings, "rules">,
  options: ForecasterOptions,
  rules: RuleBatch,
): { readonly loss: number; readonly gradients: Parameters } => {
  const { margin, origins, stride } = settings.rules;
  const window = data.plan.windowSteps - 1;
  const everySensor = Int32Array.from({ length: data.sensors }, (_, sensor) => sensor);
  const firstOf = new Int32Array(data.sensors).fill(rules.first);
  const ruled = run(
    parameters,
    shape,
    {
      features: gatherSequences(data, everySensor, firstOf, window + origins),
      steps: window + origins,
      sensors: everySensor,
      scoredFrom: window,
    },
    options,
  );
  const { temperature } = rules;
  const rule = rules.loss(ruled.outputs, rules.first + window, origins, stride, { margin, temperature });
  return { loss: rule.loss, gradients: ruled.backward(rule.gradient) };
};

/** Draws which sequences see the mean vector; as the state noise, only where it is used. */
const withoutOwnVector = (sensorOf: Int32Array, rate: number, source: Random): Int32Array =>
  rate === 0 ? sensorOf : sensorOf.map((sensor) => (source.uniform() < rate ? MEAN_SENSOR : sensor));

const dropoutMask = (length: number, rate: number, source: Random): Float32Array | undefined => {
  if (rate === 0) return undefined;
  const kept = 1 / (1 - rate);
  return Float32Array.from({ length }, () => (source.uniform() < rate ? 0 : kept));
};

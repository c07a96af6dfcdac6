import type { ForecasterOptions, RunForecaster } from "../model/ForecasterRun.ts";
import { MEAN_SENSOR } from "../model/meanSensor.ts";
import { type ForecasterShape, mapParameters, type Parameters } from "../model/Parameters.ts";
import type { Random } from "../series/random.ts";
import { forecastLoss } from "./forecastLoss.ts";
import { gatherSequences } from "./predictWindows.ts";
import type { PanelTeacherLoss, TaughtLoss } from "./panelTeacherLoss.ts";
import type { RuleLoss } from "./ruleLoss.ts";
import type { SequenceBatch } from "./trainingBatches.ts";
import type { TrainingData } from "./TrainingData.ts";
import type { TrainingSettings } from "./TrainingSettings.ts";

export interface TrainingStep {
  readonly forecastLoss: number;
  readonly ruleLoss: number;
  /** What the teacher said; absent without one. */
  readonly taught?: Taught;
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
  const { beta } = rules.teacher ?? { beta: 1 };
  const weight = ruleStepWeight(settings.rules.weight, rules);
  return {
    forecastLoss: term.loss,
    ruleLoss: rule.loss,
    ...(rule.taught && { taught: rule.taught }),
    gradients: mapParameters((name) =>
      gradients[name].map((value, k) => beta * value + weight * rule.gradients[name][k]!),
    ),
  };
};

type Taught = Pick<TaughtLoss, "loss" | "untaught" | "windows">;

/** Where a rule batch starts its window, and how it is judged. */
export interface RuleBatch {
  /** Absent where the teacher stands in its place. */
  readonly loss?: RuleLoss;
  /** With the weight of the forecast loss beside it, 0..1. */
  readonly teacher?: { readonly loss: PanelTeacherLoss; readonly beta: number };
  readonly first: number;
  readonly temperature: number;
}

/** Weight of the gradient of {@link ruleStep}: that of the robustness, or, alone, that of the teacher. */
const ruleStepWeight = (robustness: number, { loss, teacher }: RuleBatch): number =>
  loss === undefined && teacher !== undefined ? 1 - teacher.beta : robustness;

/**
 * Rule loss, teacher's loss and gradient of a run of consecutive origins of all sensors; the gradient is for the weight of
 * {@link ruleStepWeight}, so that the forecaster is gone through once for both.
 */
export const ruleStep = (
  run: RunForecaster,
  parameters: Parameters,
  shape: ForecasterShape,
  data: TrainingData,
  settings: Pick<TrainingSettings, "rules">,
  options: ForecasterOptions,
  rules: RuleBatch,
): { readonly loss: number; readonly taught?: Taught; readonly gradients: Parameters } => {
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
  const { teacher, temperature } = rules;
  const first = rules.first + window;
  const rule = rules.loss?.(ruled.outputs, first, origins, stride, { margin, temperature });
  const taught = teacher?.loss(ruled.outputs, first, origins, stride);
  const gradient = rule?.gradient ?? new Float32Array(ruled.outputs.length);
  if (teacher !== undefined && taught !== undefined) {
    const share = rule === undefined ? 1 : (1 - teacher.beta) / settings.rules.weight;
    for (let k = 0; k < gradient.length; k++) gradient[k]! += share * taught.gradient[k]!;
  }
  const { loss = 0, untaught = 0, windows = 0 } = taught ?? {};
  return {
    loss: rule?.loss ?? 0,
    ...(taught && { taught: { loss, untaught, windows } }),
    gradients: ruled.backward(gradient),
  };
};

/** Draws which sequences see the mean vector; as the state noise, only where it is used. */
const withoutOwnVector = (sensorOf: Int32Array, rate: number, source: Random): Int32Array =>
  rate === 0 ? sensorOf : sensorOf.map((sensor) => (source.uniform() < rate ? MEAN_SENSOR : sensor));

const dropoutMask = (length: number, rate: number, source: Random): Float32Array | undefined => {
  if (rate === 0) return undefined;
  const kept = 1 / (1 - rate);
  return Float32Array.from({ length }, () => (source.uniform() < rate ? 0 : kept));
};

/** Trains a forecaster: a float phase, then a ternary phase that starts from its best weights. */
import { Effect, Schema } from "effect";
import type { RunForecaster } from "../model/ForecasterRun.ts";
import { type EmbeddingLayout, startingScale, tableLayout } from "../model/embedding/EmbeddingLayout.ts";
import { composedParameters, withEmbedding } from "../model/embedding/withEmbedding.ts";
import { INITIAL_EMBEDDING_DEVIATION, initialParameters } from "../model/initialParameters.ts";
import {
  cellOf,
  copyParameters,
  type ForecasterShape,
  parameterNames,
  type Parameters,
} from "../model/Parameters.ts";
import type { SharedTable } from "../model/sharedTable/SharedTable.ts";
import { contextSteps } from "../series/features.ts";
import { type Random, random } from "../series/random.ts";
import type { BoundRule } from "../stl/index.ts";
import { adamWStep, copyAdamW, initialAdamW } from "./AdamW.ts";
import type { Checkpoint } from "./Checkpoint.ts";
import type { EmbeddingChoice } from "./EmbeddingChoice.ts";
import { learningRate } from "./learningRate.ts";
import { lossScale } from "./lossScale.ts";
import { createRuleBatches, type RuleBatches } from "./ruleBatches.ts";
import { layoutOf, startingTable } from "./startingLayout.ts";
import { reallocateTable } from "./reallocateTable.ts";
import { onThreads } from "./ThreadFailed.ts";
import { epochBatches } from "./trainingBatches.ts";
import type { TrainingData } from "./TrainingData.ts";
import type { EpochRecord, StepSpan, TrainingSettings } from "./TrainingSettings.ts";
import { type TrainingStep, trainingStep } from "./trainingStep.ts";
import { validate } from "./validate.ts";

export interface TrainingJob {
  readonly data: TrainingData;
  readonly shape: ForecasterShape;
  readonly rules: readonly BoundRule[];
  readonly training: StepSpan;
  readonly validation: StepSpan;
  readonly settings: TrainingSettings;
  readonly fingerprint: string;
  /** What runs the forecaster. */
  readonly run: RunForecaster;
  /** What the vectors of sensors are made of; each has its own where absent. */
  readonly embedding?: EmbeddingChoice;
  /** Continues from here where its fingerprint is that of the job. */
  readonly checkpoint?: Checkpoint;
}

export interface TrainingHooks<E, R> {
  /** Called after each epoch with all that a later run needs to go on. */
  readonly save: (checkpoint: Checkpoint) => Effect.Effect<void, E, R>;
  /** Called now and then with the share of the training that is done, 0..1. */
  readonly progress: (done: number, latest: EpochRecord | undefined, loss: number) => void;
}

export interface TrainedForecaster {
  readonly float: Parameters;
  readonly ternary: Parameters;
  readonly history: readonly EpochRecord[];
  /** What the teacher took of the time since the start or the resumption; 0 without one. */
  readonly teacherSeconds: number;
}

/** The loss or a gradient is no longer a number. */
export class TrainingDiverged extends Schema.TaggedError<TrainingDiverged>()("TrainingDiverged", {
  phase: Schema.String,
  epoch: Schema.Number,
  step: Schema.Number,
  culprit: Schema.String,
}) {
  override get message(): string {
    return `training diverged in the ${this.phase} phase, epoch ${this.epoch}, step ${this.step}: ${this.culprit} is not a finite number. Lower training.learningRate, or look for extreme readings with \`ordinance data describe\``;
  }
}

/** Validation looks at about this many origins, evenly spread. */
const VALIDATION_ORIGINS = 400;
export const validationStride = ({ from, to }: StepSpan): number =>
  Math.max(1, Math.floor((to - from) / VALIDATION_ORIGINS));
/** Never more than a tenth of a phase. */
const LEARNING_RATE_WARMUP_STEPS = 100;
/** Steps between two chances to be interrupted and to show progress. */
const STEPS_BETWEEN_BREATHS = 5;

type Phase = "float" | "ternary";

/**
 * Runs both phases, or what a checkpoint leaves of them; the same seed gives the same bytes on one engine, and
 * so does stopping and resuming.
 */
export const trainForecaster = Effect.fn("trainForecaster")(function* <E, R>(
  job: TrainingJob,
  hooks: TrainingHooks<E, R>,
) {
  const { data, settings, shape } = job;
  const scale = lossScale(data, job.training, settings);
  const rules = createRuleBatches(data, job.rules, settings.rules, scale);
  const totalEpochs = settings.floatEpochs + settings.ternaryEpochs;

  let state: Checkpoint;
  const source = random(settings.seed);
  if (job.checkpoint?.fingerprint === job.fingerprint) {
    state = job.checkpoint;
    source.state.set(state.randomState);
  } else {
    const table = startingTable(job.embedding, data, job.training, settings.seed);
    const layout = layoutOf(job.embedding, table, data, job.training);
    const parameters = startingParameters(shape, layout, source);
    state = { ...startOfPhase(job.fingerprint, "float", parameters, source, []), ...(table && { table }) };
  }
  const composed = (parameters: Parameters, table: SharedTable | undefined): Parameters =>
    composedParameters(parameters, layoutOf(job.embedding, table, data, job.training), shape.embedding);

  while (state.phase !== "done") {
    const phase: Phase = state.phase;
    const epochs = phase === "float" ? settings.floatEpochs : settings.ternaryEpochs;
    const improving = state.best === undefined || state.epoch - state.best.epoch < settings.patience;
    if (state.epoch >= epochs || !improving) {
      const { parameters: result, table } = state.best ?? state;
      state =
        phase === "float"
          ? {
              ...startOfPhase(job.fingerprint, "ternary", copyParameters(result), source, state.history),
              float: composed(result, table),
              ...(table && { table }),
            }
          : { ...state, phase: "done" };
      yield* hooks.save(state);
      continue;
    }
    state = yield* trainEpoch(job, hooks, state, phase, epochs, totalEpochs, source, scale, rules);
    yield* hooks.save(state);
  }
  return {
    float: state.float!,
    ternary: composed((state.best ?? state).parameters, state.table),
    history: state.history,
    teacherSeconds: rules?.teacherSeconds() ?? 0,
  } satisfies TrainedForecaster;
});

/** Weights at the start, with rows in place of the vectors of sensors where there is a layout. */
const startingParameters = (
  shape: ForecasterShape,
  layout: EmbeddingLayout | undefined,
  source: Random,
): Parameters => {
  const normal = (): number => source.normal();
  if (layout === undefined) return initialParameters(shape, normal);
  const parameters = initialParameters({ ...shape, sensors: layout.rows }, normal);
  const factor = startingScale(layout, INITIAL_EMBEDDING_DEVIATION);
  return { ...parameters, embedding: parameters.embedding.map((value) => factor * value) };
};

/** A phase that begins from given parameters, before its first epoch. */
export const startOfPhase = (
  fingerprint: string,
  phase: Phase,
  parameters: Parameters,
  source: Random,
  history: readonly EpochRecord[],
): Checkpoint => ({
  fingerprint,
  phase,
  epoch: 0,
  step: 0,
  parameters,
  average: copyParameters(parameters),
  optimiser: initialAdamW(parameters),
  randomState: source.state.slice(),
  history,
});

const trainEpoch = Effect.fnUntraced(function* (
  job: TrainingJob,
  hooks: Pick<TrainingHooks<never, never>, "progress">,
  state: Checkpoint,
  phase: Phase,
  epochs: number,
  totalEpochs: number,
  source: Random,
  scale: Float64Array,
  rules: RuleBatches | undefined,
) {
  const { data, settings, shape, training } = job;
  const ternary = phase === "ternary";
  const run = withEmbedding(job.run, layoutOf(job.embedding, state.table, data, training));
  const parameters = copyParameters(state.parameters);
  const average = copyParameters(state.average);
  let optimiser = copyAdamW(state.optimiser);
  let { step } = state;
  const batches = epochBatches(settings, training, data.sensors, data.plan.horizonSteps, source);
  const schedule = {
    peak: ternary ? settings.ternaryLearningRate : settings.learningRate,
    warmupSteps: Math.min(LEARNING_RATE_WARMUP_STEPS, Math.ceil((epochs * batches.length) / 10)),
    totalSteps: epochs * batches.length,
  };
  /** The teacher has its whole weight from this step of the phase on. */
  const taughtFrom = ternary || settings.rules.teacher === undefined ? 0 : Math.ceil(schedule.totalSteps / 2);
  const [coldest, hottest] = settings.rules.temperature;
  const progress = epochs === 1 ? 1 : state.epoch / (epochs - 1);
  const temperature = coldest * (hottest / coldest) ** progress;
  const epochsBefore = (ternary ? settings.floatEpochs : 0) + state.epoch;
  const epoch = state.epoch + 1;
  const place = `the ${phase} phase, epoch ${epoch}`;
  let forecastSum = 0;
  let ruleSum = 0;
  const taught = { sum: 0, windows: 0, untaught: 0 };

  for (const [index, batch] of batches.entries()) {
    const result = yield* onThreads(`${place}, step ${index + 1}`, () =>
      trainingStep(
        run,
        parameters,
        shape,
        data,
        batch,
        scale,
        settings,
        source,
        ternary,
        ternary && cellOf(shape).state === "ternary" ? noiseShareAt(progress) : 0,
        rules?.at(ruleBatchStart(job, source), temperature, { step, steps: taughtFrom }),
      ),
    );
    const culprit = culpritOf(result);
    if (culprit !== undefined) {
      return yield* new TrainingDiverged({ phase, epoch, step: index + 1, culprit });
    }
    optimiser = adamWStep(
      parameters,
      result.gradients,
      optimiser,
      learningRate(schedule, step),
      settings,
    ).state;
    step++;
    follow(average, parameters, Math.min(settings.averaging, (1 + step) / (10 + step)));
    forecastSum += result.forecastLoss;
    ruleSum += result.ruleLoss;
    taught.sum += result.taught?.loss ?? 0;
    taught.windows += result.taught?.windows ?? 0;
    taught.untaught += result.taught?.untaught ?? 0;
    if (index % STEPS_BETWEEN_BREATHS === 0) {
      hooks.progress(
        (epochsBefore + index / batches.length) / totalEpochs,
        state.history.at(-1),
        forecastSum / (index + 1),
      );
      yield* Effect.sleep(0);
    }
  }

  const stride = validationStride(job.validation);
  const validated = (by: RunForecaster) =>
    onThreads(`${place}, validation`, () =>
      validate(by, average, shape, data, job.validation, stride, scale, job.rules, ternary, settings.loss),
    );
  let validation = yield* validated(run);
  let { table } = state;
  let reallocation: EpochRecord["reallocation"];
  if (!ternary && epoch < epochs && table !== undefined && reallocates(job)) {
    const tried = reallocateTable(job, average, table, scale, epoch);
    const other = yield* validated(withEmbedding(job.run, tableLayout(tried.table)));
    const kept = other.loss < validation.loss;
    reallocation = { moved: tried.moved, loss: other.loss, kept };
    // Nothing but the table is new: to leave it undoes all.
    if (kept) [table, validation] = [tried.table, other];
  }
  const record: EpochRecord = {
    phase,
    epoch,
    trainingLoss: forecastSum / Math.max(1, batches.length),
    ruleLoss: ruleSum / Math.max(1, batches.length),
    validationLoss: validation.loss,
    ruleSatisfaction: validation.ruleSatisfaction,
    ...(rules?.hasTeacher === true && {
      teacher: {
        loss: taught.sum / Math.max(1, batches.length),
        windows: taught.windows,
        untaught: taught.untaught,
      },
    }),
    ...(reallocation && { reallocation }),
  };
  hooks.progress((epochsBefore + 1) / totalEpochs, record, record.trainingLoss);
  // Chosen by the forecast loss alone, an epoch before that would undo what the teacher is there for.
  const better = step >= taughtFrom && (state.best === undefined || validation.loss < state.best.loss);
  return {
    ...state,
    epoch,
    step,
    parameters,
    average,
    optimiser,
    randomState: source.state.slice(),
    ...(table && { table }),
    ...(better && {
      best: {
        loss: validation.loss,
        epoch,
        parameters: copyParameters(average),
        ...(table && { table }),
      },
    }),
    history: [...state.history, record],
  } satisfies Checkpoint;
});

const reallocates = ({ embedding }: Pick<TrainingJob, "embedding">): boolean =>
  embedding?.kind === "table" && embedding.reallocate;

/**
 * Chance in a ternary state at a share of the quantised phase: Bernoulli at first, then less and less, and for its last
 * third the deterministic rule of the device.
 */
const noiseShareAt = (progress: number): number => Math.max(0, 1 - 1.5 * progress);

/** Draws where the rule batch starts: its window and its forecasts lie in the training span. */
export const ruleBatchStart = (
  job: Pick<TrainingJob, "data" | "settings" | "training">,
  source: Random,
): number => {
  const { plan } = job.data;
  const first = Math.max(job.training.from, contextSteps(plan) - plan.windowSteps);
  const last = job.training.to - plan.windowSteps - job.settings.rules.origins - plan.horizonSteps;
  return first + Math.floor(source.uniform() * Math.max(1, last - first));
};

const culpritOf = (step: TrainingStep): string | undefined => {
  if (!Number.isFinite(step.forecastLoss)) return "the forecast loss";
  if (!Number.isFinite(step.ruleLoss)) return "the rule loss";
  if (!Number.isFinite(step.taught?.loss ?? 0)) return "the teacher's loss";
  return parameterNames
    .filter((name) => step.gradients[name].some((value) => !Number.isFinite(value)))
    .map((name) => `the gradient of ${name}`)[0];
};

const follow = (average: Parameters, parameters: Parameters, decay: number): void => {
  for (const name of parameterNames) {
    const slow = average[name];
    const fast = parameters[name];
    for (let k = 0; k < slow.length; k++) slow[k] = decay * slow[k]! + (1 - decay) * fast[k]!;
  }
};

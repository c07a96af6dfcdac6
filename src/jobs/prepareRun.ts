/** Brings together what a run works on: panel, front end, rules, spans and settings. */
import { Effect, Path, Schema } from "effect";
import type { LoadedPanel } from "../ingest/loadPanel.ts";
import { formatDuration, parseDuration } from "../ingest/parseDuration.ts";
import type { ForecasterShape } from "../model/Parameters.ts";
import { contextSteps, observedFeatureCount, type Readings } from "../series/features.ts";
import type { FeaturePlan } from "../series/FeaturePlan.ts";
import { fitFeaturePlan } from "../series/fitFeaturePlan.ts";
import { localClock } from "../series/LocalClock.ts";
import { type Panel, seriesOf } from "../series/Panel.ts";
import { prepareTrainingData, type TrainingData } from "../train/TrainingData.ts";
import type { StepSpan, TrainingSettings } from "../train/TrainingSettings.ts";
import { siteOf } from "./checkRules.ts";
import { loadRules, type LoadedRules } from "./loadRules.ts";
import type { Pipeline } from "./Pipeline.ts";
import { selectChannels } from "./selectChannels.ts";

/** A pipeline that does not fit its data; every misfit is listed. */
export class PipelineMisfit extends Schema.TaggedError<PipelineMisfit>()("PipelineMisfit", {
  path: Schema.String,
  problems: Schema.Array(Schema.String),
}) {
  override get message(): string {
    return this.problems.map((problem) => `${this.path}: ${problem}`).join("\n");
  }
}

export interface PreparedRun {
  readonly pipeline: Pipeline;
  readonly pipelinePath: string;
  readonly loaded: LoadedPanel;
  /** The panel with the channels of the plan, in its order. */
  readonly panel: Panel;
  readonly data: TrainingData;
  readonly rules: LoadedRules;
  readonly shape: ForecasterShape;
  readonly settings: TrainingSettings;
  readonly spans: { readonly training: StepSpan; readonly validation: StepSpan; readonly test: StepSpan };
  readonly seasonSteps: number;
}

export const prepareRun = Effect.fn("prepareRun")(function* (
  pipeline: Pipeline,
  pipelinePath: string,
  loaded: LoadedPanel,
) {
  const path = yield* Path.Path;
  const { forecast } = pipeline;
  const names = [...forecast.targets, ...forecast.covariates, ...forecast.circular];
  const problems = [
    ...unknownChannels(names, loaded.panel),
    ...[...new Set(names.filter((name, index) => names.indexOf(name) !== index))].map(
      (name) => `channel ${name} stands twice among forecast.targets, covariates and circular; keep one`,
    ),
    ...forecast.log
      .filter((name) => !names.includes(name))
      .map((name) => `forecast.log names ${name}, which the forecast does not read`),
    ...Object.keys(forecast.quantum)
      .filter((name) => !forecast.targets.includes(name))
      .map((name) => `forecast.quantum names ${name}, which is not among forecast.targets`),
  ];
  const steps = stepCounts(pipeline, loaded.panel.stepMs, problems);
  if (problems.length > 0) return yield* new PipelineMisfit({ path: pipelinePath, problems });

  const panel = selectChannels(loaded.panel, names);
  const testFrom = Math.floor(panel.steps * (1 - pipeline.testShare));
  const validationFrom = Math.floor(panel.steps * (1 - pipeline.testShare - pipeline.validationShare));
  const spans = {
    training: { from: 0, to: validationFrom },
    validation: { from: validationFrom, to: testFrom },
    test: { from: testFrom, to: panel.steps },
  };
  const plan = fitFeaturePlan(
    panel,
    {
      targets: forecast.targets,
      covariates: forecast.covariates,
      circular: forecast.circular,
      log: forecast.log,
      baseline:
        forecast.baseline === "seasonal"
          ? { kind: "seasonal", periodSteps: steps.season }
          : { kind: "persistence" },
      windowSteps: steps.history,
      horizonSteps: steps.horizon,
      holdSteps: steps.hold,
      ...(forecast.neighbourKilometres !== undefined && {
        neighbourKilometres: forecast.neighbourKilometres,
      }),
    },
    spans.training.to,
  );
  const longestSequence = Math.max(steps.warmup + steps.scored, pipeline.training.ruleOrigins);
  const tooShort = [
    ...shortSpans(plan, spans, longestSequence, panel.stepMs),
    ...emptySpans(panel, plan, spans),
  ];
  if (tooShort.length > 0) return yield* new PipelineMisfit({ path: pipelinePath, problems: tooShort });

  const rules = yield* loadRules(
    path.resolve(path.dirname(pipelinePath), pipeline.rules),
    siteOf(panel, steps.horizon),
    forecast.targets.length,
  );
  const readings: Readings = {
    values: panel.values,
    steps: panel.steps,
    // The clock runs on past the last reading, because rules judge the forecast by the clock.
    clock: localClock(panel.zone, panel.startMs, panel.stepMs, panel.steps + steps.horizon),
  };
  const { training } = pipeline;
  return {
    pipeline,
    pipelinePath,
    loaded,
    panel,
    data: prepareTrainingData(plan, readings),
    rules,
    shape: {
      observed: observedFeatureCount(plan),
      embedding: pipeline.model.embedding,
      sensors: panel.sensors.length,
      units: pipeline.model.units,
      headUnits: pipeline.model.headUnits,
      outputs: plan.targets.length * plan.horizonSteps,
    },
    settings: {
      seed: training.seed,
      floatEpochs: training.floatEpochs,
      ternaryEpochs: training.ternaryEpochs,
      batch: training.batch,
      warmupSteps: steps.warmup,
      scoredSteps: steps.scored,
      ...(training.stepsPerEpoch !== undefined && { stepsPerEpoch: training.stepsPerEpoch }),
      learningRate: training.learningRate,
      ternaryLearningRate: training.ternaryLearningRate,
      weightDecay: training.weightDecay,
      clipNorm: training.clipNorm,
      dropout: training.dropout,
      averaging: training.averaging,
      patience: training.patience,
      rules: {
        weight: training.ruleWeight,
        margin: training.ruleMargin,
        temperature: training.ruleTemperature,
        origins: training.ruleOrigins,
        stride: training.ruleStride,
      },
    },
    spans,
    seasonSteps: steps.season,
  } satisfies PreparedRun;
});

const unknownChannels = (names: readonly string[], panel: Panel): string[] => {
  const known = panel.channels.map((channel) => channel.name);
  return names
    .filter((name) => !known.includes(name))
    .map((name) => `the data has no channel ${name}; it has ${known.join(", ")}`);
};

type DurationKey = "history" | "horizon" | "hold" | "season" | "warmup" | "scored";

/** The pipeline's durations in steps of the panel; what does not divide evenly is a problem. */
const stepCounts = (pipeline: Pipeline, stepMs: number, problems: string[]): Record<DurationKey, number> => {
  const { forecast, training } = pipeline;
  const texts: Record<DurationKey, string> = {
    history: forecast.history,
    horizon: forecast.horizon,
    hold: forecast.hold ?? forecast.history,
    season: forecast.season,
    warmup: training.warmup,
    scored: training.scored,
  };
  const keys = Object.keys(texts) as DurationKey[];
  return Object.fromEntries(
    keys.map((key) => {
      const milliseconds = parseDuration(texts[key]);
      const count = milliseconds === undefined ? Number.NaN : milliseconds / stepMs;
      if (!Number.isInteger(count) || count < 1) {
        const lower = Math.max(1, Math.floor(count)) * stepMs;
        const group = key === "warmup" || key === "scored" ? "training" : "forecast";
        problems.push(
          `${group}.${key} ${texts[key]} is not a whole number of ${formatDuration(stepMs)} steps; take ${formatDuration(lower)} or ${formatDuration(lower + stepMs)}`,
        );
      }
      return [key, count];
    }),
  ) as Record<DurationKey, number>;
};

/** A span without a reading of a target can neither be learned from nor judged on. */
const emptySpans = (panel: Panel, plan: FeaturePlan, spans: PreparedRun["spans"]): string[] =>
  (["training", "validation", "test"] as const).flatMap((name) =>
    plan.targets
      .filter((_, target) =>
        panel.sensors.every((_sensor, sensor) =>
          seriesOf(panel, target, sensor).subarray(spans[name].from, spans[name].to).every(Number.isNaN),
        ),
      )
      .map(
        ({ channel }) =>
          `no sensor has a reading of ${channel} in the ${name} span; choose another \`from\` and \`to\``,
      ),
  );

const shortSpans = (
  plan: FeaturePlan,
  spans: PreparedRun["spans"],
  sequenceSteps: number,
  stepMs: number,
): string[] => {
  const needed = {
    training: sequenceSteps + plan.horizonSteps + contextSteps(plan),
    validation: plan.horizonSteps + 1,
    test: plan.horizonSteps + 1,
  };
  return (["training", "validation", "test"] as const).flatMap((name) => {
    const length = spans[name].to - spans[name].from;
    return length >= needed[name]
      ? []
      : [
          `the ${name} span has ${formatDuration(Math.max(0, length) * stepMs)} of data, but needs at least ${formatDuration(needed[name] * stepMs)}; give more data, or a shorter history, horizon or training.scored`,
        ];
  });
};

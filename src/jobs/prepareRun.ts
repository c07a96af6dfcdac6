/** Brings together what a run works on: panel, front end, rules, spans and settings. */
import { Effect, Path } from "effect";
import type { YamlConflict } from "../ingest/decodeYaml.ts";
import type { LoadedPanel } from "../ingest/loadPanel.ts";
import { formatDuration, parseDuration } from "../ingest/parseDuration.ts";
import type { ForecasterShape } from "../model/Parameters.ts";
import { blocksOf } from "../series/arrangeQuantiles.ts";
import { contextSteps, observedFeatureCount, type Readings } from "../series/features.ts";
import { extendFeaturePlan } from "../series/extendFeaturePlan.ts";
import type { FeaturePlan } from "../series/FeaturePlan.ts";
import { fitFeaturePlan } from "../series/fitFeaturePlan.ts";
import { localClock } from "../series/LocalClock.ts";
import { type Panel, seriesOf } from "../series/Panel.ts";
import { prepareTrainingData, type TrainingData } from "../train/TrainingData.ts";
import type { StepSpan, TrainingSettings } from "../train/TrainingSettings.ts";
import { type BoundRule, bindSpec } from "../stl/index.ts";
import { nearestName } from "../stl/language/nearestName.ts";
import { chooseBaseline, type ComparedBaseline } from "./chooseBaseline.ts";
import { alarmConflicts } from "./Alarm.ts";
import { siteOfPanel } from "./siteOfPanel.ts";
import { embeddingConflicts, embeddingOf, type PipelineEmbedding } from "./embeddingOf.ts";
import { loadRules, type LoadedRules } from "./loadRules.ts";
import type { Pipeline } from "./Pipeline.ts";
import { quantumOf } from "./readoutsOf.ts";
import { quantileConflicts, quantileLevels } from "./quantileLevels.ts";
import { refuseConflicts } from "./readPipeline.ts";
import { selectChannels } from "./selectChannels.ts";
import { selectSensors } from "./selectSensors.ts";
import { unseenConflicts, type UnseenSensor, unseenSensors } from "./unseenSensors.ts";

/** What training may know of a run: its seen sensors alone. The run's own parts where it has no unseen sensor. */
export interface SeenPart {
  /** Places of the seen sensors among those of the panel. */
  readonly places: readonly number[];
  readonly data: TrainingData;
  /** Rules over the seen sensors; a rule that names an unseen one, or needs more than are seen, is left out. */
  readonly rules: readonly BoundRule[];
  readonly shape: ForecasterShape;
}

export interface PreparedRun {
  readonly pipeline: Pipeline;
  readonly pipelinePath: string;
  readonly loaded: LoadedPanel;
  /** The panel with the channels of the plan, in its order. */
  readonly panel: Panel;
  readonly data: TrainingData;
  /** Baselines that were compared on the validation span, the chosen one first; empty where the pipeline names one. */
  readonly comparedBaselines: readonly ComparedBaseline[];
  readonly rules: LoadedRules;
  readonly shape: ForecasterShape;
  readonly embedding: PipelineEmbedding;
  readonly settings: TrainingSettings;
  readonly spans: { readonly training: StepSpan; readonly validation: StepSpan; readonly test: StepSpan };
  readonly seasonSteps: number;
  readonly seen: SeenPart;
  readonly unseen: readonly UnseenSensor[];
}

/** @param givenSpans in steps of the panel; those of the pipeline's shares where left out */
export const prepareRun = Effect.fn("prepareRun")(function* (
  pipeline: Pipeline,
  pipelinePath: string,
  loaded: LoadedPanel,
  givenSpans?: PreparedRun["spans"],
) {
  const path = yield* Path.Path;
  const { forecast } = pipeline;
  const names = [...forecast.targets, ...forecast.covariates, ...forecast.circular];
  const conflicts = [
    ...channelConflicts(forecast, loaded.panel),
    ...durationConflicts(pipeline, loaded.panel.stepMs),
    ...unseenConflicts(forecast.unseen, loaded.panel),
    ...embeddingConflicts(pipeline),
    ...droppedVectorConflicts(pipeline),
    ...weightlessTeacherConflicts(pipeline),
    ...alarmConflicts(pipeline),
    ...quantileConflicts(pipeline),
  ];
  yield* refuseConflicts(pipelinePath, conflicts);
  const steps = stepCounts(pipeline, loaded.panel.stepMs);

  const panel = selectChannels(loaded.panel, names);
  const testFrom = Math.floor(panel.steps * (1 - pipeline.testShare));
  const validationFrom = Math.floor(panel.steps * (1 - pipeline.testShare - pipeline.validationShare));
  const spans = givenSpans ?? {
    training: { from: 0, to: validationFrom },
    validation: { from: validationFrom, to: testFrom },
    test: { from: testFrom, to: panel.steps },
  };
  const unseen = unseenSensors(panel, forecast.unseen, forecast.targets.length, spans.training.to);
  const places = panel.sensors
    .map((_, place) => place)
    .filter((place) => unseen.every((each) => each.place !== place));
  // Where nothing can be learned at all, the spans say so.
  const seenPanel = unseen.length === 0 || places.length === 0 ? panel : selectSensors(panel, places);
  const fitted = fitFeaturePlan(
    seenPanel,
    {
      targets: forecast.targets,
      covariates: forecast.covariates,
      circular: forecast.circular,
      log: forecast.log,
      baseline: { kind: "persistence" },
      windowSteps: steps.history,
      horizonSteps: steps.horizon,
      holdSteps: steps.hold,
      everySensor: forecast.everySensor,
      ...(forecast.neighbourKilometres !== undefined && {
        neighbourKilometres: forecast.neighbourKilometres,
      }),
    },
    spans.training.to,
  );
  const longestSequence = Math.max(steps.warmup + steps.scored, pipeline.training.ruleOrigins);
  // Whichever baseline is taken, it looks back no further than the season.
  const furthest: FeaturePlan =
    forecast.baseline === "persistence"
      ? fitted
      : { ...fitted, baseline: { kind: "seasonal", periodSteps: steps.season } };
  yield* refuseConflicts(pipelinePath, [
    ...shortSpans(furthest, spans, longestSequence, panel.stepMs),
    ...emptySpans(seenPanel, fitted, spans),
  ]);

  const rules = yield* loadRules(
    path.resolve(path.dirname(pipelinePath), pipeline.rules),
    siteOfPanel(panel, steps.horizon),
    forecast.targets.length,
  );
  // The clock runs on past the last reading, because rules judge the forecast by the clock.
  const clock = localClock(panel.zone, panel.startMs, panel.stepMs, panel.steps + steps.horizon);
  const readingsOf = ({ values }: Panel): Readings => ({ values, steps: panel.steps, clock });
  const { compared, data: seenData } = chooseBaseline(
    forecast.baseline,
    fitted,
    readingsOf(seenPanel),
    steps.season,
    spans.training,
    spans.validation,
  );
  const data =
    seenPanel === panel
      ? seenData
      : prepareTrainingData(
          extendFeaturePlan(seenData.plan, panel, forecast.neighbourKilometres),
          readingsOf(panel),
        );
  const { plan } = data;
  const embedding = embeddingOf(pipeline, places.length);
  const heads = forecast.quantileHeads === true ? quantileLevels(pipeline).all : [];
  const shape: ForecasterShape = {
    observed: observedFeatureCount(plan),
    embedding: embedding.size,
    sensors: panel.sensors.length,
    units: pipeline.model.units,
    // Left out where there is one, so that trainings begun without the setting go on.
    ...(pipeline.model.layers > 1 && { layers: pipeline.model.layers }),
    headUnits: pipeline.model.headUnits,
    outputs: blocksOf(heads) * plan.targets.length * plan.horizonSteps,
    ...(heads.length > 0 && { quantiles: heads }),
  };
  const seen: SeenPart =
    seenPanel === panel
      ? { places, data, rules: rules.rules.map(({ bound }) => bound), shape }
      : {
          places,
          data: seenData,
          rules: bindSpec(rules.spec, siteOfPanel(seenPanel, steps.horizon)).rules,
          shape: { ...shape, sensors: places.length },
        };
  const { training } = pipeline;
  return {
    pipeline,
    pipelinePath,
    loaded,
    panel,
    data,
    comparedBaselines: compared,
    rules,
    shape,
    embedding,
    seen,
    unseen,
    settings: {
      seed: training.seed,
      loss: training.loss,
      leadDecay: training.leadDecay,
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
      embeddingDropout: training.embeddingDropout,
      averaging: training.averaging,
      patience: training.patience,
      rules: {
        weight: training.ruleWeight,
        margin: training.ruleMargin,
        temperature: training.ruleTemperature,
        origins: training.ruleOrigins,
        stride: training.ruleStride,
        // Left out without a teacher, so that trainings begun without the setting go on.
        ...(training.ruleLoss !== "robustness" && {
          teacher: {
            alone: training.ruleLoss === "teacher",
            beta: training.ruleBeta,
            quanta: forecast.targets.map((target) => quantumOf(pipeline, target)),
          },
        }),
      },
    },
    spans,
    seasonSteps: steps.season,
  } satisfies PreparedRun;
});

const CHANNEL_LISTS = ["targets", "covariates", "circular"] as const;

const channelConflicts = (forecast: Pipeline["forecast"], panel: Panel): YamlConflict[] => {
  const known = panel.channels.map((channel) => channel.name);
  const read = new Set<string>();
  const conflicts: YamlConflict[] = [];
  for (const list of CHANNEL_LISTS) {
    forecast[list].forEach((name, index) => {
      const path = ["forecast", list, index];
      if (!known.includes(name)) {
        const nearest = nearestName(name, known);
        const hint = nearest === undefined ? `it has ${known.join(", ")}` : `did you mean ${nearest}?`;
        conflicts.push({ path, message: `the data has no channel ${name}; ${hint}` });
      } else if (read.has(name)) {
        const message = `channel ${name} stands twice among forecast.targets, covariates and circular; keep one`;
        conflicts.push({ path, message });
      }
      read.add(name);
    });
  }
  forecast.log.forEach((name, index) => {
    if (read.has(name)) return;
    const message = `forecast.log names ${name}, which the forecast does not read; it reads ${[...read].join(", ")}`;
    conflicts.push({ path: ["forecast", "log", index], message });
  });
  forecast.everySensor.forEach((name, index) => {
    if (forecast.targets.includes(name)) return;
    const message = `forecast.everySensor names ${name}, which is not among forecast.targets (${forecast.targets.join(", ")})`;
    conflicts.push({ path: ["forecast", "everySensor", index], message });
  });
  for (const name of Object.keys(forecast.quantum)) {
    if (forecast.targets.includes(name)) continue;
    const message = `forecast.quantum names ${name}, which is not among forecast.targets (${forecast.targets.join(", ")})`;
    conflicts.push({ path: ["forecast", "quantum", name], message });
  }
  return conflicts;
};

const droppedVectorConflicts = ({ model, training }: Pipeline): YamlConflict[] =>
  training.embeddingDropout > 0 && embeddingOf({ model }, 1).size === 0
    ? [
        {
          path: ["training", "embeddingDropout"],
          message:
            "training.embeddingDropout hides vectors that model.embedding 0 does not have; leave it out, or give the sensors an embedding",
        },
      ]
    : [];

const weightlessTeacherConflicts = ({ training }: Pipeline): YamlConflict[] =>
  training.ruleWeight === 0 && training.ruleLoss !== "robustness"
    ? [
        {
          path: ["training", "ruleLoss"],
          message: `training.ruleWeight 0 trains without rules, and training.ruleLoss ${training.ruleLoss} asks for a teacher of them; leave one of the two out`,
        },
      ]
    : [];

const DURATION_KEYS = [
  ["forecast", "history"],
  ["forecast", "horizon"],
  ["forecast", "hold"],
  ["forecast", "season"],
  ["training", "warmup"],
  ["training", "scored"],
] as const;

/** What does not divide evenly into steps of the panel. */
const durationConflicts = (pipeline: Pipeline, stepMs: number): YamlConflict[] =>
  DURATION_KEYS.flatMap(([group, key]) => {
    const text: string | undefined = { ...pipeline.forecast, ...pipeline.training }[key];
    if (text === undefined) return [];
    const count = stepsIn(text, stepMs);
    if (Number.isInteger(count) && count >= 1) return [];
    const lower = Math.max(1, Math.floor(count)) * stepMs;
    const message = `${group}.${key} ${text} is not a whole number of ${formatDuration(stepMs)} steps; take ${formatDuration(lower)} or ${formatDuration(lower + stepMs)}`;
    return [{ path: [group, key], message }];
  });

const stepsIn = (duration: string, stepMs: number): number => (parseDuration(duration) ?? 0) / stepMs;

/** The pipeline's durations in steps of the panel. */
const stepCounts = ({ forecast, training }: Pipeline, stepMs: number) => ({
  history: stepsIn(forecast.history, stepMs),
  horizon: stepsIn(forecast.horizon, stepMs),
  hold: stepsIn(forecast.hold ?? forecast.history, stepMs),
  season: stepsIn(forecast.season, stepMs),
  warmup: stepsIn(training.warmup, stepMs),
  scored: stepsIn(training.scored, stepMs),
});

/** A span without a reading of a target can neither be learned from nor judged on. */
const emptySpans = (panel: Panel, plan: FeaturePlan, spans: PreparedRun["spans"]): YamlConflict[] =>
  (["training", "validation", "test"] as const).flatMap((name) =>
    plan.targets
      .filter((_, target) =>
        panel.sensors.every((_sensor, sensor) =>
          seriesOf(panel, target, sensor).subarray(spans[name].from, spans[name].to).every(Number.isNaN),
        ),
      )
      .map(({ channel }) => ({
        path: ["forecast", "targets"],
        message: `no sensor has a reading of ${channel} in the ${name} span; choose another \`from\` and \`to\``,
      })),
  );

const shortSpans = (
  plan: FeaturePlan,
  spans: PreparedRun["spans"],
  sequenceSteps: number,
  stepMs: number,
): YamlConflict[] => {
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
          {
            path: sequenceSteps > contextSteps(plan) ? ["training", "scored"] : ["forecast", "history"],
            message: `the ${name} span has ${formatDuration(Math.max(0, length) * stepMs)} of data, but needs at least ${formatDuration(needed[name] * stepMs)}; give more data, or a shorter history, horizon or training.scored`,
          },
        ];
  });
};

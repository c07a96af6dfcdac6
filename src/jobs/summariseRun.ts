import { createHash } from "node:crypto";
import { cpus } from "node:os";
import type { Artefact } from "../edge/index.ts";
import { describeIntake } from "../ingest/IntakeReport.ts";
import { formatDuration } from "../ingest/parseDuration.ts";
import { layersOf } from "../model/Parameters.ts";
import type { RunSummary, Span } from "../report/RunSummary.ts";
import { seriesOf } from "../series/Panel.ts";
import type { StepSpan, TrainingSettings } from "../train/TrainingSettings.ts";
import type { TrainingMemory } from "../train/trainingMemory.ts";
import type { TrainedForecaster } from "../train/trainForecaster.ts";
import type { Backtest } from "./backtestRun.ts";
import { issueInstantMs } from "./compileRun.ts";
import { typicalCases, worstCases } from "./forecastCases.ts";
import { describeEmbedding } from "./embeddingOf.ts";
import { describeBaseline } from "./chooseBaseline.ts";
import type { PreparedRun } from "./prepareRun.ts";
import { taughtWindows } from "./taughtWindows.ts";
import { quantileLevels } from "./quantileLevels.ts";

const FLOAT_BYTES = 4;

/** Gathers what the report and the model card say of a run. */
export const summariseRun = (
  run: PreparedRun,
  trained: Pick<TrainedForecaster, "history" | "ternary">,
  artefactBytes: Uint8Array,
  artefact: Artefact,
  backtest: Backtest,
  proof: RunSummary["proof"],
  engine: string,
  memory: Pick<TrainingMemory, "bytes" | "parts">,
  seconds: RunSummary["seconds"],
): RunSummary => {
  const { data, loaded, panel, pipeline, spans } = run;
  const span = ({ from, to }: StepSpan): Span => ({
    fromMs: panel.startMs + from * panel.stepMs,
    toMs: panel.startMs + to * panel.stepMs,
  });
  const sectionBytes = artefact.manifest.sections.map(({ bytes, name }) => ({
    part: `artefact: ${name}`,
    bytes,
  }));
  const quantiles = quantileLevels(pipeline).issued;
  const parameters = Object.values(trained.ternary).reduce((sum, values) => sum + values.length, 0);
  return {
    pipeline: pipeline.name,
    instant: new Date(issueInstantMs(run)).toISOString(),
    dataset: {
      name: loaded.card.name,
      title: loaded.card.title,
      licence: loaded.card.licence,
      zone: panel.zone,
      stepMs: panel.stepMs,
      startMs: panel.startMs,
      steps: panel.steps,
      sensors: panel.sensors.length,
      sha256: loaded.sha256,
      missing: data.plan.targets.map(({ channel }, target) => ({
        channel,
        share: missingShare(run, target),
      })),
      notes: describeIntake(loaded.report),
    },
    horizonSteps: data.plan.horizonSteps,
    targets: data.plan.targets.map(({ channel }, target) => ({
      channel,
      unit: panel.channels[target]!.unit,
    })),
    span: { train: span(spans.training), validation: span(spans.validation), test: span(spans.test) },
    metrics: backtest.metrics,
    ...(backtest.unseen && { unseen: backtest.unseen }),
    ...(backtest.quantiles !== undefined && { quantiles: backtest.quantiles }),
    ...(backtest.alarms.length > 0 && { alarms: backtest.alarms }),
    rules: backtest.rules,
    training: trained.history,
    examples: typicalCases(run, backtest),
    worst: worstCases(run, backtest),
    sizes: [
      { part: "float32 parameters", bytes: parameters * FLOAT_BYTES },
      { part: "artefact, whole file", bytes: artefactBytes.length },
      ...sectionBytes,
    ],
    proof,
    band: { lower: quantiles[0] ?? 0.5, upper: quantiles.at(-1) ?? 0.5 },
    settings: settingsOf(run, trained, backtest),
    seed: pipeline.training.seed,
    engine,
    memory: { bytes: memory.bytes, parts: memory.parts },
    machine: `${cpus()[0]?.model.trim() ?? "unknown processor"}, ${cpus().length} cores, Node ${process.versions.node}`,
    seconds,
  };
};

const BASELINE_TEXT = {
  persistence: "the last reading",
  seasonal: "the reading one season before",
  linear: "a linear forecast from the last readings and the season",
} as const;

const settingsOf = (
  run: PreparedRun,
  trained: Pick<TrainedForecaster, "history">,
  backtest: Backtest,
): RunSummary["settings"] => {
  const { comparedBaselines, data, panel, rules, seasonSteps, settings, shape } = run;
  const { plan } = data;
  const baseline = BASELINE_TEXT[plan.baseline.kind];
  const layers = layersOf(shape);
  return [
    {
      name: "window",
      value: `${plan.windowSteps} steps (${formatDuration(plan.windowSteps * panel.stepMs)})`,
    },
    {
      name: "model",
      value: `MI-GRU, ${layers === 1 ? "" : `${layers} layers of `}${shape.units} units, ${shape.observed} features, ${describeEmbedding(run.embedding)}, corrects ${baseline}`,
    },
    ...(comparedBaselines.length === 0
      ? []
      : [
          {
            name: "baselines compared",
            value: `${comparedBaselines.map(describeBaseline).join(", ")} (error on the validation span, persistence = 1)`,
          },
        ]),
    { name: "season of the naive model", value: formatDuration(seasonSteps * panel.stepMs) },
    { name: "rule loss", value: ruleLossText(settings.rules, trained.history) },
    { name: "rules, SHA-256", value: createHash("sha256").update(rules.text).digest("hex") },
    {
      name: "test origins",
      value: `${backtest.origins.length}; the shield changed the forecast at ${backtest.device.movedOrigins}, could not judge a rule at ${backtest.device.unjudgedOrigins}, failed at ${backtest.device.failedOrigins}`,
    },
  ];
};

const ruleLossText = (
  { margin, teacher, weight }: TrainingSettings["rules"],
  history: TrainedForecaster["history"],
): string => {
  const robustness = `weight ${weight}, margin ${margin} scales`;
  if (teacher === undefined) return robustness;
  const { untaught, windows } = taughtWindows(history);
  const taught = `a teacher of weight ${decimal(1 - teacher.beta)} beside a forecast loss of ${decimal(teacher.beta)}, which had to leave out a rule for ${untaught} of ${windows} forecasts`;
  return teacher.alone ? `${taught}, margin ${margin} scales` : `robustness of ${robustness}; ${taught}`;
};

/** Without the noise of a difference of decimals. */
const decimal = (value: number): string => String(Number(value.toPrecision(6)));

const missingShare = (run: PreparedRun, channel: number): number => {
  let missing = 0;
  for (let sensor = 0; sensor < run.panel.sensors.length; sensor++) {
    for (const reading of seriesOf(run.panel, channel, sensor)) if (Number.isNaN(reading)) missing++;
  }
  return missing / (run.panel.sensors.length * run.panel.steps);
};

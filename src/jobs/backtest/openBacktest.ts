/** Reads what a backtest works on and cuts it into folds. */
import { Effect, Path } from "effect";
import { Temporal } from "temporal-polyfill";
import type { LoadedPanel } from "../../ingest/loadPanel.ts";
import { formatDuration, parseDuration } from "../../ingest/parseDuration.ts";
import type { Panel } from "../../series/Panel.ts";
import { loadRules } from "../loadRules.ts";
import { loadRunPanel } from "../loadRunPanel.ts";
import type { Pipeline } from "../Pipeline.ts";
import { readPipeline } from "../readPipeline.ts";
import { selectChannels } from "../selectChannels.ts";
import { siteOfPanel } from "../siteOfPanel.ts";
import type { BacktestOptions } from "./BacktestOptions.ts";
import { BacktestRefused } from "./BacktestRefused.ts";
import { type Fold, planFolds } from "./planFolds.ts";

export interface OpenBacktest {
  readonly pipeline: Pipeline;
  readonly pipelinePath: string;
  readonly loaded: LoadedPanel;
  /** Texts of the rule file and of all it imports. */
  readonly ruleTexts: readonly string[];
  readonly folds: readonly Fold[];
  /** Folder of the backtest: `out/PIPELINE`. */
  readonly home: string;
}

export const openBacktest = Effect.fn("openBacktest")(function* (options: BacktestOptions) {
  const path = yield* Path.Path;
  const { out, pipelinePath } = options;
  const pipeline = yield* readPipeline(pipelinePath);
  const loaded = yield* loadRunPanel(pipeline, pipelinePath);
  const folds = foldsOf(options, pipeline, loaded.panel);
  if ("reasons" in folds) return yield* new BacktestRefused(folds);
  const { covariates, circular, targets } = pipeline.forecast;
  const names = [...targets, ...covariates, ...circular];
  const known = new Set(loaded.panel.channels.map(({ name }) => name));
  const rules = yield* loadRules(
    path.resolve(path.dirname(pipelinePath), pipeline.rules),
    siteOfPanel(
      selectChannels(
        loaded.panel,
        // An unknown channel is told, with its place in the file, when the first fold is prepared.
        names.filter((name) => known.has(name)),
      ),
      horizonSteps(pipeline, loaded.panel),
    ),
    targets.length,
  );
  return {
    pipeline,
    pipelinePath,
    loaded,
    ruleTexts: rules.texts,
    folds,
    home: path.join(out, pipeline.name),
  } satisfies OpenBacktest;
});

const DEFAULT_FOLDS = 5;

const horizonSteps = ({ forecast }: Pipeline, { stepMs }: Panel): number =>
  Math.max(1, Math.round((parseDuration(forecast.horizon) ?? 0) / stepMs));

const foldsOf = (
  { folds, from, retrain, sliding, span }: BacktestOptions,
  pipeline: Pipeline,
  panel: Panel,
): readonly Fold[] | { readonly reasons: readonly string[] } => {
  const reasons: string[] = [];
  const stepsOf = (flag: string, text: string | undefined): number | undefined => {
    if (text === undefined) return undefined;
    const ms = parseDuration(text);
    const steps = (ms ?? 0) / panel.stepMs;
    if (ms === undefined) {
      reasons.push(`${flag} ${text} is no duration; write it as 7d or 36h`);
    } else if (!Number.isInteger(steps)) {
      const lower = Math.max(1, Math.floor(steps)) * panel.stepMs;
      reasons.push(
        `${flag} ${text} is not a whole number of ${formatDuration(panel.stepMs)} steps; take ${formatDuration(lower)} or ${formatDuration(lower + panel.stepMs)}`,
      );
    }
    return steps;
  };
  const once = retrain === "never";
  const period = once ? undefined : stepsOf("--retrain", retrain);
  const spanSteps = stepsOf("--span", span);
  const slidingSteps = stepsOf("--sliding", sliding);
  if (folds !== undefined && period !== undefined && spanSteps !== undefined) {
    reasons.push("--folds, --retrain and --span together say one thing twice; leave one of them out");
  }
  const fromStep = from === undefined ? undefined : stepAt(from, panel);
  if (typeof fromStep === "string") reasons.push(fromStep);
  if (reasons.length > 0) return { reasons };

  const judged = spanSteps ?? Math.floor(panel.steps * pipeline.testShare);
  const count =
    folds ??
    (period !== undefined && spanSteps !== undefined ? Math.floor(spanSteps / period) : DEFAULT_FOLDS);
  const foldSteps = period ?? Math.floor(judged / count);
  if (count < 1 || foldSteps < 1) {
    return {
      reasons: [
        `${formatDuration(judged * panel.stepMs)} hold no fold; take a longer --span, a shorter --retrain or fewer --folds`,
      ],
    };
  }
  const planned = planFolds({
    steps: panel.steps,
    horizonSteps: horizonSteps(pipeline, panel),
    folds: count,
    foldSteps,
    ...(typeof fromStep === "number" && { from: fromStep }),
    retrain: !once,
    ...(slidingSteps !== undefined && { slidingSteps }),
    validationShare: pipeline.validationShare / (1 - pipeline.testShare),
  });
  return typeof planned === "string" ? { reasons: [planned] } : planned;
};

/** First step at or after a local time, or why there is none. */
const stepAt = (text: string, panel: Panel): number | string => {
  try {
    const ms = Temporal.PlainDateTime.from(text).toZonedDateTime(panel.zone).epochMilliseconds;
    return Math.ceil((ms - panel.startMs) / panel.stepMs);
  } catch {
    return `--from ${text} is no local time; write it as 2015-03-01 or 2015-03-01T06:00`;
  }
};

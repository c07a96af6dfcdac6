/** Holds issued forecasts and the readings that came since against what the model card says. */
import { Effect, Schema } from "effect";
import { formatDuration } from "../../ingest/parseDuration.ts";
import { planChannels } from "../../series/features.ts";
import type { Panel } from "../../series/Panel.ts";
import { ModelRefused, type OpenModel } from "../forecast/openDeployedModel.ts";
import { otherPanel } from "../forecast/runForecast.ts";
import { originAt, readingsOfModel } from "../forecast/readingsOfModel.ts";
import { type Finding, verdictOf, type WatchVerdict } from "./Finding.ts";
import { issuedForecasts } from "./issuedForecasts.ts";
import { type ErrorFigures, judgeErrors } from "./judgeErrors.ts";
import { type InputFigures, judgeInputs } from "./judgeInputs.ts";
import { judgeRules, type RuleFigures } from "./judgeRules.ts";
import { originScores } from "./originScores.ts";
import { watchedForecasts } from "./watchedForecasts.ts";
import type { InputBlocks, WatchReference } from "./WatchReference.ts";

/** Too little came to say anything. */
export class NotEnoughToJudge extends Schema.TaggedError<NotEnoughToJudge>()("NotEnoughToJudge", {
  what: Schema.String,
  found: Schema.Number,
  needed: Schema.Number,
  remedy: Schema.String,
}) {
  override get message(): string {
    return `not enough to judge: ${this.found} ${this.what}, ${this.needed} are needed. ${this.remedy}`;
  }
}

export interface WatchSpan {
  readonly atMs: number;
  readonly lastMs: number;
}

/** What a watch came to. */
export interface WatchReport {
  readonly format: 1;
  readonly verdict: WatchVerdict;
  readonly model: { readonly pipeline: string; readonly artefact: string };
  readonly from: string;
  readonly to: string;
  readonly forecasts: {
    readonly issued: number;
    /** With a reading that was forecast. */
    readonly judged: number;
    readonly ofOtherModels: number;
    readonly damaged: readonly string[];
  };
  /** Chance of a false alarm, 0..1: of all tests of forecasts together, and of all of the readings. */
  readonly falseAlarms: { readonly forecasts: number; readonly inputs: number };
  readonly findings: readonly Finding[];
  readonly inputs: { readonly days: number; readonly channels: readonly InputFigures[] };
  readonly errors: readonly ErrorFigures[];
  readonly rules: readonly RuleFigures[];
}

/** Forecasts with readings after them, at least: fewer tell nothing. */
export const NEEDED_FORECASTS = 5;
/** Of all tests of errors, coverage and margins together, which share it. */
const FALSE_ALARMS = 0.01;
const SEED = 1;

const text = (instantMs: number): string => new Date(instantMs).toISOString();

/** Steps of readings before `atMs` that a watch over `lastMs` reads. */
export const watchSteps = ({ artefact, model, runtime }: OpenModel, lastMs: number): number =>
  Math.ceil(lastMs / model.site.stepMs) + runtime.contextSteps + artefact.manifest.features.horizonSteps;

/**
 * Holds a model against the last span.
 *
 * @param panel readings up to the end of the span
 */
export const watchModel = Effect.fn("watchModel")(function* (
  open: OpenModel,
  modelFolder: string,
  forecastsFolder: string,
  panel: Panel,
  { atMs, lastMs }: WatchSpan,
) {
  const { reference } = open.model;
  const differences = otherPanel(open, panel);
  if (differences.length > 0) {
    return yield* new ModelRefused({ folder: modelFolder, reason: differences.join("; ") });
  }
  if (reference === undefined) {
    return yield* new ModelRefused({
      folder: modelFolder,
      reason: "it has no reference of what is usual, as models of an earlier version. Run the pipeline again",
    });
  }
  const blocks = yield* longestBlocks(reference, lastMs);
  const { plan, readings } = recentReadings(open, panel, atMs, lastMs);
  const issued = yield* issuedForecasts(forecastsFolder, open, atMs - lastMs, atMs);
  const watched = watchedForecasts(readings.planned, readings.startMs, issued.forecasts);
  const judged = Math.min(...plan.targets.map((_, target) => originScores(watched, target).judged));
  if (judged < NEEDED_FORECASTS) {
    const others = issued.ofOthers === 0 ? "" : `; ${issued.ofOthers} were issued by another model`;
    return yield* new NotEnoughToJudge({
      what: `forecasts of this model with readings after them in the last ${formatDuration(lastMs)}${others}`,
      found: judged,
      needed: NEEDED_FORECASTS,
      remedy: `Wait for more, bring the readings up to date, or look further back with --last`,
    });
  }
  const recent = lastBlock(open, readings, blocks);
  const inputs = judgeInputs(reference.inputs, blocks, recent, readings.absentChannels);
  const banded = reference.forecasts.targets.filter(({ coverage }) => coverage.length > 0).length;
  const tests = plan.targets.length + banded + 2 * reference.forecasts.rules.length;
  const terms = {
    alarmRate: FALSE_ALARMS / tests,
    seed: SEED,
    // An origin is the step before the first one that it forecasts.
    referenceFromMs: Date.parse(reference.testFrom) - plan.stepMs,
  };
  const errors = judgeErrors(reference.forecasts, watched, terms);
  const rules = judgeRules(reference.forecasts, open.rules, watched, terms);
  const findings = [...inputs.findings, ...errors.findings, ...rules.findings];
  return {
    format: 1,
    verdict: verdictOf(findings),
    model: { pipeline: open.model.settings.name, artefact: open.artefact.sha256 },
    from: text(atMs - lastMs),
    to: text(atMs),
    forecasts: {
      issued: issued.forecasts.length,
      judged,
      ofOtherModels: issued.ofOthers,
      damaged: issued.damaged,
    },
    falseAlarms: { forecasts: FALSE_ALARMS, inputs: Number((1 / (blocks.blocks + 1)).toPrecision(2)) },
    findings,
    inputs: { days: blocks.days, channels: inputs.figures },
    errors: errors.figures,
    rules: rules.figures,
  } satisfies WatchReport;
});

/** The longest blocks of the reference that the span covers. */
const longestBlocks = ({ inputs }: WatchReference, lastMs: number) =>
  Effect.gen(function* () {
    const found = inputs.blocks.findLast(({ days }) => days * 86_400_000 <= lastMs);
    if (found !== undefined) return found;
    const needed = inputs.blocks[0]?.days ?? 1;
    return yield* new NotEnoughToJudge({
      what: inputs.blocks.length === 0 ? "days of recording that suffice in the model" : "days",
      found: inputs.blocks.length === 0 ? 0 : Number((lastMs / 86_400_000).toPrecision(2)),
      needed,
      remedy:
        inputs.blocks.length === 0
          ? "The model was trained on less than four days: train it on more"
          : `Look at least ${needed} d back with --last`,
    });
  });

/** The readings of a span as the model reads them, with what its first forecast looks back on. */
const recentReadings = (open: OpenModel, panel: Panel, atMs: number, lastMs: number) => {
  const plan = open.artefact.manifest.features;
  const originMs = originAt(panel, atMs);
  return { plan, readings: readingsOfModel(plan, panel, originMs, watchSteps(open, lastMs)) };
};

/** The last block of readings as a panel of the model's channels and sensors. */
const lastBlock = (
  open: OpenModel,
  { originMs, planned }: ReturnType<typeof readingsOfModel>,
  { days }: InputBlocks,
): Panel => {
  const { channels, sensors, stepMs, zone } = open.model.site;
  const names = planChannels(planned.plan);
  const steps = Math.round((days * 86_400_000) / stepMs);
  const values = new Float64Array(names.length * sensors.length * steps);
  for (let row = 0; row < names.length * sensors.length; row++) {
    const end = (row + 1) * planned.steps;
    values.set(planned.readings.values.subarray(end - steps, end), row * steps);
  }
  return {
    name: "recent",
    zone,
    startMs: originMs - (steps - 1) * stepMs,
    stepMs,
    steps,
    sensors,
    channels: names.map((name) => channels.find((channel) => channel.name === name) ?? { name, unit: "1" }),
    values,
  };
};

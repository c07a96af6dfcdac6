/** Brings together what an events run works on: the stream and its parts, times, the model's shape and settings. */
import { Effect, Path } from "effect";
import type { YamlConflict } from "../../ingest/decodeYaml.ts";
import type { LoadedPanel } from "../../ingest/loadPanel.ts";
import { formatDuration, parseDuration } from "../../ingest/parseDuration.ts";
import type { EventModelShape } from "../../model/eventModel/EventModel.ts";
import { sideOf } from "../../model/sharedTable/SharedTable.ts";
import { type EventTimes, eventTimes, TIMING_FEATURES } from "../../series/events/EventTimes.ts";
import type { EventStream } from "../../series/events/EventStream.ts";
import { fitGapBins, type GapBins } from "../../series/events/GapBins.ts";
import { partsOfStream, type StreamPart } from "../../series/events/partsOfStream.ts";
import type { Panel } from "../../series/Panel.ts";
import { parseSpec } from "../../stl/index.ts";
import type { EventSettings } from "../../train/events/trainEvents.ts";
import { problemText, readSpecFile, type SpecFile } from "../check/SpecFile.ts";
import { RulesFaulty, RulesUnreadable } from "../loadRules.ts";
import { refuseConflicts } from "../readPipeline.ts";
import { deriveEvents, type EventKind } from "./deriveEvents.ts";
import type { EventPipeline } from "./EventPipeline.ts";

/** Steps of the panel, the end exclusive. */
export interface EventSpan {
  readonly from: number;
  readonly to: number;
}

export interface PreparedEvents {
  readonly pipeline: EventPipeline;
  readonly loaded: LoadedPanel;
  readonly panel: Panel;
  /** Texts of the rule file and its imports; empty without one. */
  readonly ruleTexts: readonly string[];
  readonly kinds: readonly EventKind[];
  /** Kinds x sensors. */
  readonly tokens: number;
  readonly stream: EventStream;
  readonly spans: { readonly training: EventSpan; readonly validation: EventSpan; readonly test: EventSpan };
  readonly parts: {
    readonly training: StreamPart;
    readonly validation: StreamPart;
    readonly test: StreamPart;
  };
  readonly times: EventTimes;
  readonly bins: GapBins;
  readonly shape: EventModelShape;
  readonly settings: EventSettings;
  readonly horizonSteps: number;
}

/** From so many tokens on, `auto` takes a shared table. */
const SHARED_FROM = 1024;
/** Least width of a bin of gaps, in steps of the panel: what lies within a step is interpolated. */
const LEAST_BIN_STEPS = 0.1;
/** How far past the last reading the clock is known, in days: the Poisson process is asked for late quantiles. */
const CLOCK_DAYS = 30;
const DAY_MS = 86_400_000;

export const prepareEvents = Effect.fn("prepareEvents")(function* (
  pipeline: EventPipeline,
  pipelinePath: string,
  loaded: LoadedPanel,
) {
  const { panel } = loaded;
  const { forecast, model, training } = pipeline;
  const rules = yield* readRules(pipeline, pipelinePath);
  const derived = deriveEvents(pipeline.events, rules?.spec ?? parseSpec("").spec, panel);
  const testFrom = Math.floor(panel.steps * (1 - pipeline.testShare));
  const validationFrom = Math.floor(panel.steps * (1 - pipeline.testShare - pipeline.validationShare));
  const minutesPerStep = panel.stepMs / 60_000;
  const [first, middle, last] = partsOfStream(derived.stream, [validationFrom, testFrom], minutesPerStep);
  const parts = { training: first!, validation: middle!, test: last! };
  const tokens = derived.kinds.length * panel.sensors.length;
  const horizonSteps = (parseDuration(forecast.horizon) ?? 0) / panel.stepMs;
  yield* refuseConflicts(pipelinePath, [
    ...derived.conflicts,
    ...horizonConflicts(forecast.horizon, horizonSteps, panel, panel.steps - testFrom),
    ...(derived.conflicts.length > 0 ? [] : streamConflicts(parts, tokens, training.batch)),
  ]);

  const gaps = parts.training.gaps.subarray(1);
  const bins = fitGapBins(gaps, model.bins, LEAST_BIN_STEPS * minutesPerStep);
  const times = eventTimes(panel, panel.steps + Math.ceil((CLOCK_DAYS * DAY_MS) / panel.stepMs), gaps);
  const shared = model.table === "shared" || (model.table === "auto" && tokens >= SHARED_FROM);
  const side = sideOf(tokens);
  const shape: EventModelShape = {
    cell: model.cell,
    multiplicative: model.multiplicative,
    units: model.units,
    inputs: model.inputs ?? model.units,
    codes: shared ? [side, side] : [tokens],
    timing: { features: TIMING_FEATURES, bins: bins.starts.length },
  };
  return {
    pipeline,
    loaded,
    panel,
    ruleTexts: rules === undefined ? [] : Object.values(rules.spec.texts),
    kinds: derived.kinds,
    tokens,
    stream: derived.stream,
    spans: {
      training: { from: 0, to: validationFrom },
      validation: { from: validationFrom, to: testFrom },
      test: { from: testFrom, to: panel.steps },
    },
    parts,
    times,
    bins,
    shape,
    settings: {
      batch: training.batch,
      steps: training.steps,
      epochs: training.epochs,
      learningRate: training.learningRate,
      clipNorm: training.clipNorm,
      dropout: training.dropout,
      vectorDecay: 0,
      seed: training.seed,
      reallocates: training.reallocation,
    },
    horizonSteps,
  } satisfies PreparedEvents;
});

/** The rule file of a pipeline that names one; fails where it cannot be read or has a fault in itself. */
const readRules = Effect.fnUntraced(function* ({ rules }: EventPipeline, pipelinePath: string) {
  if (rules === undefined) return undefined;
  const path = yield* Path.Path;
  const file = path.resolve(path.dirname(pipelinePath), rules);
  const found: SpecFile = yield* Effect.try({
    try: () => readSpecFile(file),
    catch: (cause) => new RulesUnreadable({ path: file, reason: (cause as Error).message }),
  });
  if (found.problems.some(({ severity }) => severity === "error")) {
    return yield* new RulesFaulty({ path: file, text: problemText(found.spec, found.problems) });
  }
  return found;
});

const horizonConflicts = (
  text: string,
  steps: number,
  { stepMs }: Panel,
  testSteps: number,
): YamlConflict[] => {
  const path = ["forecast", "horizon"];
  if (!Number.isInteger(steps) || steps < 1) {
    const lower = Math.max(1, Math.floor(steps)) * stepMs;
    const message = `forecast.horizon ${text} is not a whole number of ${formatDuration(stepMs)} steps; take ${formatDuration(lower)} or ${formatDuration(lower + stepMs)}`;
    return [{ path, message }];
  }
  return steps < testSteps
    ? []
    : [
        {
          path,
          message: `forecast.horizon ${text} is as long as the test span of ${formatDuration(testSteps * stepMs)}; give more data, a larger testShare or a shorter horizon`,
        },
      ];
};

/** What is too little to learn from, or to try it on. */
const streamConflicts = (
  { test, training, validation }: PreparedEvents["parts"],
  tokens: number,
  batch: number,
): YamlConflict[] => {
  const conflicts: YamlConflict[] = [];
  if (tokens < 2) {
    const message =
      "there is one sensor and one kind of event, so which comes next is no question; give a second";
    conflicts.push({ path: ["events"], message });
  }
  const spans = [
    ["training", training.tokens.length, 2 * batch + 1],
    ["validation", validation.tokens.length, batch + 1],
    ["test", test.tokens.length, 2],
  ] as const;
  for (const [name, events, needed] of spans) {
    if (events >= needed) continue;
    const found = events === 0 ? "no event" : events === 1 ? "one event" : `${events} events`;
    const remedy =
      name === "test"
        ? "give more data or another condition"
        : "give more data, another condition or a smaller training.batch";
    conflicts.push({
      path: ["events"],
      message: `the ${name} span has ${found}, but needs at least ${needed}; ${remedy}`,
    });
  }
  return conflicts;
};

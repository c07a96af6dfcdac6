import { createHash } from "node:crypto";
import { cpus } from "node:os";
import { describeIntake } from "../../ingest/IntakeReport.ts";
import { arraysOf, cellNumbers, tableNumbers, whenNumbers } from "../../model/eventModel/EventModel.ts";
import { rowOf, type SharedTable } from "../../model/sharedTable/SharedTable.ts";
import type { Span } from "../../report/RunSummary.ts";
import type { EventSummary } from "../../report/events/EventSummary.ts";
import type { EventWeights } from "../../train/events/EventCheckpoint.ts";
import type { TrainedEvents } from "../../train/events/trainEventRounds.ts";
import type { IssuedEvents } from "./issueEvents.ts";
import type { EventSpan, PreparedEvents } from "./prepareEvents.ts";
import { readToken } from "./tabulateEvents.ts";
import type { EventTest } from "./testEvents.ts";

const FLOAT_BYTES = 4;
/** Rows of the page's table of what is likely next. */
const LIKELIEST = 15;
/** Columns of the picture of the stream, at most. */
const MOST_STRETCHES = 180;
const HOUR_MS = 3_600_000;
/** Hours that a column may stand for. */
const STRETCH_HOURS = [1, 2, 3, 6, 12, 24, 48, 168, 336, 672, 2688, 8736];

/** Instant of the last reading: the origin of the forecast and the run's name. */
export const issueInstantOf = ({ panel }: Pick<PreparedEvents, "panel">): number =>
  panel.startMs + (panel.steps - 1) * panel.stepMs;

const largestFirst = (values: ArrayLike<number>): number[] =>
  Array.from(values, (_, k) => k).sort((a, b) => values[b]! - values[a]! || a - b);

const eventsOfToken = ({ stream, tokens }: PreparedEvents): Int32Array => {
  const counts = new Int32Array(tokens);
  for (const token of stream.tokens) counts[token]!++;
  return counts;
};

/** Rows of a table with the tokens that occur in them, those of most events first. */
const groupsOf = (run: PreparedEvents, table: SharedTable, counts: Int32Array): EventSummary["groups"] => {
  const rows: number[][] = Array.from({ length: table.side }, () => []);
  for (let token = 0; token < run.tokens; token++) {
    if (counts[token]! > 0) rows[rowOf(table, token)]!.push(token);
  }
  return rows
    .filter((members) => members.length > 0)
    .map((members) => ({
      events: members.reduce((sum, token) => sum + counts[token]!, 0),
      members: members
        .sort((a, b) => counts[b]! - counts[a]! || a - b)
        .map((token) => ({ ...readToken(run, token), events: counts[token]! })),
    }))
    .sort((a, b) => b.events - a.events);
};

const overTime = ({ panel, stream }: PreparedEvents): EventSummary["overTime"] => {
  const spanMs = panel.steps * panel.stepMs;
  const hours = STRETCH_HOURS.find((each) => spanMs <= each * HOUR_MS * MOST_STRETCHES);
  const stretchMs = (hours ?? STRETCH_HOURS.at(-1)!) * HOUR_MS;
  const counts = Array.from({ length: Math.ceil(spanMs / stretchMs) }, () => 0);
  for (const instant of stream.instants) {
    const at = Math.min(counts.length - 1, Math.floor((instant * panel.stepMs) / stretchMs));
    counts[at]!++;
  }
  return { stretchMs, counts };
};

const kindsOf = (run: PreparedEvents, counts: Int32Array): EventSummary["kinds"] =>
  run.kinds.map(({ condition, delay, edge, name }, kind) => {
    const { length } = run.panel.sensors;
    const own = counts.subarray(kind * length, (kind + 1) * length);
    return {
      name,
      condition,
      edge,
      delayMs: delay * run.panel.stepMs,
      events: own.reduce((sum, count) => sum + count, 0),
      sensors: own.filter((count) => count > 0).length,
    };
  });

const sizesOf = ({ shape }: PreparedEvents, { parameters, table }: EventWeights): EventSummary["sizes"] => [
  { part: "tables of vectors and biases, float32", bytes: FLOAT_BYTES * tableNumbers(shape) },
  { part: "cell, float32", bytes: FLOAT_BYTES * cellNumbers(shape) },
  { part: "times, float32", bytes: FLOAT_BYTES * whenNumbers(shape) },
  ...(table === undefined
    ? []
    : [{ part: "cells of the shared table", bytes: FLOAT_BYTES * table.cellOf.length }]),
  {
    part: "all",
    bytes:
      FLOAT_BYTES * arraysOf(parameters).reduce((sum, { length }) => sum + length, table?.cellOf.length ?? 0),
  },
];

const CELLS = { gru: "GRU", lstm: "LSTM", rnn: "RNN" } as const;

const settingsOf = (run: PreparedEvents): EventSummary["settings"] => {
  const { bins, pipeline, shape, tokens } = run;
  const { training } = pipeline;
  const integration = shape.multiplicative ? "MI-" : "";
  const table =
    shape.codes.length > 1
      ? `shared table of ${shape.codes[0]} rows and columns${training.reallocation ? ", placed anew each round" : ""}`
      : "a vector for each token";
  return [
    {
      name: "model",
      value: `${integration}${CELLS[shape.cell]}, ${shape.units} units, inputs of ${shape.inputs}, ${table}`,
    },
    { name: "tokens", value: `${tokens} (sensors times kinds of event)` },
    { name: "bins of the time to the next event", value: String(bins.starts.length) },
    {
      name: "training",
      value: `at most ${training.rounds} rounds of ${training.epochs} passes${training.ternaryRounds > 0 ? `, then ${training.ternaryRounds} with ternary weights of the cell and a state in eight bits` : ""}; ${training.batch} streams of ${training.steps} events a step, learning rate ${training.learningRate}`,
    },
  ];
};

/** Gathers what the report and the model card say of an events run. */
export const summariseEvents = (
  run: PreparedEvents,
  trained: TrainedEvents,
  test: EventTest,
  issued: IssuedEvents,
  seconds: EventSummary["seconds"],
): EventSummary => {
  const { loaded, panel, parts, pipeline, ruleTexts, spans } = run;
  const span = ({ from, to }: EventSpan): Span => ({
    fromMs: panel.startMs + from * panel.stepMs,
    toMs: panel.startMs + to * panel.stepMs,
  });
  const weights = trained.ternary ?? trained.float;
  const counts = eventsOfToken(run);
  const [lowerMs, medianMs, upperMs] = issued.quantilesMs;
  return {
    pipeline: pipeline.name,
    instant: new Date(issueInstantOf(run)).toISOString(),
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
      notes: describeIntake(loaded.report),
    },
    span: { train: span(spans.training), validation: span(spans.validation), test: span(spans.test) },
    kinds: kindsOf(run, counts),
    events: {
      train: parts.training.tokens.length,
      validation: parts.validation.tokens.length,
      test: parts.test.tokens.length,
    },
    overTime: overTime(run),
    which: test.which,
    when: test.when,
    calibration: test.calibration,
    horizon: {
      ms: run.horizonSteps * panel.stepMs,
      samples: pipeline.forecast.samples,
      ...test.horizon,
    },
    training: trained.history.map(({ moved, phase, round, undone, when, which }) => ({
      phase,
      round,
      perplexity: Math.exp(which),
      whenNats: when,
      moved,
      undone,
    })),
    next: {
      lowerMs,
      medianMs,
      upperMs,
      likeliest: largestFirst(issued.next)
        .slice(0, LIKELIEST)
        .map((token) => ({
          ...readToken(run, token),
          probability: issued.next[token]!,
          withinHorizon: issued.withinHorizon[token]!,
        })),
    },
    groups: weights.table === undefined ? [] : groupsOf(run, weights.table, counts),
    sizes: sizesOf(run, weights),
    settings: settingsOf(run),
    rules:
      ruleTexts.length === 0
        ? undefined
        : { sha256: createHash("sha256").update(ruleTexts.join("\n")).digest("hex") },
    seed: pipeline.training.seed,
    machine: `${cpus()[0]?.model.trim() ?? "unknown processor"}, ${cpus().length} cores, Node ${process.versions.node}`,
    seconds,
  };
};

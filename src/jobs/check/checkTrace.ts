/** Judges the rules of a spec on a recorded trace, in memory that does not grow with the file. */
import { Effect, Stream } from "effect";
import { statSync } from "node:fs";
import { emptyNames } from "../../ingest/trace/BatchBuilder.ts";
import { detectLayout, type TraceLayout } from "../../ingest/trace/detectLayout.ts";
import { openTrace, STANDARD_INPUT } from "../../ingest/trace/openTrace.ts";
import { StampReader } from "../../ingest/trace/StampReader.ts";
import { surveyTrace } from "../../ingest/trace/surveyTrace.ts";
import { TraceFindings } from "../../ingest/trace/TraceFindings.ts";
import { TraceGrid } from "../../ingest/trace/TraceGrid.ts";
import type { CheckedSpec, Site } from "../../stl/index.ts";
import { suggestName } from "../../stl/language/nearestName.ts";
import { Progress } from "../Progress.ts";
import { fileTrouble } from "../fileTrouble.ts";
import type { Rulebook } from "./Rulebook.ts";
import { type RuleFinding, RulesJudge } from "./RulesJudge.ts";
import { siteOfTrace } from "./siteOfTrace.ts";
import { stepGridOf } from "./StepGrid.ts";
import type { TraceOptions } from "./TraceOptions.ts";
import { TraceRefused } from "./TraceRefused.ts";

/** Values of a window in memory: 16 MiB of them. */
const WINDOW_VALUES = 1 << 21;
/** Values of a whole trace in memory: 4 GiB of them. */
const MOST_VALUES = 2 ** 29;

/** What a trace is, and what it says of the rules of a spec. */
export interface CheckedTrace {
  readonly path: string;
  readonly format: string;
  readonly layout: string;
  readonly unread: readonly string[];
  readonly zone: string;
  readonly startMs: number;
  readonly stepMs: number;
  readonly steps: number;
  /** Stamps have a date and a time of day. */
  readonly clocked: boolean;
  readonly timed: boolean;
  readonly site: Site;
  readonly findings: TraceFindings;
  readonly notes: readonly string[];
  readonly checked: CheckedSpec;
  /** Empty where the spec does not fit the trace: see `checked.problems`. */
  readonly rules: readonly RuleFinding[];
}

/** Judges rules on a trace. */
export const checkTrace = Effect.fn("checkTrace")(function* (
  book: Rulebook,
  tracePath: string,
  options: TraceOptions,
) {
  const { own } = book;
  const progress = yield* Progress;
  yield* refuseUnreadable(tracePath);
  const names = emptyNames();
  const trace = yield* openTrace(tracePath, names);
  const detected = detectLayout(trace.columns, {
    signals: own.channels.map(({ name }) => name),
    units: new Map(
      own.channels.flatMap(({ name, unit }) => (unit === undefined ? [] : [[name, unit] as const])),
    ),
    sensors: options.sensors?.names ?? book.sensors,
    onlySensor: own.sensors.length === 1 ? own.sensors[0]! : "",
    ...(options.timeColumn !== undefined && { timeColumn: options.timeColumn }),
  });
  if ("fault" in detected)
    return yield* new TraceRefused({
      message: `${trace.header}: ${detected.fault}${detected.fault.endsWith("?") ? "" : "."}`,
    });
  const { layout } = detected;
  yield* refuseStrangeUnits(trace.path, layout, options);
  const findings = new TraceFindings();
  const stampOptions = {
    zone: options.zone,
    ...(options.timeFormat !== undefined && { format: options.timeFormat }),
  };
  progress.stage(`reading the stamps of ${trace.path}`);
  const surveyed = new TraceFindings();
  const survey = yield* surveyTrace(
    trace,
    { layout, stamps: new StampReader(stampOptions), findings: surveyed, stampsOnly: true },
    (done) => progress.update(done, rowsRead(surveyed)),
  );
  const stamps = new StampReader(stampOptions);
  const grid = yield* stepGridOf(book, trace, layout, survey, options);
  const clocked = layout.time !== undefined && Math.abs(survey.endMs) > 1e8 * 1000;
  const { notes, site } = siteOfTrace(trace, layout, names, own, grid.stepMs, options);
  const checked = book.bind(site);
  const base = {
    path: trace.path,
    format: trace.format,
    layout: layout.description,
    unread: layout.unread,
    zone: options.zone,
    startMs: grid.startMs,
    stepMs: grid.stepMs,
    steps: grid.steps,
    clocked,
    timed: layout.time !== undefined,
    site,
    findings,
    checked,
  };
  if (checked.problems.some(({ severity }) => severity === "error")) {
    progress.end();
    return { ...base, notes, rules: [] } satisfies CheckedTrace;
  }
  const judge = new RulesJudge({
    declarations: book.declarations,
    bind: (rules) => book.bind(site, rules).rules,
    site,
    rules: checked.rules,
    startMs: grid.startMs,
    steps: grid.steps,
    clocked,
    explain: options.explain,
    before: book.before,
  });
  const reach = judge.reach();
  const series = site.sensors.length * site.channels.length;
  const whole = !survey.ordered || reach.endless.length > 0;
  const fits = Math.floor(WINDOW_VALUES / series);
  const values = series * grid.steps;
  if (whole && values > MOST_VALUES) {
    const cause = survey.ordered
      ? `${reach.endless.join(", ")} looks on without end`
      : "its rows are in disorder";
    return yield* new TraceRefused({
      message: `${trace.path}: ${cause}, so the whole trace must be held in memory: ${Math.ceil((values * 8) / 2 ** 30)} GiB. ${survey.ordered ? "Give the rule an interval" : "Sort the rows by time"}, or judge a part of it.`,
    });
  }
  const blockSteps = whole
    ? grid.steps
    : Math.max(1, Math.min(grid.steps, Math.max(fits, reach.historySteps + reach.horizonSteps)));
  const signalChannels = layout.signals.map(({ name }) => channelOf(site, name));
  const windows = new TraceGrid({
    trace,
    reading: { layout, stamps, findings, stampsOnly: false },
    startMs: grid.startMs,
    stepMs: grid.stepMs,
    steps: grid.steps,
    tolerance: grid.tolerance,
    channelCount: site.channels.length,
    sensorCount: site.sensors.length,
    channelOf: (signal) => signalChannels[signal]!,
    sensorOf: (sensor) => sensor,
    namedChannel: (signal) => channelOf(site, names.signals.names[signal]!),
    signalName: (signal) => names.signals.names[signal]!,
    historySteps: whole ? 0 : reach.historySteps,
    horizonSteps: whole ? 0 : reach.horizonSteps,
    blockSteps,
    heldChannels: whole ? [] : reach.heldChannels,
  });
  progress.stage(`judging ${checked.rules.length} rules on ${trace.path}`);
  yield* trace.batches({ layout, stamps, findings, stampsOnly: false }).pipe(
    Stream.runForEach((batch) =>
      Effect.sync(() => {
        windows.push(batch, (window) => judge.judge(window));
        progress.update(batch.done, rowsRead(findings));
      }),
    ),
  );
  windows.end((window) => judge.judge(window));
  progress.end();
  if (surveyed.count("disorder") > 0) findings.take(surveyed, "disorder");
  const megabytes = Math.ceil((values * 8) / 2 ** 20);
  const endless =
    reach.endless.length === 0
      ? []
      : [
          `${reach.endless.join(", ")}: only the whole trace settles a rule that looks on without end; it was held in memory (${megabytes} MiB)`,
        ];
  return {
    ...base,
    notes: [
      ...notes,
      `time: ${layout.time === undefined ? "a row is a step" : stamps.describe(options.zone)}`,
      ...endless,
    ],
    rules: judge.findings(),
  } satisfies CheckedTrace;
});

const rowsRead = ({ rows }: TraceFindings): string => `${rows.toLocaleString("en-US")} rows`;

const channelOf = (site: Site, name: string): number =>
  site.channels.findIndex((channel) => channel.name === name);

/** Refuses units of signals that the trace does not have. */
const refuseStrangeUnits = (
  path: string,
  { signals }: TraceLayout,
  { units }: TraceOptions,
): Effect.Effect<void, TraceRefused> => {
  const names = signals.map(({ name }) => name);
  const strange = Array.from(units.keys()).find((name) => !names.includes(name));
  if (strange === undefined) return Effect.void;
  const remedy = suggestName(strange, names, `Its signals are ${names.join(", ")}.`);
  return new TraceRefused({
    message: `${path}: it has no signal ${strange}, whose --unit is given. ${remedy}`,
  });
};

/** Says of a trace that is not there, or is no file, what it is. */
const refuseUnreadable = (path: string): Effect.Effect<void, TraceRefused> => {
  if (path === STANDARD_INPUT) return Effect.void;
  try {
    if (!statSync(path).isDirectory()) return Effect.void;
    return new TraceRefused({ message: `${path}: the trace cannot be read: it is a folder, not a file.` });
  } catch (cause) {
    const trouble = fileTrouble({ message: (cause as Error).message, cause });
    return new TraceRefused({ message: `${path}: the trace cannot be read: ${trouble}.` });
  }
};

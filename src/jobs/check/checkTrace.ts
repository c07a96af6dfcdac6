/** Judges the rules of a spec on a recorded trace, in memory that does not grow with the file. */
import { Effect, Stream } from "effect";
import { statSync } from "node:fs";
import { emptyNames, type TraceNames } from "../../ingest/trace/BatchBuilder.ts";
import { detectLayout, type TraceLayout } from "../../ingest/trace/detectLayout.ts";
import { openTrace, STANDARD_INPUT } from "../../ingest/trace/openTrace.ts";
import { StampReader } from "../../ingest/trace/StampReader.ts";
import { surveyTrace, type TraceSurvey } from "../../ingest/trace/surveyTrace.ts";
import type { TraceFile, TraceReading } from "../../ingest/trace/TraceFile.ts";
import { TraceFindings } from "../../ingest/trace/TraceFindings.ts";
import { TraceGrid } from "../../ingest/trace/TraceGrid.ts";
import type { CheckedSpec, Site } from "../../stl/index.ts";
import { suggestName } from "../../stl/language/nearestName.ts";
import { Progress } from "../Progress.ts";
import { fileTrouble } from "../../ingest/fileTrouble.ts";
import type { Rulebook } from "./Rulebook.ts";
import { type RuleFinding, RulesJudge } from "./RulesJudge.ts";
import { siteOfTrace } from "./siteOfTrace.ts";
import { type StepGrid, stepGridOf } from "./StepGrid.ts";
import type { TraceOptions } from "./TraceOptions.ts";
import { TraceRefused } from "./TraceRefused.ts";

/** Values of a window in memory: 16 MiB of them. */
const WINDOW_VALUES = 1 << 21;
/** Stamps that end before 1973 count from the beginning of a recording. */
const EARLIEST_DATE_MS = 1e11;
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
  const progress = yield* Progress;
  yield* refuseUnreadable(tracePath);
  const names = emptyNames();
  const trace = yield* openTrace(tracePath, names);
  const layout = yield* layoutOf(book, trace, options);
  yield* refuseStrangeUnits(trace.path, layout, options);
  const stamps = (): StampReader =>
    new StampReader({
      zone: options.zone,
      ...(options.timeFormat !== undefined && { format: options.timeFormat }),
    });
  progress.stage(`reading the stamps of ${trace.path}`);
  const surveyed = new TraceFindings();
  const survey = yield* surveyTrace(
    trace,
    { layout, stamps: stamps(), findings: surveyed, stampsOnly: true },
    (done) => progress.update(done, rowsRead(surveyed)),
  );
  const grid = yield* stepGridOf(book, trace, layout, survey, options);
  const { notes, site } = siteOfTrace(trace, layout, names, book.own, grid.stepMs, options);
  const checked = book.bind(site);
  const findings = new TraceFindings();
  const found = {
    path: trace.path,
    format: trace.format,
    layout: layout.description,
    unread: layout.unread,
    zone: options.zone,
    startMs: grid.startMs,
    stepMs: grid.stepMs,
    steps: grid.steps,
    clocked: layout.time !== undefined && Math.abs(survey.endMs) > EARLIEST_DATE_MS,
    timed: layout.time !== undefined,
    site,
    findings,
    checked,
  };
  if (checked.problems.some(({ severity }) => severity === "error")) {
    progress.end();
    return { ...found, notes, rules: [] } satisfies CheckedTrace;
  }
  const reading = { layout, stamps: stamps(), findings, stampsOnly: false };
  const judged = yield* judgeTrace(book, { ...found, trace, reading, names, grid, survey }, options);
  if (surveyed.count("disorder") > 0) findings.take(surveyed, "disorder");
  const time = layout.time === undefined ? "a row is a step" : reading.stamps.describe(options.zone);
  return {
    ...found,
    notes: [...notes, `time: ${time}`, ...judged.notes],
    rules: judged.rules,
  } satisfies CheckedTrace;
});

/** What judging a trace takes, once it has been surveyed and its rules bound. */
interface SurveyedTrace extends Pick<CheckedTrace, "site" | "checked" | "clocked"> {
  readonly trace: TraceFile;
  readonly reading: TraceReading;
  readonly names: TraceNames;
  readonly grid: StepGrid;
  readonly survey: TraceSurvey;
}

const judgeTrace = Effect.fn("judgeTrace")(function* (
  book: Rulebook,
  { checked, clocked, grid, names, reading, site, survey, trace }: SurveyedTrace,
  { explain }: TraceOptions,
) {
  const progress = yield* Progress;
  const judge = new RulesJudge({
    declarations: book.declarations,
    bind: (rules) => book.bind(site, rules).rules,
    site,
    rules: checked.rules,
    startMs: grid.startMs,
    steps: grid.steps,
    clocked,
    explain,
    before: book.before,
  });
  const reach = judge.reach();
  const series = site.sensors.length * site.channels.length;
  const values = series * grid.steps;
  const whole = !survey.ordered || reach.endless.length > 0;
  if (whole && values > MOST_VALUES) {
    const [cause, remedy] = survey.ordered
      ? [`${reach.endless.join(", ")} looks on without end`, "Give the rule an interval"]
      : ["its rows are in disorder", "Sort the rows by time"];
    const gigabytes = Math.ceil((values * 8) / 2 ** 30);
    return yield* new TraceRefused({
      message: `${trace.path}: ${cause}, so the whole trace must be held in memory: ${gigabytes} GiB. ${remedy}, or judge a part of it.`,
    });
  }
  const fits = Math.floor(WINDOW_VALUES / series);
  const signalChannels = reading.layout.signals.map(({ name }) => channelOf(site, name));
  const windows = new TraceGrid({
    ...grid,
    trace,
    reading,
    channelCount: site.channels.length,
    sensorCount: site.sensors.length,
    channelOf: (signal) => signalChannels[signal]!,
    sensorOf: (sensor) => sensor,
    namedChannel: (signal) => channelOf(site, names.signals.names[signal]!),
    signalName: (signal) => names.signals.names[signal]!,
    historySteps: whole ? 0 : reach.historySteps,
    horizonSteps: whole ? 0 : reach.horizonSteps,
    blockSteps: whole ? grid.steps : Math.max(1, fits, reach.historySteps + reach.horizonSteps),
    heldChannels: whole ? [] : reach.heldChannels,
  });
  progress.stage(`judging ${checked.rules.length} rules on ${trace.path}`);
  yield* trace.batches(reading).pipe(
    Stream.runForEach((batch) =>
      Effect.sync(() => {
        windows.push(batch, (window) => judge.judge(window));
        progress.update(batch.done, rowsRead(reading.findings));
      }),
    ),
  );
  windows.end((window) => judge.judge(window));
  progress.end();
  const megabytes = Math.ceil((values * 8) / 2 ** 20);
  const notes =
    reach.endless.length === 0
      ? []
      : [
          `${reach.endless.join(", ")}: only the whole trace settles a rule that looks on without end; it was held in memory (${megabytes} MiB)`,
        ];
  return { rules: judge.findings(), notes };
});

/** What the columns of a trace hold, or why that cannot be told. */
const layoutOf = (
  { own, sensors }: Rulebook,
  trace: TraceFile,
  options: TraceOptions,
): Effect.Effect<TraceLayout, TraceRefused> => {
  const detected = detectLayout(trace.columns, {
    signals: own.channels.map(({ name }) => name),
    units: new Map(
      own.channels.flatMap(({ name, unit }) => (unit === undefined ? [] : [[name, unit] as const])),
    ),
    sensors: options.sensors?.names ?? sensors,
    onlySensor: own.sensors.length === 1 ? own.sensors[0]! : "",
    ...(options.timeColumn !== undefined && { timeColumn: options.timeColumn }),
  });
  if ("layout" in detected) return Effect.succeed(detected.layout);
  const end = detected.fault.endsWith("?") ? "" : ".";
  return new TraceRefused({ message: `${trace.header}: ${detected.fault}${end}` });
};

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

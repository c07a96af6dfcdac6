/** Judges the rules of a spec on a recorded trace, in memory that does not grow with the file. */
import { Data, Effect, Stream } from "effect";
import { statSync } from "node:fs";
import { emptyNames, type TraceNames } from "../../ingest/trace/BatchBuilder.ts";
import { detectLayout, type TraceLayout } from "../../ingest/trace/detectLayout.ts";
import { openTrace, STANDARD_INPUT } from "../../ingest/trace/openTrace.ts";
import { StampReader } from "../../ingest/trace/StampReader.ts";
import { surveyTrace, type TraceSurvey } from "../../ingest/trace/surveyTrace.ts";
import type { TraceFile } from "../../ingest/trace/TraceFile.ts";
import { TraceFindings } from "../../ingest/trace/TraceFindings.ts";
import { TraceGrid } from "../../ingest/trace/TraceGrid.ts";
import type { CheckedSpec, Site } from "../../stl/index.ts";
import { durationNanoseconds, formatDuration } from "../../stl/language/Duration.ts";
import { nearestName } from "../../stl/language/nearestName.ts";
import { Progress } from "../Progress.ts";
import { fileTrouble } from "../fileTrouble.ts";
import type { Rulebook } from "./Rulebook.ts";
import { type RuleFinding, RulesJudge } from "./RulesJudge.ts";
import type { SensorsFile } from "./SensorsFile.ts";

/** Values of a window in memory: 16 MiB of them. */
const WINDOW_VALUES = 1 << 21;

export interface TraceOptions {
  readonly zone: string;
  readonly timeColumn?: string;
  readonly timeFormat?: string;
  /** Distance of two rows where the trace has no time column. */
  readonly stepMs?: number;
  /** Units of columns by signal, where they are not the declared ones. */
  readonly units: ReadonlyMap<string, string>;
  readonly sensors?: SensorsFile;
  readonly explain: boolean;
}

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

/** The trace cannot be judged. */
export class TraceRefused extends Data.TaggedError("TraceRefused")<{ readonly message: string }> {}

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
  const grid = yield* gridOf(book, trace, layout, survey, options);
  const clocked = layout.time !== undefined && Math.abs(survey.endMs) > 1e8 * 1000;
  const { notes, site } = siteOf(trace, layout, names, own, grid.stepMs, options);
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
  const megabytes = Math.ceil((series * grid.steps * 8) / 2 ** 20);
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

interface Grid {
  readonly startMs: number;
  readonly stepMs: number;
  readonly steps: number;
  readonly tolerance: number;
}

/** The grid of a trace: its step is that of the spec, where its stamps bear that out, else the one of its stamps. */
const gridOf = Effect.fn("gridOf")(function* (
  book: Rulebook,
  trace: TraceFile,
  layout: TraceLayout,
  survey: TraceSurvey,
  options: TraceOptions,
) {
  const { own, sampling } = book;
  const period = sampling?.period === undefined ? undefined : durationNanoseconds(sampling.period);
  const declaredMs = period === undefined ? undefined : Number(period) / 1e6;
  const tolerance = (sampling?.tolerancePercent ?? 0) / 100;
  if (layout.time === undefined) {
    const stepMs = declaredMs ?? options.stepMs ?? (book.needsStep ? undefined : own.stepMs);
    if (stepMs === undefined) {
      return yield* new TraceRefused({
        message: `${trace.header}: no column is the time, and ${book.path} states no sampling: add a line such as sampling 5min; to it, or give --step 5min.`,
      });
    }
    return { startMs: 0, stepMs, steps: survey.endMs + 1, tolerance } satisfies Grid;
  }
  const found = survey.stepMs;
  if (
    found !== undefined &&
    declaredMs !== undefined &&
    Math.abs(found - declaredMs) > tolerance * declaredMs
  ) {
    const place = `${book.path}:${sampling!.place.line}:${sampling!.place.column}`;
    return yield* new TraceRefused({
      message: `${survey.stepPlace}: the rows are ${formatDuration(found)} apart, as most are, but ${place} says sampling ${formatDuration(declaredMs)}. Give a trace with that step, or change the sampling of the spec.`,
    });
  }
  const stepMs = declaredMs ?? found ?? options.stepMs ?? own.stepMs;
  const steps = Math.round((survey.endMs - survey.startMs) / stepMs) + 1;
  return { startMs: survey.startMs, stepMs, steps, tolerance } satisfies Grid;
});

/** The site that a trace shows: its sensors and signals, with what is known of them from elsewhere. */
const siteOf = (
  trace: TraceFile,
  layout: TraceLayout,
  names: TraceNames,
  own: Site,
  stepMs: number,
  options: TraceOptions,
): { readonly site: Site; readonly notes: readonly string[] } => {
  const sensors = layout.sensor === undefined ? layout.sensors : names.sensors.names;
  const channels = layout.signals.map(({ name, unit }) => {
    const said = options.units.get(name) ?? unit ?? own.channels.find((known) => known.name === name)?.unit;
    return said === undefined ? { name } : { name, unit: said };
  });
  const notes: string[] = [];
  const extra = options.sensors;
  if (extra !== undefined) {
    const strange = sensors.filter((name) => !extra.names.includes(name));
    const absent = extra.names.filter((name) => !sensors.includes(name));
    const near = strange[0] === undefined ? undefined : nearestName(strange[0], absent);
    if (strange.length > 0) {
      const hint = near === undefined ? "" : `; is ${strange[0]} its ${near}?`;
      notes.push(`${extra.path} does not know the sensors ${some(strange)} of ${trace.path}${hint}`);
    }
    if (absent.length > 0)
      notes.push(`${trace.path} has no reading of ${some(absent)}, which ${extra.path} names`);
  }
  const tags = Object.fromEntries(
    Array.from(extra?.tags ?? new Map<string, readonly string[]>(), ([tag, members]) => [
      tag,
      members.filter((name) => sensors.includes(name)),
    ]),
  );
  const site: Site = {
    sensors,
    channels,
    stepMs,
    zone: options.zone,
    ...(extra !== undefined && { tags, positions: sensors.map((name) => extra.positions.get(name)) }),
  };
  return { site, notes };
};

const some = (names: readonly string[]): string =>
  names.length <= 5 ? names.join(", ") : `${names.slice(0, 5).join(", ")} and ${names.length - 5} more`;

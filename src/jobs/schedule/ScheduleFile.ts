/** A schedule file: when which job runs, and what becomes of it when it does not. */
import { Cron, Effect, Result, Schema } from "effect";
import type { YamlConflict } from "../../ingest/decodeYaml.ts";
import { parseDuration } from "../../ingest/parseDuration.ts";
import { readYamlFile } from "../../ingest/readYamlFile.ts";

const optional = <S extends Schema.Top>(schema: S, fallback: S["Encoded"]) =>
  schema.pipe(Schema.withDecodingDefaultKey(Effect.succeed(fallback)));
const count = (minimum: number, maximum: number) => Schema.Int.check(Schema.isBetween({ minimum, maximum }));
const DurationText = Schema.String.check(
  Schema.isPattern(/^\d+(\.\d+)?(s|min|h|d)$/, { message: "Expected a duration such as 30s, 5min or 24h" }),
);

const ForecastJob = Schema.Struct({
  kind: Schema.Literal("forecast"),
  /** Folder of a run, or folder of runs (see `currentModel`); relative to the schedule file. */
  model: Schema.NonEmptyString,
  /** Name of a data card, or the path of one relative to the schedule file; that of the model where left out. */
  data: Schema.optionalKey(Schema.NonEmptyString),
  /** Feed file, relative to the schedule file, whose store is read in place of a data card. */
  feed: Schema.optionalKey(Schema.NonEmptyString),
  /** Whether the feed is taken into its store by this process too. */
  ingest: optional(Schema.Boolean, false),
  /** An attempt fails, and is made again later, where the newest reading before the instant is older. */
  fresh: Schema.optionalKey(DurationText),
});

const RunJob = Schema.Struct({
  kind: Schema.Literal("run"),
  /** Pipeline file, relative to the schedule file: trained anew, proved, reported. */
  pipeline: Schema.NonEmptyString,
});

const WatchJob = Schema.Struct({
  kind: Schema.Literal("watch"),
  /** Folder of a run, or folder of runs (see `currentModel`); relative to the schedule file. */
  models: Schema.NonEmptyString,
  /** Folder of the forecasts, by their instant, that are watched; relative to the schedule file. */
  forecasts: Schema.NonEmptyString,
  /** As those of a forecast. */
  data: Schema.optionalKey(Schema.NonEmptyString),
  feed: Schema.optionalKey(Schema.NonEmptyString),
  /** How far back each watch looks. */
  last: optional(DurationText, "7d"),
  /** Pipeline file, relative to the schedule file, that is trained anew where the model drifts. */
  retrain: Schema.optionalKey(Schema.NonEmptyString),
  /** No training sooner than this after the last one. */
  retrainAfter: optional(DurationText, "7d"),
});

export class ScheduleFile extends Schema.Class<ScheduleFile>("ordinance/ScheduleFile")({
  name: Schema.String.check(
    Schema.isPattern(/^[a-z0-9][a-z0-9_-]*$/, {
      message: "Expected a name of lower-case letters, digits, - and _ (it names the output folder)",
    }),
  ),
  /** Five fields, or six with seconds first. */
  cron: Schema.NonEmptyString,
  /** In which the fields are read. */
  zone: Schema.NonEmptyString,
  job: Schema.Union([ForecastJob, RunJob, WatchJob]),
  /** Folder for the results, NAME/INSTANT below it; relative to the schedule file. */
  out: optional(Schema.NonEmptyString, "forecasts"),
  /** How long after its instant a run waits, so that readings may still come in. */
  delay: optional(DurationText, "0s"),
  /** A run that is on time starts up to so much later, always as much at the same instant. */
  jitter: optional(DurationText, "0s"),
  /**
   * What becomes of instants that come while a run is still going: they wait for their turn, all but the newest are
   * dropped, or all are dropped.
   */
  overlap: optional(Schema.Literals(["queue", "latest", "skip"]), "queue"),
  /** What is made up for after the process was not there. */
  catchUp: optional(
    Schema.Struct({ max: optional(count(0, 10_000), 24), window: optional(DurationText, "24h") }),
    {},
  ),
  /** Attempts after the first, each after twice the wait before. */
  retries: optional(
    Schema.Struct({ limit: optional(count(0, 100), 3), wait: optional(DurationText, "10s") }),
    {},
  ),
  /** An attempt that takes longer has failed. */
  timeout: optional(DurationText, "1h"),
  /** Health and metrics over HTTP on the loopback address; none where left out. */
  http: Schema.optionalKey(Schema.Struct({ port: count(0, 65_535) })),
}) {}

/** When a schedule runs, and what becomes of it when it does not. */
export type ScheduleTerms = Omit<ScheduleFile, "job" | "out" | "http">;

/** What a duration of a schedule says, in ms. */
export const milliseconds = (text: string): number =>
  Number.parseFloat(text) === 0 ? 0 : parseDuration(text)!;

export const cronOf = (file: Pick<ScheduleFile, "cron" | "zone">): Cron.Cron =>
  Cron.parseUnsafe(file.cron, file.zone);

/** What keeps the instants of a schedule from being known. */
export const scheduleConflicts = (file: Pick<ScheduleFile, "cron" | "zone">): YamlConflict[] => {
  const zoneKnown = Result.isSuccess(Cron.parse("0 0 * * *", file.zone));
  const zone = zoneKnown
    ? []
    : [{ path: ["zone"], message: `${file.zone} is no time zone; write one such as Europe/Berlin or UTC` }];
  const parsed = Cron.parse(file.cron, "UTC");
  const cron = Result.isSuccess(parsed)
    ? []
    : [
        {
          path: ["cron"],
          message: `\`${file.cron}\` is no cron expression (${parsed.failure.message}); write minute, hour, day, month and weekday, such as "5 * * * *" for five past every hour`,
        },
      ];
  return [...zone, ...cron];
};

const conflictsOf = (file: ScheduleFile): YamlConflict[] => {
  const conflicts = scheduleConflicts(file);
  const { job } = file;
  if (job.kind === "run") return conflicts;
  const { data, feed } = job;
  const both =
    data === undefined || feed === undefined
      ? []
      : [{ path: ["job", "feed"], message: "readings come from `data` or from `feed`; keep one of them" }];
  const nothing =
    job.kind === "forecast" && job.ingest && feed === undefined
      ? [{ path: ["job", "ingest"], message: "`ingest` takes in a feed, and there is none; add `feed`" }]
      : [];
  return [...conflicts, ...both, ...nothing];
};

const KIND = { what: "the schedule", remedy: "Give the path of a schedule file (see docs/schedule.md)" };

/** Reads a schedule file; all its problems at once, each with line and column. */
export const readSchedule = (path: string) => readYamlFile(ScheduleFile, path, KIND, conflictsOf);

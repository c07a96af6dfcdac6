import { Clock, Effect, FileSystem, Path, Ref, Schema } from "effect";
import { fileTrouble } from "../../ingest/fileTrouble.ts";
import { lockFolder } from "../../ingest/lockFolder.ts";
import { ensureWritable, writeFileAtomically } from "../RunDirectory.ts";
import { forecastJob } from "./forecastJob.ts";
import { ingestBeside } from "./ingestBeside.ts";
import { placeOfReadings } from "./placeOfReadings.ts";
import { runJob } from "./runJob.ts";
import { runSchedule, type ScheduleTally } from "./runSchedule.ts";
import { milliseconds, readSchedule, ScheduleFile } from "./ScheduleFile.ts";
import { ScheduleRefused } from "./ScheduleRefused.ts";
import { watchJob } from "./watchJob.ts";
import type { ScheduleStatus } from "./ScheduleStatus.ts";
import { serveStatus } from "./serveStatus.ts";

export interface SchedulesOptions {
  readonly paths: readonly string[];
  readonly once: boolean;
  readonly productVersion: string;
}

/** Holds since when a schedule is kept. */
const BEGUN_FILE = "begun.json";
const Begun = Schema.fromJsonString(Schema.Struct({ format: Schema.Literal(1), since: Schema.String }));

/** Runs schedules side by side until all end or one cannot go on. Gives what they came to, in their order. */
export const startSchedules = Effect.fn("startSchedules")(function* (options: SchedulesOptions) {
  const path = yield* Path.Path;
  const read = yield* Effect.forEach(options.paths, (file) =>
    Effect.map(readSchedule(file), (schedule) => ({ file, schedule })),
  );
  yield* refuseTwins(read);
  const schedules = yield* Effect.forEach(read, ({ file, schedule }) =>
    Effect.gen(function* () {
      const folder = path.dirname(file);
      const home = path.resolve(folder, schedule.out, schedule.name);
      yield* ensureWritable(home);
      yield* runAlone(file, home);
      const status = yield* Ref.make<ScheduleStatus | undefined>(undefined);
      return { schedule, folder, home, status, sinceMs: yield* begunAt(home) };
    }),
  );
  const statuses = schedules.map(({ status }) => status);
  const ports = new Set(schedules.flatMap(({ schedule }) => schedule.http?.port ?? []));
  for (const port of ports) {
    yield* Effect.logInfo(
      `serving http://127.0.0.1:${yield* serveStatus(port, statuses)}/health and /metrics`,
    );
  }
  const feeds = new Set(
    schedules.flatMap(({ folder, schedule: { job } }) =>
      job.kind === "forecast" && job.ingest && job.feed !== undefined ? [path.resolve(folder, job.feed)] : [],
    ),
  );
  yield* Effect.forEach(feeds, (feed) => ingestBeside(feed, options.once), { discard: true });
  const tallies: readonly ScheduleTally[] = yield* Effect.forEach(
    schedules,
    ({ folder, home, schedule, sinceMs, status }) => {
      const common = { terms: schedule, once: options.once, sinceMs, status };
      const { job } = schedule;
      const running =
        job.kind === "forecast"
          ? runSchedule({
              ...common,
              job: forecastJob({
                home,
                model: path.resolve(folder, job.model),
                ...placeOfReadings(path, folder, job),
                ...(job.fresh !== undefined && { freshMs: milliseconds(job.fresh) }),
              }),
            })
          : job.kind === "watch"
            ? runSchedule({
                ...common,
                job: watchJob({
                  home,
                  model: path.resolve(folder, job.models),
                  forecasts: path.resolve(folder, job.forecasts),
                  ...placeOfReadings(path, folder, job),
                  lastMs: milliseconds(job.last),
                  ...(job.retrain !== undefined && { retrain: path.resolve(folder, job.retrain) }),
                  retrainAfterMs: milliseconds(job.retrainAfter),
                  productVersion: options.productVersion,
                }),
              })
            : runSchedule({
                ...common,
                job: runJob({
                  home,
                  pipelinePath: path.resolve(folder, job.pipeline),
                  productVersion: options.productVersion,
                }),
              });
      return running.pipe(Effect.annotateLogs({ schedule: schedule.name }));
    },
    { concurrency: "unbounded" },
  );
  return schedules.map(({ schedule }, k) => ({ name: schedule.name, tally: tallies[k]! }));
}, Effect.scoped);

/** Takes the schedule for this process until the scope closes; no other can run it meanwhile. */
const runAlone = (file: string, home: string) =>
  lockFolder(home).pipe(
    Effect.mapError(
      (error) =>
        new ScheduleRefused({
          path: file,
          reason:
            error._tag === "FolderLocked"
              ? `another process runs this schedule (${error.reason})`
              : `${home} cannot be used (${fileTrouble(error)}). Give the schedule a folder that it may write to`,
        }),
    ),
    Effect.flatMap((notes) => Effect.forEach(notes, (note) => Effect.logWarning(note), { discard: true })),
  );

/** Two schedules with one name and folder would take each other's results for their own. */
const refuseTwins = (read: readonly { readonly file: string; readonly schedule: ScheduleFile }[]) =>
  Effect.gen(function* () {
    const path = yield* Path.Path;
    const seen = new Map<string, string>();
    for (const { file, schedule } of read) {
      const home = path.resolve(path.dirname(file), schedule.out, schedule.name);
      const other = seen.get(home);
      if (other !== undefined) {
        return yield* new ScheduleRefused({
          path: file,
          reason: `it has the name and the folder of ${other}. Give it another name`,
        });
      }
      seen.set(home, file);
    }
  });

/** When a schedule was first started: what is missed from then on is made up for, even before its first result. */
const begunAt = Effect.fn("begunAt")(function* (home: string) {
  const files = yield* FileSystem.FileSystem;
  const path = yield* Path.Path;
  const file = path.join(home, BEGUN_FILE);
  if (yield* files.exists(file)) {
    const begun = yield* Schema.decodeUnknownEffect(Begun)(yield* files.readFileString(file));
    return Date.parse(begun.since);
  }
  const nowMs = yield* Clock.currentTimeMillis;
  const begun = { format: 1, since: new Date(nowMs).toISOString() };
  yield* writeFileAtomically(file, `${JSON.stringify(begun)}\n`);
  return nowMs;
});

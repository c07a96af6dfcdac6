import { Effect, Layer, Path, Ref } from "effect";
import type { SqlClient } from "effect/sql";
import { Activity, type WorkflowEngine } from "effect/workflow";
import { JobFailed, type ScheduledJob } from "../schedule/ScheduledJob.ts";
import { runSchedule } from "../schedule/runSchedule.ts";
import type { ScheduleTerms } from "../schedule/ScheduleFile.ts";
import type { ScheduleStatus } from "../schedule/ScheduleStatus.ts";
import { type ClusterFile, readCluster } from "./ClusterFile.ts";
import { clusterDatabase, clusterEngine, type WorkerAddress } from "./clusterEngine.ts";
import { forecastGroup } from "./forecastGroup.ts";
import { createResults, newestForecast } from "./ForecastResults.ts";
import { type GroupForecast, ForecastWorkflow } from "./ForecastWorkflow.ts";

/** The forecasts of a cluster, done by the worker that runs this. */
const forecasts = (file: ClusterFile, folder: string, worker: string) =>
  ForecastWorkflow.toLayer(
    Effect.fn("forecast")(function* ({ group: name, instant }) {
      const group = file.groups.find((each) => each.name === name);
      if (group === undefined) {
        return yield* new JobFailed({
          reason: `this worker's cluster file has no group ${name}: give all workers the same file`,
        });
      }
      const verdict = yield* Activity.make({
        name: "forecast",
        success: ForecastWorkflow.successSchema.fields.verdict,
        error: JobFailed,
        execute: forecastGroup(file, folder, group, Date.parse(instant), worker),
      });
      return { group: name, instant, verdict, worker };
    }),
  );

/** Asks for the forecasts of all groups at an instant, and waits for them. */
const everyGroup = (file: ClusterFile, instantMs: number) =>
  Effect.forEach(
    file.groups,
    ({ name }) => ForecastWorkflow.execute({ group: name, instant: new Date(instantMs).toISOString() }),
    { concurrency: "unbounded" },
  );

/** The schedule of a cluster: every worker keeps it, and what several ask for is done once. */
const clusterJob = (
  file: ClusterFile,
): ScheduledJob<SqlClient.SqlClient | WorkflowEngine.WorkflowEngine> => ({
  newest: newestForecast.pipe(Effect.mapError((error) => new JobFailed({ reason: error.message }))),
  isDone: () => Effect.succeed(false),
  run: (instantMs: number) =>
    Effect.map(everyGroup(file, instantMs), (done) => ({
      verdict: worstOf(done),
      summary: done.map(({ group, verdict, worker }) => `${group} by ${worker}: ${verdict}`).join("; "),
    })),
  giveUp: () => Effect.void,
});

const worstOf = (done: readonly GroupForecast[]): GroupForecast["verdict"] =>
  (["broken", "unjudged"] as const).find((verdict) => done.some((each) => each.verdict === verdict)) ??
  "holds";

export interface WorkerOptions {
  readonly clusterPath: string;
  readonly address: WorkerAddress;
}

/** Joins a cluster and works until stopped. */
export const startWorker = Effect.fn("startWorker")(function* ({ address, clusterPath }: WorkerOptions) {
  const path = yield* Path.Path;
  const file = yield* readCluster(clusterPath);
  const worker = `${address.host}:${address.port}`;
  const status = yield* Ref.make<ScheduleStatus | undefined>(undefined);
  const work = Effect.gen(function* () {
    yield* createResults;
    yield* Effect.logInfo(`working at ${worker} on ${file.groups.length} groups`);
    const sinceMs = yield* Effect.clockWith((clock) => clock.currentTimeMillis);
    // Attempts are made within the forecast itself, whose outcome is kept for all workers.
    const terms: ScheduleTerms = {
      name: file.name,
      cron: file.cron,
      zone: file.zone,
      delay: file.delay,
      catchUp: file.catchUp,
      jitter: "0s",
      overlap: "queue",
      retries: { limit: 0, wait: "1s" },
      timeout: "365d",
    };
    return yield* runSchedule({ terms, job: clusterJob(file), once: false, sinceMs, status });
  }).pipe(Effect.annotateLogs({ cluster: file.name }));
  return yield* work.pipe(
    Effect.provide(
      forecasts(file, path.dirname(clusterPath), worker).pipe(
        Layer.provideMerge(clusterEngine(file, address)),
        Layer.provideMerge(clusterDatabase(file)),
      ),
    ),
  );
});

export interface SubmitOptions {
  readonly clusterPath: string;
  readonly instantsMs: readonly number[];
}

/** Asks the workers of a cluster for the forecasts of instants, and waits for them; forecasts nothing itself. */
export const submitForecasts = Effect.fn("submitForecasts")(function* ({
  clusterPath,
  instantsMs,
}: SubmitOptions) {
  const file = yield* readCluster(clusterPath);
  return yield* Effect.forEach(instantsMs, (instantMs) => everyGroup(file, instantMs), {
    concurrency: "unbounded",
  }).pipe(
    Effect.map((groups) => groups.flat()),
    Effect.provide(clusterEngine(file, undefined).pipe(Layer.provideMerge(clusterDatabase(file)))),
  );
});

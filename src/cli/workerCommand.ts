import { Console, Effect, Option } from "effect";
import { Argument, Command, Flag } from "effect/cli";
import { DataPlace } from "../ingest/DataPlace.ts";
import { alignedColumns } from "./alignedColumns.ts";
import { DoesNotHold, notJudged } from "./exitCodes.ts";
import { logging } from "./logging.ts";

const DEFAULT_PORT = 7101;

export const workerCommand = Command.make(
  "worker",
  {
    cluster: Argument.String("cluster").pipe(
      Argument.withDescription("Cluster file, the same for all workers (see docs/cluster.md)"),
    ),
    host: Flag.String("host").pipe(
      Flag.withDescription("Address at which the other workers reach this one"),
      Flag.withDefault("127.0.0.1"),
    ),
    port: Flag.Int("port").pipe(
      Flag.withDescription(`Port of this worker (default: ${DEFAULT_PORT})`),
      Flag.filter(
        (port) => port >= 1 && port <= 65_535,
        (port) => `Expected a port from 1 to 65535, found ${port}`,
      ),
      Flag.withDefault(DEFAULT_PORT),
    ),
    submit: Flag.String("submit").pipe(
      Flag.withDescription(
        "Only ask the workers for the forecasts of these instants, separated by commas, and wait",
      ),
      Flag.filter(
        (text) => text.split(",").every((instant) => !Number.isNaN(Date.parse(instant))),
        (text) => `Expected instants such as 2026-03-01T06:00Z,2026-03-01T07:00Z, found ${text}`,
      ),
      Flag.optional,
    ),
    log: Flag.Literals("log", ["text", "json"]).pipe(
      Flag.withDescription("Form of the log on standard error: for people, or one JSON object a line"),
      Flag.withDefault("text" as const),
    ),
  },
  ({ cluster, host, log, port, submit }) =>
    (Option.isSome(submit) ? ask(cluster, submit.value) : work(cluster, host, port)).pipe(
      Effect.provide(logging(log)),
      Effect.provide(DataPlace.layer),
    ),
).pipe(
  Command.withDescription("Share the forecasts of a schedule with other machines, over Postgres"),
  Command.withExamples([
    {
      command: "ordinance worker cluster.yaml --port 7101",
      description: "One of several, on as many machines",
    },
  ]),
);

const work = (clusterPath: string, host: string, port: number) =>
  Effect.promise(() => import("../jobs/cluster/startWorker.ts")).pipe(
    Effect.flatMap(({ startWorker }) => startWorker({ clusterPath, address: { host, port } })),
    Effect.mapError(notJudged),
    Effect.asVoid,
    Effect.onInterrupt(() => Console.error("Stopped. What this worker had begun goes on at the others.")),
  );

const ask = (clusterPath: string, instants: string) =>
  Effect.promise(() => import("../jobs/cluster/startWorker.ts")).pipe(
    Effect.flatMap(({ submitForecasts }) =>
      submitForecasts({ clusterPath, instantsMs: instants.split(",").map((instant) => Date.parse(instant)) }),
    ),
    Effect.mapError(notJudged),
    Effect.tap((done) =>
      Console.log(
        alignedColumns([
          ["group", "instant", "verdict", "worker"],
          ...done.map(({ group, instant, verdict, worker }) => [group, instant, verdict, worker]),
        ]).join("\n"),
      ),
    ),
    Effect.flatMap((done) => {
      const broken = done.filter(({ verdict }) => verdict === "broken");
      return broken.length === 0
        ? Effect.void
        : Effect.fail(
            new DoesNotHold({
              cause: broken,
              userMessage: `forecasts break rules: ${broken.map(({ group, instant }) => `${group} at ${instant}`).join(", ")}`,
            }),
          );
    }),
  );

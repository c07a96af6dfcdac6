import { Console, Effect, Layer } from "effect";
import { Argument, Command, Flag } from "effect/cli";
import { Progress } from "../jobs/Progress.ts";
import { alignedColumns } from "./alignedColumns.ts";
import { notJudged } from "./exitCodes.ts";
import { jsonFlag, quietFlag } from "./sharedFlags.ts";

export const ingestCommand = Command.make(
  "ingest",
  {
    feed: Argument.String("feed").pipe(Argument.withDescription("Feed file (NAME.yaml; docs/feeds.md)")),
    once: Flag.Boolean("once").pipe(
      Flag.withDescription("Read what is there by now and end; else go on until stopped"),
      Flag.withDefault(false),
    ),
    status: Flag.Boolean("status").pipe(
      Flag.withDescription("Read nothing; say how every sensor of the store is doing"),
      Flag.withDefault(false),
    ),
    quiet: quietFlag,
    json: jsonFlag,
  },
  ({ feed, json, once, quiet, status }) =>
    status ? showStatus(feed, json) : takeIn(feed, { json, once, quiet }),
).pipe(
  Command.withDescription("Take readings from files, standard input and MQTT into a store"),
  Command.withExamples([
    { command: "ordinance ingest feeds/ring-road.yaml", description: "Take readings in until stopped" },
    {
      command: "ordinance ingest feeds/ring-road.yaml --once",
      description: "Take in what the files of the feed hold by now",
    },
    {
      command: "ordinance ingest feeds/ring-road.yaml --status",
      description: "Readings, faults and the last reading of every sensor",
    },
  ]),
);

/** What takes readings in is loaded on demand: the other commands need nothing of it. */
const takeIn = (
  path: string,
  { json, once, quiet }: { readonly json: boolean; readonly once: boolean; readonly quiet: boolean },
) => {
  const line = countLine(quiet);
  return Effect.gen(function* () {
    const { ingestFeed } = yield* Effect.promise(() => import("../jobs/ingest/ingestFeed.ts"));
    const { describeIngest } = yield* Effect.promise(() => import("../jobs/ingest/IngestReport.ts"));
    const { report, run } = yield* ingestFeed(path, { once, onAppend: line.count });
    const print = Effect.flatMap(report, (ended) =>
      Console.log(json ? JSON.stringify(ended, undefined, 2) : describeIngest(ended).join("\n")),
    );
    yield* run.pipe(
      Effect.ensuring(Effect.sync(line.clear)),
      Effect.onExit(() => Effect.ignore(print)),
    );
  }).pipe(Effect.scoped, Effect.mapError(notJudged), Effect.provide(Layer.succeed(Progress, line.progress)));
};

const showStatus = (path: string, json: boolean) =>
  Effect.gen(function* () {
    const { readFeed } = yield* Effect.promise(() => import("../ingest/feed/readFeed.ts"));
    const { readReadingStore } = yield* Effect.promise(() => import("../ingest/store/readReadingStore.ts"));
    const { describeHealth } = yield* Effect.promise(() => import("../jobs/ingest/IngestReport.ts"));
    const feed = yield* readFeed(path);
    const store = yield* readReadingStore(feed.storePath);
    const health = yield* store.health({ atMs: Date.now() });
    yield* Console.log(
      json ? JSON.stringify(health, undefined, 2) : alignedColumns(describeHealth(health)).join("\n"),
    );
  }).pipe(Effect.mapError(notJudged));

const REDRAW_MS = 100;

/** One line on a terminal that counts what came; remarks go above it. */
const countLine = (quiet: boolean) => {
  const { stderr } = process;
  const drawn = !quiet && stderr.isTTY && process.env["TERM"] !== "dumb";
  let [rows, kept, drawnAt] = [0, 0, 0];
  const clear = (): void => {
    if (drawn) stderr.write("\r\u001b[K");
  };
  return {
    clear,
    count: (tally: { readonly rows: number; readonly kept: number }): void => {
      rows += tally.rows;
      kept += tally.kept;
      const now = performance.now();
      if (!drawn || now - drawnAt < REDRAW_MS) return;
      drawnAt = now;
      stderr.write(
        `\r\u001b[K  ${rows.toLocaleString("en-US")} rows, ${kept.toLocaleString("en-US")} new readings`,
      );
    },
    progress: Progress.of({
      stage: () => {},
      update: () => {},
      note: (words) => {
        clear();
        if (!quiet) stderr.write(`${words}\n`);
      },
      end: () => {},
    }),
  };
};

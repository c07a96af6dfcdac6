import * as NodeFileSystem from "@effect/platform-node-shared/NodeFileSystem";
import { Effect, Fiber, type FileSystem, Layer } from "effect";
import type { ReadingStore } from "../../../src/ingest/store/ReadingStore.ts";
import type { IngestReport } from "../../../src/jobs/ingest/IngestReport.ts";
import { ingestFeed } from "../../../src/jobs/ingest/ingestFeed.ts";
import { Progress } from "../../../src/jobs/Progress.ts";

const noting = (lines: string[]): Layer.Layer<Progress> =>
  Layer.succeed(
    Progress,
    Progress.of({ stage: () => {}, update: () => {}, note: (line) => lines.push(line), end: () => {} }),
  );

/** Runs a feed until `use` is done with it, then stops it; `said` is what it tells meanwhile. */
export const whileIngesting = (
  path: string,
  use: (store: ReadingStore, said: readonly string[]) => Promise<void>,
  files: Layer.Layer<FileSystem.FileSystem> = NodeFileSystem.layer,
  said: string[] = [],
): Promise<IngestReport> =>
  Effect.gen(function* () {
    const { report, run, store } = yield* ingestFeed(path, { once: false });
    const running = yield* Effect.forkChild(run);
    yield* Effect.promise(() => use(store, said));
    yield* Fiber.interrupt(running);
    return yield* report;
  }).pipe(Effect.scoped, Effect.provide(Layer.mergeAll(files, noting(said))), Effect.runPromise);

/** Takes in what is there by now. */
export const ingestOnce = (path: string): Promise<IngestReport> =>
  Effect.gen(function* () {
    const { report, run } = yield* ingestFeed(path, { once: true });
    yield* run;
    return yield* report;
  }).pipe(
    Effect.scoped,
    Effect.provide(Layer.mergeAll(NodeFileSystem.layer, Progress.silent)),
    Effect.runPromise,
  );

/** Readings that a store holds. */
export const readingsIn = (store: ReadingStore): Promise<number> =>
  Effect.runPromise(
    Effect.map(store.health(), (health) => health.reduce((sum, { readings }) => sum + readings, 0)),
  );

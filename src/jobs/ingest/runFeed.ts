import { Data, Effect, type FileSystem, Schedule, Stream } from "effect";
import type { Feed } from "../../ingest/feed/readFeed.ts";
import type { Conflict } from "../../ingest/IntakeReport.ts";
import type { SourceError } from "../../ingest/Source.ts";
import type { FeedBatch, FeedSource } from "../../ingest/source/FeedSource.ts";
import type { SourcePlace } from "../../ingest/source/fileSource.ts";
import { openSource } from "../../ingest/source/openSource.ts";
import { FAULT_KINDS, type FaultCounts, namedFaults } from "../../ingest/store/Faults.ts";
import type { SensorHealth } from "../../ingest/store/HealthBook.ts";
import type { ReadingStore } from "../../ingest/store/ReadingStore.ts";
import type { StoreFailed } from "../../ingest/store/StoreFailed.ts";
import type { AppendTally } from "../../ingest/store/StoreIntake.ts";
import { Progress } from "../Progress.ts";
import { type IngestReport, type SensorFaults, sourceReport } from "./IngestReport.ts";

/** How long to wait before a store that is full, or gone, is tried again. */
const RETRY_MS = 1000;
const KEPT_CONFLICTS = 5;
const KEPT_NOTES = 20;

export interface RunFeedOptions {
  /** End once the files are read, followed or not; else go on until interrupted. */
  readonly once: boolean;
  /** Called after every batch that is on disk. */
  readonly onAppend?: (tally: AppendTally) => void;
}

/** Sources of a feed ended with a failure; what the others gave, and what these gave before it, is stored. */
export class SourcesFailed extends Data.TaggedError("SourcesFailed")<{
  readonly failures: readonly SourceError[];
}> {
  override get message(): string {
    return this.failures.map(({ message }) => message).join("\n");
  }
}

/** A feed that is being taken in. */
export interface RunningFeed {
  /** Takes in all sources until they end; interrupting it loses nothing that was acknowledged. */
  readonly run: Effect.Effect<void, SourcesFailed | StoreFailed, FileSystem.FileSystem | Progress>;
  /** What has arrived by now and what was odd about it. */
  readonly report: Effect.Effect<IngestReport, StoreFailed>;
}

/**
 * Prepares to take the sources of a feed into its store, all at once, each batch acknowledged when it is on disk.
 *
 * A store that is full, or whose folder is gone, is tried again until it takes readings (with `once` it fails at once);
 * what was not acknowledged meanwhile is neither lost nor taken twice.
 */
export const runFeed = Effect.fn("runFeed")(function* (
  feed: Feed,
  store: ReadingStore,
  options: RunFeedOptions,
) {
  const place: SourcePlace = {
    card: feed.card,
    folder: feed.folder,
    position: (source) => Effect.orDie(store.position(source)),
  };
  const sources = feed.sources.map((source) => openSource(source, place, options.once));
  const before = new Map((yield* store.health()).map((health) => [health.sensor, health]));
  const startedAt = performance.now();
  const sums = { rows: 0, kept: 0, faults: FAULT_KINDS.map(() => 0) };
  const conflicts: Conflict[] = [];
  const notes = [...store.notes];
  const note = (line: string): void => {
    if (notes.length < KEPT_NOTES) notes.push(line);
  };
  const add = (tally: AppendTally): void => {
    sums.rows += tally.rows;
    sums.kept += tally.kept;
    for (const [kind, name] of FAULT_KINDS.entries()) sums.faults[kind]! += tally.faults[name];
    conflicts.push(...tally.conflicts.slice(0, KEPT_CONFLICTS - conflicts.length));
  };

  const take = ({ acknowledge, arrivedMs, mark, readings }: FeedBatch) =>
    store
      .append(readings, {
        ...(mark === undefined ? {} : { mark }),
        ...(arrivedMs === undefined ? {} : { arrivedMs }),
      })
      .pipe(
        Effect.tap((tally) =>
          Effect.sync(() => {
            add(tally);
            options.onAppend?.(tally);
          }),
        ),
        // Between the disk and the acknowledgement nothing may come.
        Effect.andThen(acknowledge ?? Effect.void),
        Effect.uninterruptible,
      );
  const patiently = (batch: FeedBatch) => {
    let told = false;
    return take(batch).pipe(
      Effect.tapError((error) =>
        Effect.gen(function* () {
          if (told || options.once || !passes(error)) return;
          told = true;
          note(error.message);
          (yield* Progress).note(`${error.message} Waiting for it.`);
        }),
      ),
      Effect.tap(() =>
        Effect.gen(function* () {
          if (told) (yield* Progress).note(`${feed.storePath}: readings are taken again.`);
        }),
      ),
      Effect.retry({
        while: (error) => !options.once && passes(error),
        schedule: Schedule.spaced(RETRY_MS),
      }),
    );
  };
  const failures: SourceError[] = [];
  // One source that fails does not stop the others.
  const drain = (source: FeedSource) =>
    Stream.runForEach(source.batches, patiently).pipe(
      Effect.catchTag("SourceError", (error) =>
        Effect.gen(function* () {
          failures.push(error);
          if (sources.length > 1) (yield* Progress).note(error.message);
        }),
      ),
    );
  const running: RunningFeed = {
    run: Effect.forEach(sources, drain, { concurrency: "unbounded", discard: true }).pipe(
      Effect.andThen(
        Effect.suspend(() =>
          failures.length > 0 ? Effect.fail(new SourcesFailed({ failures })) : Effect.void,
        ),
      ),
    ),
    report: Effect.map(store.health(), (health) => ({
      feed: feed.card.name,
      seconds: (performance.now() - startedAt) / 1000,
      rows: sums.rows,
      kept: sums.kept,
      faults: namedFaults(sums.faults),
      sources: sources.map(({ account }) => sourceReport(account)),
      sensors: health.flatMap((now) => sensorFaults(before.get(now.sensor), now)),
      conflicts,
      health,
      notes,
    })),
  };
  return running;
});

/** Whether a trouble may go away while we wait. */
const passes = ({ trouble }: StoreFailed): boolean => trouble === "full" || trouble === "removed";

/** What a sensor added since; nothing where it added nothing. */
const sensorFaults = (before: SensorHealth | undefined, now: SensorHealth): SensorFaults[] => {
  const readings = now.readings - (before?.readings ?? 0);
  const faults: FaultCounts = namedFaults(
    FAULT_KINDS.map((kind) => now.faults[kind] - (before?.faults[kind] ?? 0)),
  );
  const arrived = readings > 0 || FAULT_KINDS.some((kind) => faults[kind] > 0);
  return arrived ? [{ sensor: now.sensor, readings, faults }] : [];
};

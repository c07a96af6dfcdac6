import { Effect, Exit, FileSystem, Scope, Semaphore } from "effect";
import { lockFolder } from "../lockFolder.ts";
import type { Readings } from "../ReadingBatch.ts";
import { encodeFrame } from "./Frame.ts";
import { HealthBook, type SensorHealth } from "./HealthBook.ts";
import { beginJournal, type Journal } from "./Journal.ts";
import { readSpan, type StoredPanel, type StoredSpan } from "./readSpan.ts";
import { settleJournal } from "./settleJournal.ts";
import type { StoreCard } from "./StoreCard.ts";
import { cardDifference } from "./cardDifference.ts";
import { StoreFolder } from "./StoreFolder.ts";
import { type AppendOptions, type AppendTally, StoreIntake } from "./StoreIntake.ts";
import { damaged } from "./StoreFolder.ts";
import { StoreFailed, storeTrouble } from "./StoreFailed.ts";
import { decodeRecord, encodeRecord, type StoreRecord } from "./StoreRecord.ts";

/** A journal that has grown to this is put into the days. */
const JOURNAL_BYTES = 8 << 20;

/** What can be read of a store. */
export interface StoredReadings {
  readonly card: StoreCard;
  /** Readings [fromMs, toMs) on the grid, and what was odd about them. */
  readonly panel: (span: StoredSpan) => Effect.Effect<StoredPanel, StoreFailed>;
  /** Instant of the latest reading of any sensor; NaN where there is none. */
  readonly lastInstantMs: Effect.Effect<number, StoreFailed>;
  /** Every sensor that is known or expected, judged at an instant (of the latest reading where left out). */
  readonly health: (options?: {
    readonly atMs?: number;
  }) => Effect.Effect<readonly SensorHealth[], StoreFailed>;
  /** How far a source has been read; undefined where it has not been. */
  readonly position: (source: string) => Effect.Effect<string | undefined, StoreFailed>;
}

/** Readings on disk, by (sensor, instant): only ever appended, one writer at a time. */
export interface ReadingStore extends StoredReadings {
  /** Takes what is new of a batch; it is on disk when this returns. Where it fails, nothing of the batch is taken. */
  readonly append: (batch: Readings, options?: AppendOptions) => Effect.Effect<AppendTally, StoreFailed>;
  /** What was found on opening, in words: a write that was cut off, a lock left behind. */
  readonly notes: readonly string[];
}

/**
 * Opens a store for writing, creating it where the folder is empty; the lock is given up with the scope.
 *
 * A write that a kill cut off is dropped and noted; it was never acknowledged. Fails where another process writes to
 * it, where its channels or step are others than the card's, and where a file is damaged.
 */
export const openReadingStore = Effect.fn("openReadingStore")(function* (path: string, card: StoreCard) {
  const files = yield* FileSystem.FileSystem;
  const scope = yield* Effect.scope;
  const folder = new StoreFolder(path, files);
  yield* files.makeDirectory(folder.daysPath, { recursive: true }).pipe(Effect.mapError(storeTrouble(path)));
  const notes = yield* lockFolder(path).pipe(
    Effect.mapError((error) =>
      error._tag === "FolderLocked"
        ? new StoreFailed({ trouble: "locked", place: path, reason: error.reason })
        : storeTrouble(path)(error),
    ),
  );
  yield* agreeOnCard(folder, card);
  const before = yield* folder.state();
  const book = new HealthBook(before.pages);
  const marks = new Map(before.marks.map(({ position, source }) => [source, position]));
  let { settled } = before;
  let pending: StoreRecord[] = [];

  const note = (record: StoreRecord): void => {
    book.add(record.names, record.deltas);
    for (const { position, source } of record.marks) marks.set(source, position);
    pending.push(record);
  };
  const settle = (number: number): Effect.Effect<void, StoreFailed> =>
    Effect.gen(function* () {
      yield* settleJournal(folder, number, pending);
      yield* folder.replace("state.json", {
        settled: number,
        pages: book.stored(),
        marks: Array.from(marks, ([source, position]) => ({ source, position })),
      });
      pending = [];
      settled = number;
      yield* folder.removeJournal(number);
    });

  for (const number of yield* folder.journals()) {
    if (number <= settled) {
      yield* folder.removeJournal(number);
      continue;
    }
    const file = folder.journalPath(number);
    const scan = (yield* folder.frames(file))!;
    if (scan.cutBytes > 0) {
      notes.push(
        `${file}: ${scan.cutBytes} bytes of a write that was cut off were dropped; it was never acknowledged.`,
      );
    }
    for (const { payload } of scan.frames) note(decodeRecord(payload));
    yield* settle(number);
  }

  const intake = new StoreIntake(card, (name) => book.lastMs(name));
  const turn = yield* Semaphore.make(1);
  let journal: { readonly file: Journal; readonly scope: Scope.Closeable } | undefined;

  const currentJournal = Effect.gen(function* () {
    if (journal !== undefined) return journal.file;
    const own = yield* Scope.fork(scope);
    const file = yield* beginJournal(folder, settled + 1).pipe(
      Effect.provideService(Scope.Scope, own),
      Effect.provideService(FileSystem.FileSystem, files),
      Effect.onError((cause) => Scope.close(own, Exit.failCause(cause))),
    );
    journal = { file, scope: own };
    return file;
  });
  const settleCurrent = Effect.gen(function* () {
    if (journal === undefined) return;
    yield* settle(journal.file.number);
    const { scope: own } = journal;
    journal = undefined;
    yield* Scope.close(own, Exit.void);
  });
  const loadDay = (day: number): Effect.Effect<void, StoreFailed> => {
    if (intake.has(day)) return Effect.void;
    const file = folder.dayPath(day);
    return Effect.flatMap(folder.frames(file), (scan) => {
      if (scan !== undefined && scan.cutBytes > 0 && pending.length === 0) {
        return Effect.fail(damaged(file, scan.end, "the last record is cut off"));
      }
      const stored = (scan?.frames ?? []).map(({ payload }) => decodeRecord(payload));
      return Effect.sync(() => intake.loadDay(day, [...stored, ...pending]));
    });
  };

  const append = (batch: Readings, options: AppendOptions = {}): Effect.Effect<AppendTally, StoreFailed> =>
    Effect.gen(function* () {
      yield* refuseOtherChannels(folder, card, batch);
      const days = intake.daysOf(batch);
      yield* Effect.forEach(days, loadDay, { discard: true });
      intake.forgetOldDays(days);
      const { record, tally } = intake.take(batch, options);
      yield* Effect.flatMap(currentJournal, (file) =>
        file.append(encodeFrame(file.number, encodeRecord(record))),
      ).pipe(Effect.tapError(() => Effect.sync(() => intake.forget(days, record.names))));
      note(record);
      // The readings are safe in the journal; what fails here is done again with the next batch.
      if (journal!.file.size() >= JOURNAL_BYTES) yield* Effect.ignore(settleCurrent);
      return tally;
    }).pipe(Effect.uninterruptible, turn.withPermits(1));

  yield* Effect.addFinalizer(() => turn.withPermits(1)(Effect.ignore(settleCurrent)));

  const rows = () => ({
    folder,
    card,
    settled,
    recent: pending,
    sensors: [...new Set([...card.sensors, ...book.names()])].sort(),
    mayBeCut: pending.length > 0,
  });
  const store: ReadingStore = {
    card,
    notes,
    append,
    panel: (span) => turn.withPermits(1)(Effect.suspend(() => readSpan(rows(), span))),
    lastInstantMs: Effect.sync(() => (book.latestMs === -Infinity ? NaN : book.latestMs)),
    health: (options) => Effect.sync(() => book.health(card.sensors, { ...card, ...options })),
    position: (source) => Effect.sync(() => marks.get(source)),
  };
  return store;
});

const agreeOnCard = (folder: StoreFolder, card: StoreCard): Effect.Effect<void, StoreFailed> =>
  Effect.flatMap(folder.card(), (stored) => {
    const difference = stored === undefined ? undefined : cardDifference(stored, card);
    if (difference === undefined) {
      return JSON.stringify(stored) === JSON.stringify(card) ? Effect.void : folder.writeCard(card);
    }
    return Effect.fail(
      new StoreFailed({
        trouble: "other card",
        place: folder.path,
        reason: `the store was begun with ${difference}; name another \`store\` for other readings.`,
      }),
    );
  });

const refuseOtherChannels = (folder: StoreFolder, card: StoreCard, batch: Readings) => {
  const known = new Set(card.channels.map(({ name }) => name));
  const stranger = batch.schema.fields.slice(2).find(({ name }) => !known.has(name));
  return stranger === undefined
    ? Effect.void
    : Effect.fail(
        new StoreFailed({
          trouble: "other card",
          place: folder.path,
          reason: `a batch has the channel "${stranger.name}", the store has ${[...known].join(", ")}; add it to a new store.`,
        }),
      );
};

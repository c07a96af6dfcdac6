import { Effect, FileSystem } from "effect";
import { HealthBook } from "./HealthBook.ts";
import type { StoredReadings } from "./ReadingStore.ts";
import { readSpan } from "./readSpan.ts";
import { StoreFolder } from "./StoreFolder.ts";
import { StoreFailed } from "./StoreFailed.ts";
import { decodeRecord, type SourceMark, type StoreRecord } from "./StoreRecord.ts";

/** The journals as they stand, with the counts and marks that go with them. */
interface Snapshot {
  readonly settled: number;
  readonly book: HealthBook;
  readonly recent: readonly StoreRecord[];
  readonly marks: readonly SourceMark[];
}

/** How often a snapshot is tried while a writer puts journals into the days. */
const ATTEMPTS = 5;

/** Opens a store for reading, also beside a process that writes to it; every call sees what is on disk by then. */
export const readReadingStore = Effect.fn("readReadingStore")(function* (path: string) {
  const folder = new StoreFolder(path, yield* FileSystem.FileSystem);
  const card = yield* folder.card();
  if (card === undefined) {
    return yield* new StoreFailed({
      trouble: "unreadable",
      place: path,
      reason: "there is no store of readings; fill one with `ordinance ingest FEED`.",
    });
  }
  const snapshot = takeSnapshot(folder, ATTEMPTS);
  const store: StoredReadings = {
    card,
    panel: (span) =>
      Effect.flatMap(snapshot, ({ book, recent, settled }) => {
        const sensors = [...new Set([...card.sensors, ...book.names()])].sort();
        return readSpan({ folder, card, settled, recent, sensors, mayBeCut: true }, span);
      }),
    lastInstantMs: Effect.map(snapshot, ({ book }) => (book.latestMs === -Infinity ? NaN : book.latestMs)),
    health: (options) =>
      Effect.map(snapshot, ({ book }) => book.health(card.sensors, { ...card, ...options })),
    position: (source) =>
      Effect.map(snapshot, ({ marks }) => marks.findLast((mark) => mark.source === source)?.position),
  };
  return store;
});

const takeSnapshot = (folder: StoreFolder, attempts: number): Effect.Effect<Snapshot, StoreFailed> =>
  Effect.gen(function* () {
    const state = yield* folder.state();
    const book = new HealthBook(state.pages);
    const recent: StoreRecord[] = [];
    for (const number of yield* folder.journals()) {
      if (number <= state.settled) continue;
      const scan = yield* folder.frames(folder.journalPath(number));
      // It was put into the days between the list and the look: its counts are in a newer state file.
      if (scan === undefined && attempts > 1) return yield* takeSnapshot(folder, attempts - 1);
      for (const { payload } of scan?.frames ?? []) {
        const record = decodeRecord(payload);
        book.add(record.names, record.deltas);
        recent.push(record);
      }
    }
    // Nor may it have been put there before the list was made.
    if ((yield* folder.state()).settled !== state.settled && attempts > 1) {
      return yield* takeSnapshot(folder, attempts - 1);
    }
    return {
      settled: state.settled,
      book,
      recent,
      marks: [...state.marks, ...recent.flatMap(({ marks }) => marks)],
    };
  });

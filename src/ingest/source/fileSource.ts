import { Clock, Effect, type FileSystem, Stream } from "effect";
import { type Dirent, type Stats } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import { join, resolve } from "node:path";
import { fileBytes } from "../csvSource.ts";
import type { FileFeed } from "../feed/FeedFile.ts";
import type { Readings } from "../ReadingBatch.ts";
import { SourceError } from "../Source.ts";
import type { StoreCard } from "../store/StoreCard.ts";
import { standardInput } from "../trace/traceBytes.ts";
import { columnFiles } from "./columnFiles.ts";
import { type FeedBatch, type FeedSource, SourceAccount } from "./FeedSource.ts";
import { emptyBatch, GrowingFile, type TextMark } from "./GrowingFile.ts";
import { textReaders } from "./textReader.ts";

/** How often a file or folder that is followed is looked at. */
const POLL_MS = 250;
/** Files of a folder that are followed whose readers stay in memory. */
const MOST_READERS = 32;

const ENDINGS: Readonly<Record<FileFeed["kind"], RegExp>> = {
  csv: /\.(csv|tsv|txt)(\.gz)?$/i,
  ndjson: /\.(ndjson|jsonl|json)(\.gz)?$/i,
  arrow: /\.(arrow|arrows|feather|ipc)$/i,
  parquet: /\.(parquet|pq)$/i,
};

/** Where the paths of a feed start from, what its store holds, and how far its sources were read. */
export interface SourcePlace {
  readonly card: StoreCard;
  readonly folder: string;
  readonly position: (source: string) => Effect.Effect<string | undefined>;
}

/** What is remembered of a file that is read as a whole. */
interface WholeMark {
  readonly size: number;
  readonly mtimeMs: number;
}

type Batches = Stream.Stream<FeedBatch, SourceError, FileSystem.FileSystem>;

const unreadable =
  (path: string) =>
  (cause: unknown): SourceError =>
    cause instanceof SourceError
      ? cause
      : new SourceError({
          place: path,
          reason: `it cannot be read: ${cause instanceof Error ? cause.message : String(cause)}`,
        });

/**
 * The readings of a file, of the files of a folder in the order of their names, or of standard input.
 *
 * What was read before is passed over: of files of lines up to the last line that was acknowledged, of others as a
 * whole. A source that is followed goes on as lines or files are added, and never ends.
 */
export const fileSource = (source: FileFeed, place: SourcePlace, once: boolean): FeedSource => {
  const account = new SourceAccount(`${source.kind} ${source.path}`, source.kind);
  if (source.path === "-") return { account, batches: pipedBatches(source, place, account) };
  const path = resolve(place.folder, source.path);
  const reading = new FileReading(source, place, account);
  const follow = source.follow === true && !once;
  return { account, batches: follow ? reading.followed(path) : reading.once(path) };
};

const pipedBatches = (source: FileFeed, { card }: SourcePlace, account: SourceAccount): Batches => {
  if (source.kind !== "csv" && source.kind !== "ndjson") {
    return Stream.fail(
      new SourceError({
        place: "standard input",
        reason: `${source.kind} is read from its end; write it to a file and give its path.`,
      }),
    );
  }
  const begin = textReaders(card, source, account);
  return Stream.suspend(() => {
    const reader = begin("standard input");
    return standardInput.pipe(
      Stream.map((chunk) => [...reader.push(chunk), ...reader.rest()]),
      Stream.concat(Stream.fromEffect(Effect.sync(() => reader.end()))),
      Stream.flattenIterable,
      Stream.map((readings) => ({ readings })),
    );
  });
};

/** Reads the files of one source. */
class FileReading {
  readonly #source: FileFeed;
  readonly #place: SourcePlace;
  readonly #account: SourceAccount;
  readonly #text: ReturnType<typeof textReaders> | undefined;
  readonly #columns: ((path: string) => AsyncIterable<Readings>) | undefined;
  readonly #growing = new Map<string, GrowingFile>();
  /** What a file was like when it was last looked at. */
  readonly #seen = new Map<string, string>();

  constructor(source: FileFeed, place: SourcePlace, account: SourceAccount) {
    this.#source = source;
    this.#place = place;
    this.#account = account;
    if (source.kind === "csv" || source.kind === "ndjson")
      this.#text = textReaders(place.card, source, account);
    else this.#columns = columnFiles(place.card, source, account);
  }

  /** All that is there by now. */
  once(path: string): Batches {
    return Stream.unwrap(
      Effect.map(this.#files(path), (files) => {
        if (files.length > 0) {
          return Stream.fromIterable(files).pipe(
            Stream.flatMap((file) => this.#file(file.path, file.stats, true)),
          );
        }
        const reason = `no ${this.#source.kind} file is there; put one there, or correct the path in the feed.`;
        return Stream.fail(new SourceError({ place: path, reason }));
      }),
    );
  }

  /** What is there by now, then whatever comes. */
  followed(path: string): Batches {
    let first = true;
    const round = Stream.unwrap(
      Effect.gen({ self: this }, function* () {
        const files = yield* this.#files(path).pipe(Effect.orElseSucceed(() => []));
        const live = !first;
        first = false;
        const changed = Stream.fromIterable(files).pipe(
          Stream.flatMap((file) => this.#changed(file.path, file.stats, file.path === path)),
          // The others go on; the file is tried again when it changes.
          Stream.catchTag("SourceError", (error) => {
            this.#account.notes.add(error.message);
            return Stream.empty;
          }),
        );
        if (!live) return changed;
        // Each batch by the time at which it was read: a round takes as long as its batches take to be stored.
        return Stream.mapEffect(changed, (batch) =>
          Effect.map(Clock.currentTimeMillis, (arrivedMs): FeedBatch => ({ ...batch, arrivedMs })),
        );
      }),
    );
    return round.pipe(
      Stream.concat(Stream.fromEffectDrain(Effect.sleep(POLL_MS))),
      Stream.forever,
      Stream.ensuring(
        Effect.promise(() => Promise.all(Array.from(this.#growing.values(), (file) => file.close()))),
      ),
    );
  }

  /** The files of a source: itself, or those in the folder that have an ending of its kind. */
  #files(path: string) {
    return Effect.tryPromise({
      try: async () => {
        const own = await stat(path);
        if (!own.isDirectory()) return [{ path, stats: own }];
        const entries = (await readdir(path, { withFileTypes: true })).filter(isFinished);
        const fitting = entries.filter(({ name }) => ENDINGS[this.#source.kind].test(name));
        const others = entries.length - fitting.length;
        if (others > 0) this.#account.notes.add(`${path}: files of other kinds passed over`);
        const names = fitting.map(({ name }) => join(path, name)).sort();
        return Promise.all(names.map(async (name) => ({ path: name, stats: await stat(name) })));
      },
      catch: unreadable(path),
    });
  }

  /** A file as it stands, from where it was read to. */
  #file(path: string, stats: Stats, complete: boolean): Batches {
    const whole = this.#text === undefined || path.endsWith(".gz");
    return Stream.unwrap(
      Effect.map(this.#place.position(path), (position) =>
        whole ? this.#whole(path, stats, position) : this.#lines(path, position, complete),
      ),
    );
  }

  #lines(path: string, position: string | undefined, complete: boolean): Batches {
    const file = new GrowingFile(path, this.#text!, this.#account);
    this.#growing.set(path, file);
    const resumed = async function* (account: SourceAccount): AsyncGenerator<FeedBatch> {
      try {
        if (position !== undefined) await file.resume(JSON.parse(position) as TextMark);
        yield* file.readOn(complete);
        if (!complete) return;
        if (file.isUnchanged) account.passedOver++;
        else account.files++;
      } finally {
        if (complete) await file.close();
      }
    };
    return Stream.suspend(() => Stream.fromAsyncIterable(resumed(this.#account), unreadable(path)));
  }

  #whole(path: string, { mtimeMs, size }: Stats, position: string | undefined): Batches {
    const mark: WholeMark = { size, mtimeMs };
    if (position === JSON.stringify(mark)) {
      this.#account.passedOver++;
      return Stream.empty;
    }
    const readings: Stream.Stream<Readings, SourceError, FileSystem.FileSystem> =
      this.#columns === undefined
        ? this.#unpacked(path)
        : Stream.fromAsyncIterable(this.#columns(path), unreadable(path));
    const done = Effect.sync((): FeedBatch => {
      this.#account.files++;
      return { readings: emptyBatch(), mark: { source: path, position: JSON.stringify(mark) } };
    });
    return readings.pipe(
      Stream.map((batch): FeedBatch => ({ readings: batch })),
      Stream.concat(Stream.fromEffect(done)),
    );
  }

  #unpacked(path: string) {
    return Stream.suspend(() => {
      const reader = this.#text!(path);
      return fileBytes(path).pipe(
        Stream.map((chunk) => reader.push(chunk)),
        Stream.concat(Stream.fromEffect(Effect.sync(() => reader.end()))),
        Stream.flattenIterable,
      );
    });
  }

  /** What a followed file has more than when it was last looked at. */
  #changed(path: string, stats: Stats, alone: boolean): Batches {
    const look = `${stats.ino} ${stats.size} ${stats.mtimeMs}`;
    const before = this.#seen.get(path);
    this.#seen.set(path, look);
    if (this.#text === undefined || path.endsWith(".gz")) {
      // A file that is read as a whole has to be there as a whole: it is waited for until it stays as it is.
      const settledLook = `${look} settled`;
      if (before === settledLook) {
        this.#seen.set(path, settledLook);
        return Stream.empty;
      }
      if (before !== look) return Stream.empty;
      this.#seen.set(path, settledLook);
      return this.#file(path, stats, true);
    }
    const known = this.#growing.get(path);
    if (known === undefined) return this.#trimmed(this.#file(path, stats, false), alone);
    if (look === before) return Stream.empty;
    const more = async function* (): AsyncGenerator<FeedBatch> {
      // What the old file got before it was put away is read first.
      if (alone) yield* known.readOn(false);
      if (await known.isReplaced(stats.ino, stats.size)) await known.restart();
      yield* known.readOn(false);
    };
    return this.#trimmed(
      Stream.suspend(() => Stream.fromAsyncIterable(more(), unreadable(path))),
      alone,
    );
  }

  /** Of a folder only the files last read stay known; a file that stands alone stays open. */
  #trimmed(batches: Batches, alone: boolean): Batches {
    if (alone) return batches;
    const tidy = Effect.promise(async () => {
      for (const [path, file] of this.#growing) {
        await file.close();
        if (this.#growing.size > MOST_READERS) this.#growing.delete(path);
      }
    });
    return batches.pipe(Stream.concat(Stream.fromEffectDrain(tidy)));
  }
}

/** Not one that is still being written under another name. */
const isFinished = (entry: Dirent): boolean =>
  entry.isFile() && !entry.name.startsWith(".") && !/\.(tmp|part|partial)$/i.test(entry.name);

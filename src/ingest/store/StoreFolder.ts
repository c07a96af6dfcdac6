import { Effect, FileSystem } from "effect";
import { join } from "node:path";
import { type FrameScan, scanFrames } from "./Frame.ts";
import type { StoreCard } from "./StoreCard.ts";
import type { StoredPage } from "./HealthBook.ts";
import { systemCode } from "../fileTrouble.ts";
import { StoreFailed, storeTrouble } from "./StoreFailed.ts";
import type { SourceMark } from "./StoreRecord.ts";

export const MS_PER_DAY = 86_400_000;

/** What the state file holds: all that the journals up to a number say, beside their rows. */
export interface StoreState {
  /** Number of the last journal whose rows stand in the days. */
  readonly settled: number;
  readonly pages: readonly StoredPage[];
  readonly marks: readonly SourceMark[];
}

/** The card as it is stored; a store of another form is refused. */
interface StoredCard {
  readonly form: "ordinance readings 1";
  readonly card: StoreCard;
}

const JOURNAL = /^journal-(\d+)\.log$/;

/**
 * The files of a store: `store.json` (what it holds), `state.json` (counts and marks), `journal-N.log` (what was
 * appended last), `days/2026-03-01.log` (the rows of each UTC day) and the lock.
 */
export class StoreFolder {
  readonly path: string;
  readonly #files: FileSystem.FileSystem;

  constructor(path: string, files: FileSystem.FileSystem) {
    this.path = path;
    this.#files = files;
  }

  get daysPath(): string {
    return join(this.path, "days");
  }

  journalPath(number: number): string {
    return join(this.path, `journal-${String(number).padStart(8, "0")}.log`);
  }

  dayPath(day: number): string {
    return join(this.daysPath, `${new Date(day * MS_PER_DAY).toISOString().slice(0, 10)}.log`);
  }

  /** Numbers of the journals that are there, ascending. */
  journals(): Effect.Effect<number[], StoreFailed> {
    return this.#files.readDirectory(this.path).pipe(
      Effect.mapError(storeTrouble(this.path)),
      Effect.map((names) =>
        names
          .flatMap((name) => JOURNAL.exec(name)?.[1] ?? [])
          .map(Number)
          .sort((a, b) => a - b),
      ),
    );
  }

  /** The bytes of a file; undefined where it is not there. */
  bytes(path: string): Effect.Effect<Uint8Array | undefined, StoreFailed> {
    return this.#files.readFile(path).pipe(
      Effect.catchIf(
        (error) => systemCode(error) === "ENOENT",
        () => Effect.succeed(undefined),
      ),
      Effect.mapError(storeTrouble(path)),
    );
  }

  /** The frames of a file, undefined where it is not there; damage is an error with its offset. */
  frames(path: string): Effect.Effect<FrameScan | undefined, StoreFailed> {
    return Effect.flatMap(this.bytes(path), (bytes) => {
      if (bytes === undefined) return Effect.succeed(undefined);
      const scan = scanFrames(bytes);
      return scan.damage === undefined
        ? Effect.succeed(scan)
        : Effect.fail(damaged(path, scan.damage.offset, scan.damage.reason));
    });
  }

  /** Appends to a file whose good bytes end at `end`, cutting off what stands behind; on disk when it returns. */
  append(path: string, end: number, bytes: Uint8Array): Effect.Effect<void, StoreFailed> {
    return Effect.scoped(
      Effect.gen({ self: this }, function* () {
        const file = yield* this.#files.open(path, { flag: "a+" });
        yield* file.truncate(end);
        yield* file.writeAll(bytes);
        yield* file.sync;
      }),
    ).pipe(Effect.mapError(storeTrouble(path)));
  }

  /** Makes the names in a folder durable. */
  syncFolder(path: string): Effect.Effect<void, StoreFailed> {
    return Effect.scoped(Effect.flatMap(this.#files.open(path, { flag: "r" }), (folder) => folder.sync)).pipe(
      Effect.mapError(storeTrouble(path)),
    );
  }

  /** Writes a small file aside, then renames it into place; on disk when it returns. */
  replace(name: string, content: unknown): Effect.Effect<void, StoreFailed> {
    const path = join(this.path, name);
    const aside = `${path}.aside`;
    return Effect.scoped(
      Effect.gen({ self: this }, function* () {
        const file = yield* this.#files.open(aside, { flag: "w" });
        yield* file.writeAll(new TextEncoder().encode(`${JSON.stringify(content)}\n`));
        yield* file.sync;
        yield* this.#files.rename(aside, path);
      }),
    ).pipe(Effect.mapError(storeTrouble(path)), Effect.andThen(this.syncFolder(this.path)));
  }

  removeJournal(number: number): Effect.Effect<void, StoreFailed> {
    const path = this.journalPath(number);
    return this.#files.remove(path, { force: true }).pipe(Effect.mapError(storeTrouble(path)));
  }

  state(): Effect.Effect<StoreState, StoreFailed> {
    return Effect.map(
      this.#json<StoreState>("state.json"),
      (state) => state ?? { settled: 0, pages: [], marks: [] },
    );
  }

  /** The card in the folder; undefined where there is none yet. */
  card(): Effect.Effect<StoreCard | undefined, StoreFailed> {
    return Effect.flatMap(this.#json<StoredCard>("store.json"), (stored) =>
      stored === undefined || stored.form === "ordinance readings 1"
        ? Effect.succeed(stored?.card)
        : Effect.fail(
            new StoreFailed({
              trouble: "unreadable",
              place: join(this.path, "store.json"),
              reason: "it is of a form that this version does not know; use the version that wrote it.",
            }),
          ),
    );
  }

  writeCard(card: StoreCard): Effect.Effect<void, StoreFailed> {
    return this.replace("store.json", { form: "ordinance readings 1", card } satisfies StoredCard);
  }

  #json<T>(name: string): Effect.Effect<T | undefined, StoreFailed> {
    const path = join(this.path, name);
    return Effect.flatMap(this.bytes(path), (bytes) =>
      bytes === undefined
        ? Effect.succeed(undefined)
        : Effect.try({
            try: () => JSON.parse(new TextDecoder().decode(bytes)) as T,
            catch: () => damaged(path, 0, "it is no JSON"),
          }),
    );
  }
}

/** What was whole once is no longer. */
export const damaged = (path: string, offset: number, reason: string): StoreFailed =>
  new StoreFailed({
    trouble: "damaged",
    place: `${path}, byte ${offset}`,
    reason: `${reason}: the file was damaged after it was written; put back a copy of it, and see to the disk.`,
  });

import { Effect, FileSystem, Option, type Scope } from "effect";
import type { StoreFolder } from "./StoreFolder.ts";
import { StoreFailed, storeTrouble } from "./StoreFailed.ts";

/** The file that appends go to, one frame after the other. */
export interface Journal {
  readonly number: number;
  /** Bytes of whole frames in it. */
  readonly size: () => number;
  /** Appends a frame; it is on disk, and the file still where it was, when this returns. */
  readonly append: (frame: Uint8Array) => Effect.Effect<void, StoreFailed>;
}

/** Begins a journal; the file is closed with the scope. */
export const beginJournal = (
  folder: StoreFolder,
  number: number,
): Effect.Effect<Journal, StoreFailed, FileSystem.FileSystem | Scope.Scope> =>
  Effect.gen(function* () {
    const files = yield* FileSystem.FileSystem;
    const path = folder.journalPath(number);
    const failed = storeTrouble(path);
    const file = yield* files.open(path, { flag: "a" }).pipe(Effect.mapError(failed));
    yield* folder.syncFolder(folder.path);
    const { ino } = yield* file.stat.pipe(Effect.mapError(failed));
    let size = 0;
    let sound = true;
    return {
      number,
      size: () => size,
      append: (frame) =>
        Effect.gen(function* () {
          // A write that failed half-way may have left bytes.
          if (!sound) yield* file.truncate(size);
          sound = false;
          yield* file.writeAll(frame);
          yield* file.sync;
          // Bytes that go to a file which has no name any more would be lost with the process.
          const there = yield* files.stat(path);
          if (Option.getOrUndefined(there.ino) !== Option.getOrUndefined(ino)) {
            return yield* new StoreFailed({
              trouble: "removed",
              place: folder.path,
              reason: "another folder stands in its place; put the store back, or start again.",
            });
          }
          size += frame.length;
          sound = true;
        }).pipe(
          Effect.catchTag("PlatformError", (error) => {
            const trouble = failed(error);
            return Effect.fail(
              trouble.trouble === "removed"
                ? new StoreFailed({
                    trouble: "removed",
                    place: folder.path,
                    reason: trouble.reason,
                  })
                : trouble,
            );
          }),
        ),
    };
  });

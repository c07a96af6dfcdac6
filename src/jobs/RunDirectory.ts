/** The folder that a run leaves: written aside, then put in place by renames, so that it is never half there. */
import { Effect, FileSystem, Path, type PlatformError, Schema } from "effect";
import { fileTrouble } from "../ingest/fileTrouble.ts";

/** The artefact of a run whose proof passed, in the folder of the run. */
export const ARTEFACT_FILE = "edge/model.ordinance";

/** A result could not be written. */
export class OutputFailed extends Schema.TaggedError<OutputFailed>()("OutputFailed", {
  path: Schema.String,
  reason: Schema.String,
}) {
  override get message(): string {
    return `${this.path}: cannot be written (${this.reason}). Choose a folder that you may write to with --out, or free space; nothing was left half written`;
  }
}

const writeFailed = (path: string) => (cause: PlatformError.PlatformError) =>
  new OutputFailed({ path, reason: fileTrouble(cause) });

/** Makes the folder where it is missing and tries whether it can be written to. */
export const ensureWritable = Effect.fn("ensureWritable")(function* (folder: string) {
  const files = yield* FileSystem.FileSystem;
  const path = yield* Path.Path;
  const probe = path.join(folder, ".write-probe");
  yield* makeFolders(path.resolve(folder)).pipe(Effect.mapError(writeFailed(folder)));
  yield* files.writeFileString(probe, "").pipe(Effect.mapError(writeFailed(folder)));
  // Another process may have tried at the same time and removed it already.
  yield* files.remove(probe, { force: true }).pipe(Effect.mapError(writeFailed(folder)));
});

/**
 * Makes a folder and those above it that are missing, one after another: Node's own recursive call never returns
 * where a file system answers "no such folder" to every attempt, as /proc does.
 */
const makeFolders = (
  folder: string,
): Effect.Effect<void, PlatformError.PlatformError, FileSystem.FileSystem | Path.Path> =>
  Effect.gen(function* () {
    const files = yield* FileSystem.FileSystem;
    const path = yield* Path.Path;
    const above = path.dirname(folder);
    if (yield* files.exists(folder)) return;
    if (above !== folder) yield* makeFolders(above);
    yield* files.makeDirectory(folder);
  });

/** Writes a file aside and renames it into place. */
export const writeFileAtomically = Effect.fn("writeFileAtomically")(function* (
  file: string,
  content: string | Uint8Array,
) {
  const files = yield* FileSystem.FileSystem;
  const aside = `${file}.partial`;
  const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
  yield* files.writeFile(aside, bytes).pipe(
    Effect.andThen(files.rename(aside, file)),
    Effect.onError(() => Effect.ignore(files.remove(aside, { force: true }))),
    Effect.mapError(writeFailed(file)),
  );
});

/**
 * Writes all files of a run, then moves the folder into place; a folder of the same name is replaced.
 *
 * A failure or an interruption leaves the old folder. A process killed between the two renames leaves it under
 * `.former`, from where the next call brings it back.
 *
 * @param contents file contents by path relative to the folder
 */
export const writeRunDirectory = Effect.fn("writeRunDirectory")(function* (
  folder: string,
  contents: Readonly<Record<string, string | Uint8Array>>,
) {
  const files = yield* FileSystem.FileSystem;
  const path = yield* Path.Path;
  const aside = `${folder}.partial`;
  const former = `${folder}.former`;
  const removeAll = (name: string) => files.remove(name, { recursive: true, force: true });
  const recover = Effect.gen(function* () {
    if (yield* files.exists(folder)) yield* removeAll(former);
    else if (yield* files.exists(former)) yield* files.rename(former, folder);
  });
  const write = Effect.gen(function* () {
    yield* removeAll(aside);
    for (const [name, content] of Object.entries(contents)) {
      const file = path.join(aside, name);
      yield* files.makeDirectory(path.dirname(file), { recursive: true });
      const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
      yield* files.writeFile(file, bytes);
    }
  });
  const replace = Effect.gen(function* () {
    const replaces = yield* files.exists(folder);
    if (replaces) yield* files.rename(folder, former);
    yield* files
      .rename(aside, folder)
      .pipe(Effect.tapError(() => (replaces ? Effect.ignore(files.rename(former, folder)) : Effect.void)));
    yield* removeAll(former);
  });
  yield* recover.pipe(
    Effect.andThen(write),
    Effect.andThen(Effect.uninterruptible(replace)),
    Effect.onError(() => Effect.ignore(removeAll(aside))),
    Effect.mapError(writeFailed(folder)),
  );
});

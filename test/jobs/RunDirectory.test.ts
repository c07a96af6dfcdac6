import { Deferred, Effect, Fiber, FileSystem, Path, PlatformError } from "effect";
import { describe, expect } from "vitest";
import {
  ensureWritable,
  OutputFailed,
  writeFileAtomically,
  writeRunDirectory,
} from "../../src/jobs/RunDirectory.ts";
import { itEffect } from "./itEffect.ts";

const temporaryFolder = Effect.flatMap(FileSystem.FileSystem, (files) => files.makeTempDirectoryScoped());

/** All files under a folder with their text, by path relative to it. */
const contentsOf = Effect.fn("contentsOf")(function* (folder: string) {
  const files = yield* FileSystem.FileSystem;
  const path = yield* Path.Path;
  const found: Record<string, string> = {};
  for (const name of yield* files.readDirectory(folder, { recursive: true })) {
    const file = path.join(folder, name);
    if ((yield* files.stat(file)).type === "File") found[name] = yield* files.readFileString(file);
  }
  return found;
});

const refused = (method: string, pathOrDescriptor: string): PlatformError.PlatformError =>
  PlatformError.systemError({
    _tag: "PermissionDenied",
    module: "FileSystem",
    method,
    pathOrDescriptor,
    description: "made to fail",
  });

/** Runs an effect on a file system that refuses some renames. */
const refusingRenames = (refuses: (from: string, to: string) => boolean) =>
  Effect.updateService(FileSystem.FileSystem, (files) => ({
    ...files,
    rename: (from: string, to: string) =>
      refuses(from, to) ? Effect.fail(refused("rename", from)) : files.rename(from, to),
  }));

describe("writeRunDirectory", () => {
  itEffect("writes text and bytes, also into folders of their own, and leaves nothing else", () =>
    Effect.gen(function* () {
      const out = yield* temporaryFolder;
      yield* writeRunDirectory(`${out}/deep/run`, {
        "report.html": "<p>ü",
        "edge/model.bin": Uint8Array.of(104, 105),
      });
      expect(yield* contentsOf(out)).toEqual({
        "deep/run/report.html": "<p>ü",
        "deep/run/edge/model.bin": "hi",
      });
    }),
  );

  itEffect("replaces a folder of the same name whole, and the leftovers of a killed run", () =>
    Effect.gen(function* () {
      const out = yield* temporaryFolder;
      yield* writeRunDirectory(`${out}/run`, { old: "1", both: "1" });
      yield* writeRunDirectory(`${out}/run.partial`, { half: "1" });
      yield* writeRunDirectory(`${out}/run.former`, { old: "0" });
      yield* writeRunDirectory(`${out}/run`, { new: "2", both: "2" });
      expect(yield* contentsOf(out)).toEqual({ "run/new": "2", "run/both": "2" });
    }),
  );

  itEffect("keeps the old folder and removes the half-written one where a file cannot be written", () =>
    Effect.gen(function* () {
      const out = yield* temporaryFolder;
      yield* writeRunDirectory(`${out}/run`, { old: "1" });
      // The second file needs a folder where the first one is.
      const failure = yield* Effect.flip(writeRunDirectory(`${out}/run`, { a: "2", "a/b": "2" }));
      expect(failure).toBeInstanceOf(OutputFailed);
      expect(failure.path).toBe(`${out}/run`);
      expect(failure.message).toContain(`${out}/run: cannot be written (`);
      expect(failure.message).toContain("--out");
      expect(yield* contentsOf(out)).toEqual({ "run/old": "1" });
    }),
  );

  itEffect("keeps the old folder where it cannot be moved out of the way", () =>
    Effect.gen(function* () {
      const out = yield* temporaryFolder;
      yield* writeRunDirectory(`${out}/run`, { old: "1" });
      const failure = yield* writeRunDirectory(`${out}/run`, { new: "2" }).pipe(
        refusingRenames((from) => from.endsWith("/run")),
        Effect.flip,
      );
      expect(failure.reason).toContain("made to fail");
      expect(yield* contentsOf(out)).toEqual({ "run/old": "1" });
    }),
  );

  itEffect("puts the old folder back where the new one cannot be moved into place", () =>
    Effect.gen(function* () {
      const out = yield* temporaryFolder;
      yield* writeRunDirectory(`${out}/run`, { old: "1" });
      yield* writeRunDirectory(`${out}/run`, { new: "2" }).pipe(
        refusingRenames((from) => from.endsWith(".partial")),
        Effect.flip,
      );
      expect(yield* contentsOf(out)).toEqual({ "run/old": "1" });
    }),
  );

  itEffect("brings back the old folder of a process that was killed between its two renames", () =>
    Effect.gen(function* () {
      const out = yield* temporaryFolder;
      yield* writeRunDirectory(`${out}/run.former`, { old: "1" });
      yield* writeRunDirectory(`${out}/run.partial`, { new: "2" });
      yield* Effect.flip(writeRunDirectory(`${out}/run`, { a: "3", "a/b": "3" }));
      expect(yield* contentsOf(out)).toEqual({ "run/old": "1" });
    }),
  );

  itEffect("interrupted while it writes, it leaves the old folder alone", () =>
    Effect.gen(function* () {
      const out = yield* temporaryFolder;
      yield* writeRunDirectory(`${out}/run`, { old: "1" });
      const stuck = yield* Deferred.make<void>();
      const writing = yield* writeRunDirectory(`${out}/run`, { first: "2", second: "2" }).pipe(
        Effect.updateService(FileSystem.FileSystem, (files) => ({
          ...files,
          writeFile: (file: string, bytes: Uint8Array) =>
            file.endsWith("second")
              ? Effect.andThen(Deferred.succeed(stuck, undefined), Effect.never)
              : files.writeFile(file, bytes),
        })),
        Effect.forkChild,
      );
      yield* Deferred.await(stuck);
      yield* Fiber.interrupt(writing);
      expect(yield* contentsOf(out)).toEqual({ "run/old": "1" });
    }),
  );

  itEffect("interrupted between its two renames, it still ends with the new folder in place", () =>
    Effect.gen(function* () {
      const out = yield* temporaryFolder;
      yield* writeRunDirectory(`${out}/run`, { old: "1" });
      const between = yield* Deferred.make<void>();
      const writing = yield* writeRunDirectory(`${out}/run`, { new: "2" }).pipe(
        Effect.updateService(FileSystem.FileSystem, (files) => ({
          ...files,
          rename: (from: string, to: string) =>
            from.endsWith(".partial")
              ? Deferred.succeed(between, undefined).pipe(
                  Effect.andThen(Effect.sleep(5)),
                  Effect.andThen(files.rename(from, to)),
                )
              : files.rename(from, to),
        })),
        Effect.forkChild,
      );
      yield* Deferred.await(between);
      yield* Fiber.interrupt(writing);
      expect(yield* contentsOf(out)).toEqual({ "run/new": "2" });
    }),
  );
});

describe("writeFileAtomically", () => {
  itEffect("replaces a file and leaves nothing beside it", () =>
    Effect.gen(function* () {
      const out = yield* temporaryFolder;
      yield* writeFileAtomically(`${out}/checkpoint.json`, "old, and longer");
      yield* writeFileAtomically(`${out}/checkpoint.json`, Uint8Array.of(110, 101, 119));
      expect(yield* contentsOf(out)).toEqual({ "checkpoint.json": "new" });
    }),
  );

  itEffect("keeps the old file where the new one cannot be put in place", () =>
    Effect.gen(function* () {
      const out = yield* temporaryFolder;
      yield* writeFileAtomically(`${out}/checkpoint.json`, "old");
      const failure = yield* writeFileAtomically(`${out}/checkpoint.json`, "new").pipe(
        refusingRenames(() => true),
        Effect.flip,
      );
      expect(failure).toBeInstanceOf(OutputFailed);
      expect(failure.path).toBe(`${out}/checkpoint.json`);
      expect(yield* contentsOf(out)).toEqual({ "checkpoint.json": "old" });
    }),
  );
});

describe("ensureWritable", () => {
  itEffect("makes the folder and leaves it empty; what is in one stays", () =>
    Effect.gen(function* () {
      const files = yield* FileSystem.FileSystem;
      const out = yield* temporaryFolder;
      yield* ensureWritable(`${out}/a/b`);
      expect(yield* files.readDirectory(`${out}/a/b`)).toEqual([]);
      yield* files.writeFileString(`${out}/a/b/kept`, "1");
      yield* ensureWritable(`${out}/a/b`);
      expect(yield* contentsOf(out)).toEqual({ "a/b/kept": "1" });
    }),
  );

  itEffect("names the folder where a file stands in its way", () =>
    Effect.gen(function* () {
      const files = yield* FileSystem.FileSystem;
      const out = yield* temporaryFolder;
      yield* files.writeFileString(`${out}/file`, "1");
      for (const folder of [`${out}/file`, `${out}/file/run`]) {
        const failure = yield* Effect.flip(ensureWritable(folder));
        expect(failure).toBeInstanceOf(OutputFailed);
        expect(failure.message).toContain(`${folder}: cannot be written (`);
      }
    }),
  );

  itEffect("names the folder where nothing can be written into it", () =>
    Effect.gen(function* () {
      const out = yield* temporaryFolder;
      const failure = yield* ensureWritable(out).pipe(
        Effect.updateService(FileSystem.FileSystem, (files) => ({
          ...files,
          writeFileString: (file: string) => Effect.fail(refused("writeFile", file)),
        })),
        Effect.flip,
      );
      expect(failure.path).toBe(out);
      expect(failure.reason).toContain("made to fail");
    }),
  );
});

import { Effect, FileSystem, Path } from "effect";
import { fileTrouble } from "../../ingest/fileTrouble.ts";
import { instantFolder, instantOfFolder } from "../instantFolder.ts";
import { writeFileAtomically } from "../RunDirectory.ts";
import { JobFailed } from "./ScheduledJob.ts";

/** Folder, beside the results, of what was given up. */
const FAILED = "failed";

/** The results of a schedule: a folder an instant, which is there whole or not at all. */
export const resultFolders = (home: string) => {
  const trouble = (cause: { readonly message: string }) =>
    new JobFailed({
      reason: `${home} cannot be used (${fileTrouble(cause)}). Give the schedule a folder that it may write to`,
    });
  const instantsIn = Effect.fn("instantsIn")(function* (folder: string) {
    const files = yield* FileSystem.FileSystem;
    if (!(yield* files.exists(folder))) return [];
    const names = yield* files.readDirectory(folder);
    return names
      .map((name) => instantOfFolder(name.replace(/\.json$/, "")))
      .filter((instantMs) => !Number.isNaN(instantMs));
  });
  return {
    newest: Effect.gen(function* () {
      const path = yield* Path.Path;
      const instants = [...(yield* instantsIn(home)), ...(yield* instantsIn(path.join(home, FAILED)))];
      return instants.length === 0 ? undefined : instants.reduce((a, b) => Math.max(a, b));
    }).pipe(Effect.mapError(trouble)),

    isDone: Effect.fn("isDone")(function* (instantMs: number) {
      const files = yield* FileSystem.FileSystem;
      const path = yield* Path.Path;
      return yield* files.exists(path.join(home, instantFolder(instantMs))).pipe(Effect.mapError(trouble));
    }),

    giveUp: Effect.fn("giveUp")(function* (instantMs: number, attempts: number, reason: string) {
      const files = yield* FileSystem.FileSystem;
      const path = yield* Path.Path;
      const folder = path.join(home, FAILED);
      const fact = { format: 1, instant: new Date(instantMs).toISOString(), attempts, reason };
      yield* files.makeDirectory(folder, { recursive: true }).pipe(Effect.mapError(trouble));
      yield* writeFileAtomically(
        path.join(folder, `${instantFolder(instantMs)}.json`),
        `${JSON.stringify(fact, undefined, 2)}\n`,
      ).pipe(Effect.mapError((error) => new JobFailed({ reason: error.message })));
    }),
  };
};

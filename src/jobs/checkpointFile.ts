import { Effect, FileSystem, Path } from "effect";

/** What a training under way keeps in the folder of its pipeline. */
export const CHECKPOINT_FILE = "checkpoint.json";

/** Removes the checkpoint of a training that has ended and whose results are in place. */
export const forgetCheckpoint = Effect.fn("forgetCheckpoint")(function* (folder: string) {
  const files = yield* FileSystem.FileSystem;
  const path = yield* Path.Path;
  yield* files.remove(path.join(folder, CHECKPOINT_FILE), { force: true });
});

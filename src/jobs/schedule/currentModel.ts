import { Effect, FileSystem, Path, Schema } from "effect";
import { DEPLOYED_MODEL_FILE } from "../forecast/DeployedModel.ts";
import { instantOfFolder } from "../instantFolder.ts";

/** File of a folder of runs that says which of them to use, where that is not the newest. */
export const PINNED_FILE = "pinned.json";

const Pinned = Schema.fromJsonString(
  Schema.Struct({
    format: Schema.Literal(1),
    /** Folder of a run below this one. */
    model: Schema.String,
    reason: Schema.String,
  }),
);

/** A folder has no model to use. */
export class NoModel extends Schema.TaggedError<NoModel>()("NoModel", {
  folder: Schema.String,
  reason: Schema.String,
}) {
  override get message(): string {
    return `${this.folder}: ${this.reason}`;
  }
}

/**
 * The folder of the run that is in use: `folder` itself where it is one, else the run below it that `pinned.json` names,
 * else the newest run below it.
 */
export const currentModel = Effect.fn("currentModel")(function* (folder: string) {
  const files = yield* FileSystem.FileSystem;
  const path = yield* Path.Path;
  const isModel = (place: string) => files.exists(path.join(place, DEPLOYED_MODEL_FILE));
  if (yield* isModel(folder)) return folder;
  const pin = path.join(folder, PINNED_FILE);
  if (yield* files.exists(pin)) {
    const pinned = yield* Schema.decodeUnknownEffect(Pinned)(yield* files.readFileString(pin)).pipe(
      Effect.mapError(
        (cause) =>
          new NoModel({
            folder,
            reason: `${PINNED_FILE} is damaged (${cause.message}). Write {"format": 1, "model": "FOLDER", "reason": "WHY"}, or remove it`,
          }),
      ),
    );
    return path.join(folder, pinned.model);
  }
  const names = (yield* files.exists(folder)) ? yield* files.readDirectory(folder) : [];
  const newestFirst = names
    .filter((name) => !Number.isNaN(instantOfFolder(name)))
    .sort((a, b) => instantOfFolder(b) - instantOfFolder(a));
  for (const name of newestFirst) {
    if (yield* isModel(path.join(folder, name))) return path.join(folder, name);
  }
  return yield* new NoModel({
    folder,
    reason: `there is no run with a ${DEPLOYED_MODEL_FILE} in it. Run a pipeline first, and give its folder`,
  });
});

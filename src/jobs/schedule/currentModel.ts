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
    /** Who pinned it: a watch lets go of its own pins alone. */
    by: Schema.optionalKey(Schema.Literal("watch")),
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

/** What `pinned.json` of a folder of runs says; undefined where there is none. */
export const pinOf = Effect.fn("pinOf")(function* (folder: string) {
  const files = yield* FileSystem.FileSystem;
  const path = yield* Path.Path;
  const pin = path.join(folder, PINNED_FILE);
  if (!(yield* files.exists(pin))) return undefined;
  return yield* Schema.decodeUnknownEffect(Pinned)(yield* files.readFileString(pin)).pipe(
    Effect.mapError(
      (cause) =>
        new NoModel({
          folder,
          reason: `${PINNED_FILE} is damaged (${cause.message}). Write {"format": 1, "model": "FOLDER", "reason": "WHY"}, or remove it`,
        }),
    ),
  );
});

/** Folders of the runs below a folder that can forecast, the newest first. */
export const modelsIn = Effect.fn("modelsIn")(function* (folder: string) {
  const files = yield* FileSystem.FileSystem;
  const path = yield* Path.Path;
  const names = (yield* files.exists(folder)) ? yield* files.readDirectory(folder) : [];
  const newestFirst = names
    .filter((name) => !Number.isNaN(instantOfFolder(name)))
    .sort((a, b) => instantOfFolder(b) - instantOfFolder(a));
  return yield* Effect.filter(newestFirst, (name) =>
    files.exists(path.join(folder, name, DEPLOYED_MODEL_FILE)),
  );
});

/**
 * The folder of the run that is in use: `folder` itself where it is one, else the run below it that `pinned.json` names,
 * else the newest run below it.
 */
export const currentModel = Effect.fn("currentModel")(function* (folder: string) {
  const files = yield* FileSystem.FileSystem;
  const path = yield* Path.Path;
  if (yield* files.exists(path.join(folder, DEPLOYED_MODEL_FILE))) return folder;
  const pinned = yield* pinOf(folder);
  if (pinned !== undefined) return path.join(folder, pinned.model);
  const [newest] = yield* modelsIn(folder);
  if (newest !== undefined) return path.join(folder, newest);
  return yield* new NoModel({
    folder,
    reason: `there is no run with a ${DEPLOYED_MODEL_FILE} in it. Run a pipeline first, and give its folder`,
  });
});

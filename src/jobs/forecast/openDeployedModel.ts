import { Effect, FileSystem, Path, Result, Schema } from "effect";
import { type Artefact, createRuntime, type Runtime } from "../../edge/index.ts";
import { bindSpec, type BoundRule, parseSpec } from "../../stl/index.ts";
import { fileTrouble } from "../../ingest/fileTrouble.ts";
import { readArtefact } from "../readArtefact.ts";
import { ARTEFACT_FILE } from "../RunDirectory.ts";
import { DEPLOYED_MODEL_FILE, DeployedModel, siteOfModel } from "./DeployedModel.ts";

/** A folder is not that of a run that can forecast. */
export class ModelRefused extends Schema.TaggedError<ModelRefused>()("ModelRefused", {
  folder: Schema.String,
  reason: Schema.String,
}) {
  override get message(): string {
    return `${this.folder}: ${this.reason}`;
  }
}

/** A deployed model at work. */
export interface OpenModel {
  readonly model: DeployedModel;
  readonly artefact: Artefact;
  readonly runtime: Runtime;
  /** Bound to the model's sensors. */
  readonly rules: readonly BoundRule[];
}

const HINT = "Give the folder that `ordinance run` named, such as out/arterial/INSTANT";

/** Opens the model in the folder of a run; refuses one whose parts do not belong together. */
export const openDeployedModel = Effect.fn("openDeployedModel")(function* (folder: string) {
  const files = yield* FileSystem.FileSystem;
  const path = yield* Path.Path;
  const refused = (reason: string) => new ModelRefused({ folder, reason });
  const text = yield* files
    .readFileString(path.join(folder, DEPLOYED_MODEL_FILE))
    .pipe(
      Effect.mapError((cause) =>
        refused(`there is no ${DEPLOYED_MODEL_FILE} that can be read (${fileTrouble(cause)}). ${HINT}`),
      ),
    );
  const decoded = Schema.decodeUnknownResult(Schema.fromJsonString(DeployedModel))(text, { errors: "all" });
  if (Result.isFailure(decoded)) {
    return yield* refused(
      `${DEPLOYED_MODEL_FILE} is damaged or of another version: ${decoded.failure.message}. Run the pipeline again`,
    );
  }
  const model = decoded.success;
  const { artefact } = yield* readArtefact(path.join(folder, ARTEFACT_FILE));
  if (artefact.sha256 !== model.artefact) {
    return yield* refused(
      `${DEPLOYED_MODEL_FILE} belongs to the artefact ${model.artefact.slice(0, 12)}, but ${ARTEFACT_FILE} is ` +
        `${artefact.sha256.slice(0, 12)}. Put back the two files of one run`,
    );
  }
  const { source, texts } = model.rules;
  const { problems, spec } = parseSpec(texts[source] ?? "", { source, read: (name) => texts[name] ?? "" });
  const bound = bindSpec(spec, siteOfModel(model));
  const faults = [...problems, ...bound.problems].filter(({ severity }) => severity === "error");
  if (faults.length > 0) {
    return yield* refused(
      `its rules cannot be read: ${faults.map(({ message }) => message).join("; ")}. Run the pipeline again`,
    );
  }
  return { model, artefact, runtime: createRuntime(artefact), rules: bound.rules } satisfies OpenModel;
});

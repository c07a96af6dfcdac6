/** Reads a pipeline file; all its problems at once, each with line and column. */
import { Effect, FileSystem, Schema } from "effect";
import { decodeYaml, type YamlConflict, type YamlProblem } from "../ingest/decodeYaml.ts";
import { fileTrouble } from "./fileTrouble.ts";
import { Pipeline } from "./Pipeline.ts";

/** A pipeline file that cannot be read. */
export class PipelineUnreadable extends Schema.TaggedError<PipelineUnreadable>()("PipelineUnreadable", {
  path: Schema.String,
  reason: Schema.String,
}) {
  override get message(): string {
    return `${this.path}: the pipeline cannot be read (${this.reason}). Give the path of a pipeline file, such as pipelines/arterial.yaml`;
  }
}

/** A pipeline file that is faulty, or does not fit its data; every problem is listed. */
export class PipelineFaulty extends Schema.TaggedError<PipelineFaulty>()("PipelineFaulty", {
  path: Schema.String,
  problems: Schema.Array(
    Schema.Struct({ line: Schema.Number, column: Schema.Number, message: Schema.String }),
  ),
}) {
  override get message(): string {
    return this.problems
      .map((problem) => `${this.path}:${problem.line}:${problem.column}: ${problem.message}`)
      .join("\n");
  }
}

/**
 * Reads a pipeline file by the schema of its kind.
 *
 * @param conflictsOf further faults of a pipeline that is sound in itself
 */
export const readPipelineAs = Effect.fn("readPipelineAs")(function* <
  S extends Schema.Codec<unknown, unknown>,
>(schema: S, file: string, conflictsOf?: (pipeline: S["Type"]) => readonly YamlConflict[]) {
  const files = yield* FileSystem.FileSystem;
  const text = yield* files
    .readFileString(file)
    .pipe(Effect.mapError((cause) => new PipelineUnreadable({ path: file, reason: fileTrouble(cause) })));
  return yield* Effect.mapError(
    Effect.fromResult(decodeYaml(schema, text, conflictsOf)),
    (problems: readonly YamlProblem[]) => new PipelineFaulty({ path: file, problems }),
  );
});

/** Reads a pipeline that forecasts values; see {@link readPipelineAs}. */
export const readPipeline = (file: string, conflictsOf?: (pipeline: Pipeline) => readonly YamlConflict[]) =>
  readPipelineAs(Pipeline, file, conflictsOf);

/** Fails where a pipeline does not fit its data: every conflict with the line and column of its key. */
export const refuseConflicts = (file: string, conflicts: readonly YamlConflict[]) =>
  conflicts.length === 0 ? Effect.void : Effect.asVoid(readPipelineAs(Schema.Unknown, file, () => conflicts));

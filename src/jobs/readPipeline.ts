import { Effect, Schema } from "effect";
import type { YamlConflict } from "../ingest/decodeYaml.ts";
import { readYamlFile } from "../ingest/readYamlFile.ts";
import { Pipeline } from "./Pipeline.ts";

const PIPELINE = {
  what: "the pipeline",
  remedy: "Give the path of a pipeline file, such as pipelines/arterial.yaml",
};

/**
 * Reads a pipeline file by the schema of its kind; all its problems at once, each with line and column.
 *
 * @param conflictsOf further faults of a pipeline that is sound in itself
 */
export const readPipelineAs = <S extends Schema.Codec<unknown, unknown>>(
  schema: S,
  file: string,
  conflictsOf?: (pipeline: S["Type"]) => readonly YamlConflict[],
) => readYamlFile(schema, file, PIPELINE, conflictsOf);

/** Reads a pipeline that forecasts values; see {@link readPipelineAs}. */
export const readPipeline = (file: string, conflictsOf?: (pipeline: Pipeline) => readonly YamlConflict[]) =>
  readPipelineAs(Pipeline, file, conflictsOf);

/** Fails where a pipeline does not fit its data: every conflict with the line and column of its key. */
export const refuseConflicts = (file: string, conflicts: readonly YamlConflict[]) =>
  conflicts.length === 0 ? Effect.void : Effect.asVoid(readPipelineAs(Schema.Unknown, file, () => conflicts));

/** Reads a pipeline file; all its problems at once, each with line and column. */
import { Effect, FileSystem, Schema } from "effect";
import { decodeYaml, type YamlProblem } from "../ingest/decodeYaml.ts";
import { Pipeline } from "./Pipeline.ts";

/** A pipeline file that cannot be read or is faulty. */
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

export const readPipeline = Effect.fn("readPipeline")(function* (file: string) {
  const files = yield* FileSystem.FileSystem;
  const faulty = (problems: readonly YamlProblem[]) => new PipelineFaulty({ path: file, problems });
  const text = yield* files
    .readFileString(file)
    .pipe(
      Effect.mapError((cause) =>
        faulty([{ line: 1, column: 1, message: `cannot be read (${cause.message})` }]),
      ),
    );
  return yield* Effect.mapError(Effect.fromResult(decodeYaml(Pipeline, text)), faulty);
});

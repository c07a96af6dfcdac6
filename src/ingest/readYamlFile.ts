import { Data, Effect, FileSystem, type Schema } from "effect";
import { decodeYaml, type YamlConflict, type YamlProblem } from "./decodeYaml.ts";
import { fileTrouble } from "./fileTrouble.ts";

/** A file that cannot be read at all. */
export class FileUnreadable extends Data.TaggedError("FileUnreadable")<{
  readonly path: string;
  /** What the file should be, such as "the pipeline". */
  readonly what: string;
  readonly reason: string;
  readonly remedy: string;
}> {
  override get message(): string {
    return `${this.path}: ${this.what} cannot be read (${this.reason}). ${this.remedy}`;
  }
}

/** A file that is faulty in itself, or does not fit what it speaks of; every problem is listed. */
export class FileFaulty extends Data.TaggedError("FileFaulty")<{
  readonly path: string;
  readonly problems: readonly YamlProblem[];
}> {
  override get message(): string {
    return this.problems
      .map(({ line, column, message }) => `${this.path}:${line}:${column}: ${message}`)
      .join("\n");
  }
}

/** What a file should be, and what to give in place of one that cannot be read. */
export interface FileKind {
  readonly what: string;
  readonly remedy: string;
}

/**
 * Reads a YAML file by a schema; all its problems at once, each with line and column.
 *
 * @param conflictsOf further faults of a document that is sound in itself
 */
export const readYamlFile = Effect.fn("readYamlFile")(function* <S extends Schema.Codec<unknown, unknown>>(
  schema: S,
  path: string,
  kind: FileKind,
  conflictsOf?: (decoded: S["Type"]) => readonly YamlConflict[],
) {
  const files = yield* FileSystem.FileSystem;
  const text = yield* files
    .readFileString(path)
    .pipe(Effect.mapError((cause) => new FileUnreadable({ path, ...kind, reason: fileTrouble(cause) })));
  return yield* Effect.mapError(
    Effect.fromResult(decodeYaml(schema, text, conflictsOf)),
    (problems) => new FileFaulty({ path, problems }),
  );
});

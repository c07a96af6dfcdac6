import { createHash } from "node:crypto";
import { Effect, FileSystem, Schema } from "effect";
import { ArtefactError, openArtefact, type OpenConditions } from "../edge/index.ts";
import { fileTrouble } from "../ingest/fileTrouble.ts";

/** The artefact cannot be read, or is not one that can be taken for what is asked. */
export class ArtefactRefused extends Schema.TaggedError<ArtefactRefused>()("ArtefactRefused", {
  path: Schema.String,
  reason: Schema.String,
  /** Of an artefact that was read and refused by a condition; absent where it could not be read. */
  problem: Schema.optionalKey(Schema.String),
}) {
  override get message(): string {
    return `${this.path}: ${this.reason}`;
  }
}

/** Reads and opens an artefact file; see `openArtefact` for the conditions. */
export const readArtefact = Effect.fn("readArtefact")(function* (path: string, conditions?: OpenConditions) {
  const files = yield* FileSystem.FileSystem;
  const refused = (reason: string, problem?: string) =>
    new ArtefactRefused({ path, reason, ...(problem !== undefined && { problem }) });
  const bytes = yield* files
    .readFile(path)
    .pipe(
      Effect.mapError((cause) =>
        refused(`the artefact cannot be read (${fileTrouble(cause)}). Give the path of a model.ordinance`),
      ),
    );
  const artefact = yield* Effect.try({
    try: () =>
      openArtefact(bytes, { sha256: (given) => createHash("sha256").update(given).digest(), ...conditions }),
    catch: (cause) => cause,
  }).pipe(
    Effect.catch((cause) =>
      cause instanceof ArtefactError ? Effect.fail(refused(cause.message, cause.problem)) : Effect.die(cause),
    ),
  );
  return { artefact, bytes };
});

/** Proves an exported artefact again, or replays one window of a proof. */
import { Effect, FileSystem, Schema } from "effect";
import { ArtefactError } from "../edge/index.ts";
import type { ProofReport } from "../verify/ProofReport.ts";
import { loadRunPanel } from "./loadRunPanel.ts";
import { prepareRun } from "./prepareRun.ts";
import { timedStage } from "./Progress.ts";
import { proveRun } from "./proveRun.ts";
import { readPipeline } from "./readPipeline.ts";

/** The artefact cannot be read, or is not one that this pipeline's rules can judge. */
export class ArtefactRefused extends Schema.TaggedError<ArtefactRefused>()("ArtefactRefused", {
  path: Schema.String,
  reason: Schema.String,
}) {
  override get message(): string {
    return `${this.path}: ${this.reason}`;
  }
}

export interface VerifyOptions {
  readonly artefactPath: string;
  readonly pipelinePath: string;
  readonly seed?: number;
  readonly windows?: number;
  /** Replays the one window of this path. */
  readonly path?: string;
}

export const verifyArtefact = Effect.fn("verifyArtefact")(function* (options: VerifyOptions) {
  const files = yield* FileSystem.FileSystem;
  const refused = (reason: string) => new ArtefactRefused({ path: options.artefactPath, reason });
  const bytes = yield* files
    .readFile(options.artefactPath)
    .pipe(Effect.mapError((cause) => refused(`cannot be read (${cause.message})`)));
  const pipeline = yield* readPipeline(options.pipelinePath);
  const { result: run } = yield* timedStage(
    "Reading",
    Effect.flatMap(loadRunPanel(pipeline, options.pipelinePath), (loaded) =>
      prepareRun(pipeline, options.pipelinePath, loaded),
    ),
  );
  const proving = yield* timedStage(
    "Proving",
    proveRun(run, bytes, {
      artefactPath: options.artefactPath,
      windows: options.windows ?? pipeline.proof.windows,
      seed: options.seed ?? pipeline.proof.seed,
      ...(options.path !== undefined && { path: options.path }),
    }).pipe(
      Effect.catchDefect((defect) =>
        defect instanceof ArtefactError || defect instanceof RangeError
          ? Effect.fail(refused(defect.message))
          : Effect.die(defect),
      ),
    ),
  );
  return proving.result satisfies ProofReport;
});

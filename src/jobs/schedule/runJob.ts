import { Effect, FileSystem, Path } from "effect";
import { instantFolder } from "../instantFolder.ts";
import { Progress } from "../Progress.ts";
import { runPipeline } from "../runPipeline.ts";
import { resultFolders } from "./resultFolders.ts";
import { JobFailed, type JobOutcome } from "./ScheduledJob.ts";

export interface RunJobOptions {
  readonly pipelinePath: string;
  /** Folder that gets the runs, each named by its instant. */
  readonly home: string;
  readonly productVersion: string;
}

/** Folder, beside the results, of runs that are not finished: with their checkpoints they go on after a stop. */
const UNDER_WAY = "under-way";

/** Trains a pipeline anew at each instant, on the readings that its card has then; a run whose proof fails is no result. */
export const runJob = ({ home, pipelinePath, productVersion }: RunJobOptions) => ({
  ...resultFolders(home),
  run: (instantMs: number) =>
    Effect.gen(function* () {
      const files = yield* FileSystem.FileSystem;
      const path = yield* Path.Path;
      const out = path.join(home, UNDER_WAY, instantFolder(instantMs));
      const { folder, summary } = yield* runPipeline({ pipelinePath, out, productVersion });
      const result = path.join(home, instantFolder(instantMs));
      yield* files.rename(folder, result);
      yield* Effect.ignore(files.remove(out, { recursive: true }));
      const { failures, windows } = summary.proof;
      return {
        verdict: "holds",
        summary: `proved on ${windows} windows, ${failures} failures; ${result}`,
      } satisfies JobOutcome;
    }).pipe(
      Effect.mapError((error) => new JobFailed({ reason: error.message })),
      Effect.provide(Progress.silent),
    ),
});

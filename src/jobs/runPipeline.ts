/** The main job: readings in; forecast, report, artefact and proof out. */
import { Effect, Path } from "effect";
import { describeIntake } from "../ingest/IntakeReport.ts";
import type { RunSummary } from "../report/RunSummary.ts";
import { loadRunPanel } from "./loadRunPanel.ts";
import { prepareRun } from "./prepareRun.ts";
import { describeBaseline } from "./chooseBaseline.ts";
import { Progress, timedStage } from "./Progress.ts";
import { readPipeline } from "./readPipeline.ts";
import { ensureWritable } from "./RunDirectory.ts";
import { describeUnseen } from "./unseenSensors.ts";

export interface RunOptions {
  readonly pipelinePath: string;
  /** Folder that gets PIPELINE/INSTANT. */
  readonly out: string;
  readonly productVersion: string;
}

export interface RunResult {
  readonly folder: string;
  readonly reportPath: string;
  readonly summary: RunSummary;
}

/** Runs a pipeline from its file to its folder of results. */
export const runPipeline = Effect.fn("runPipeline")(function* (options: RunOptions) {
  const path = yield* Path.Path;
  const progress = yield* Progress;
  const pipeline = yield* readPipeline(options.pipelinePath);
  const home = path.join(options.out, pipeline.name);
  yield* ensureWritable(home);

  const read = yield* timedStage(
    "Reading",
    Effect.flatMap(loadRunPanel(pipeline, options.pipelinePath), (loaded) =>
      prepareRun(pipeline, options.pipelinePath, loaded),
    ),
  );
  const run = read.result;
  describeIntake(run.loaded.report).forEach((line) => progress.note(`  ${line}`));
  if (run.comparedBaselines.length > 0) {
    const compared = run.comparedBaselines.map(describeBaseline).join(", ");
    progress.note(`  Baseline by its error on the validation span (persistence = 1): ${compared}`);
  }
  describeUnseen(run.unseen).forEach((line) => progress.note(`  ${line}`));
  const untrained = run.rules.rules.filter(({ bound }) =>
    run.seen.rules.every(({ name }) => name !== bound.name),
  );
  untrained.forEach(({ bound }) =>
    progress.note(
      `  rule ${bound.name} cannot be put to the seen sensors alone: it is enforced, not trained`,
    ),
  );
  if (run.rules.warnings !== "") progress.note(run.rules.warnings);

  // Loaded when all is in order: a fault of pipeline, data or rules is told before the tensor library is there.
  const { completeRun } = yield* Effect.promise(() => import("./completeRun.ts"));
  return yield* completeRun(run, home, read.timing.seconds, options);
});

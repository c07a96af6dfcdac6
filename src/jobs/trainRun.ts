/** Trains the forecaster of a run, going on from its checkpoint where there is one. */
import { Effect, FileSystem, Path } from "effect";
import { createHash } from "node:crypto";
import type { Engine } from "../model/engine.ts";
import { extendEmbedding } from "../model/extendEmbedding.ts";
import type { Parameters } from "../model/Parameters.ts";
import { type Checkpoint, decodeCheckpoint, encodeCheckpoint } from "../train/Checkpoint.ts";
import { type TrainedForecaster, trainForecaster, type TrainingJob } from "../train/trainForecaster.ts";
import { ruleGradientCosines } from "../train/ruleGradientCosines.ts";
import type { EpochRecord } from "../train/TrainingSettings.ts";
import { CHECKPOINT_FILE } from "./checkpointFile.ts";
import type { PreparedRun } from "./prepareRun.ts";
import { taughtWindows } from "./taughtWindows.ts";
import { Progress } from "./Progress.ts";
import { writeFileAtomically } from "./RunDirectory.ts";

export interface TrainedRun extends TrainedForecaster {
  /** How each trained rule's gradient lies to that of the forecast loss, by name; see {@link ruleGradientCosines}. */
  readonly ruleCosines: ReadonlyMap<string, number>;
}

/** Hash of everything that training depends on: a checkpoint with another one belongs to another training. */
export const trainingFingerprint = (run: PreparedRun, engine: string): string =>
  createHash("sha256")
    .update(
      JSON.stringify({
        data: run.loaded.sha256,
        from: run.panel.startMs,
        steps: run.panel.steps,
        rules: run.rules.texts,
        forecast: run.pipeline.forecast,
        shares: [run.pipeline.validationShare, run.pipeline.testShare],
        shape: run.shape,
        settings: run.settings,
        embedding: run.embedding.choice,
        engine,
      }),
    )
    .digest("hex");

/**
 * Trains on the seen sensors, saving a checkpoint in `folder` after each epoch; the checkpoint stays until
 * `forgetCheckpoint`. The result has a vector for every sensor: an unseen one has the mean of the others'.
 */
export const trainRun = Effect.fn("trainRun")(function* (run: PreparedRun, folder: string, engine: Engine) {
  const files = yield* FileSystem.FileSystem;
  const path = yield* Path.Path;
  const progress = yield* Progress;
  const file = path.join(folder, CHECKPOINT_FILE);
  const fingerprint = trainingFingerprint(run, engine.name);

  let checkpoint: Checkpoint | undefined;
  if (yield* files.exists(file)) {
    const found = decodeCheckpoint(yield* files.readFileString(file));
    if (found?.fingerprint === fingerprint) {
      checkpoint = found;
      progress.note(`Resuming from ${file}: ${found.history.length} epochs are done.`);
    } else {
      progress.note(`${file} belongs to another training (data, rules or settings differ); starting anew.`);
    }
  }
  const { seen } = run;
  const job: TrainingJob = {
    data: seen.data,
    shape: seen.shape,
    rules: seen.rules,
    training: run.spans.training,
    validation: run.spans.validation,
    settings: run.settings,
    fingerprint,
    run: engine.run,
    ...(run.embedding.choice && { embedding: run.embedding.choice }),
    ...(checkpoint !== undefined && { checkpoint }),
  };
  const startedAt = performance.now();
  const trained = yield* trainForecaster(job, {
    save: (state) => writeFileAtomically(file, encodeCheckpoint(state)),
    progress: (done, latest, loss) =>
      progress.update(
        done,
        latest === undefined
          ? `loss ${loss.toFixed(3)}`
          : `loss ${loss.toFixed(3)}, validation ${latest.validationLoss.toFixed(3)}, rules kept ${percent(latest.ruleSatisfaction)}${untaughtText(latest)}`,
      ),
  });
  if (run.settings.rules.teacher !== undefined) {
    const seconds = (performance.now() - startedAt) / 1000;
    progress.note(`  ${teacherNote(trained, seconds)}`);
  }
  const { teacher, weight } = run.settings.rules;
  // Without their robustness in the loss there is no gradient of it to compare.
  const trainsRules = weight > 0 && teacher?.alone !== true && seen.rules.length > 0;
  const cosines = trainsRules ? ruleGradientCosines(job, trained.ternary) : [];
  const forAllSensors = (parameters: Parameters): Parameters =>
    run.unseen.length === 0 ? parameters : extendEmbedding(parameters, seen.places, run.shape.sensors);
  return {
    ...trained,
    float: forAllSensors(trained.float),
    ternary: forAllSensors(trained.ternary),
    ruleCosines: new Map(cosines.map((cosine, rule) => [seen.rules[rule]!.name, cosine])),
  } satisfies TrainedRun;
});

const untaughtText = ({ teacher }: EpochRecord): string =>
  teacher === undefined || teacher.untaught === 0
    ? ""
    : `, ${teacher.untaught} of ${teacher.windows} not wholly taught`;

const teacherNote = ({ history, teacherSeconds }: TrainedForecaster, seconds: number): string => {
  const { untaught, windows } = taughtWindows(history);
  return `The teacher was given ${windows} forecasts and had to leave out a rule for ${untaught} of them; it took ${percent(teacherSeconds / seconds)} of the training's time`;
};

const percent = (share: number): string =>
  Number.isNaN(share) ? "not judged" : `${(share * 100).toFixed(1)} %`;

/** Trains, ternarises, compiles and calibrates the model of a fold. */
import { Effect } from "effect";
import { ArtefactError, createRuntime, openArtefact } from "../../edge/index.ts";
import { selectEngine } from "../../model/engine.ts";
import { calibrationOrigins } from "../calibrationOrigins.ts";
import { compileRun } from "../compileRun.ts";
import { conformalOffsets } from "../conformalOffsets.ts";
import { deviceForecasts } from "../deviceForecasts.ts";
import type { PreparedRun } from "../prepareRun.ts";
import { Progress, timedStage } from "../Progress.ts";
import { quantileLevels } from "../quantileLevels.ts";
import { trainRun } from "../trainRun.ts";
import { BacktestRefused } from "./BacktestRefused.ts";
import { encodeOffsets, FoldModel } from "./FoldModel.ts";

/** @param folder keeps the checkpoint of the training */
export const trainFold = Effect.fn("trainFold")(function* (run: PreparedRun, folder: string) {
  const progress = yield* Progress;
  const { data, pipeline, seen, spans } = run;
  const engine = yield* Effect.promise(() =>
    selectEngine(pipeline.training.engine, pipeline.training.threads),
  );
  const { result: trained } = yield* timedStage("Training", trainRun(run, folder, engine));
  const bytes = yield* Effect.try({
    try: () => compileRun(run, trained.ternary),
    catch: (cause) => cause,
  }).pipe(
    Effect.catch((cause) =>
      cause instanceof ArtefactError
        ? Effect.fail(new BacktestRefused({ reasons: [cause.message] }))
        : Effect.die(cause),
    ),
  );
  const origins = calibrationOrigins(data, spans.validation);
  const { result: device } = yield* timedStage(
    "Calibrating",
    deviceForecasts(createRuntime(openArtefact(bytes)), data, origins, (done) =>
      progress.update(done, "device"),
    ),
  );
  const levels = quantileLevels(pipeline).all;
  return new FoldModel({
    artefact: Buffer.from(bytes).toString("base64"),
    issued: encodeOffsets(conformalOffsets(data, origins, device.shielded, levels, seen.places)),
    unshielded: encodeOffsets(conformalOffsets(data, origins, device.raw, levels, seen.places)),
  });
});

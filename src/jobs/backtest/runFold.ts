/** One fold from its readings to its file, going on from what lies there already. */
import { Effect, FileSystem, Path, Result, Schema } from "effect";
import { ensureWritable, writeFileAtomically } from "../RunDirectory.ts";
import type { BacktestOptions } from "./BacktestOptions.ts";
import { foldFingerprint, modelFingerprint } from "./foldFingerprint.ts";
import { FoldModel } from "./FoldModel.ts";
import { type OpenBacktest, openBacktest } from "./openBacktest.ts";
import type { Fold } from "./planFolds.ts";
import { prepareFold } from "./prepareFold.ts";
import { readFoldSums } from "./readFoldSums.ts";
import { scoreFold } from "./scoreFold.ts";
import { takeFold } from "./takeFold.ts";
import { trainFold } from "./trainFold.ts";

/** Folder of the folds' files, below that of the backtest. */
export const FOLDS_FOLDER = "folds";

export const foldFile = (fold: Fold, fingerprint: string): string =>
  `fold-${fold.index + 1}-${fingerprint}.json`;

/**
 * Several may run at once, in a folder that is there. A fold that another process is at is waited for, and left alone where
 * that one has brought it to its end.
 *
 * @param index of the fold, from 0
 */
export const runFold = Effect.fn("runFold")(function* (options: BacktestOptions, index: number) {
  const path = yield* Path.Path;
  const backtest = yield* openBacktest(options);
  const fold = backtest.folds[index]!;
  const folder = path.join(backtest.home, FOLDS_FOLDER);
  yield* takeFold(folder, index);
  const fingerprint = foldFingerprint(backtest, fold);
  const file = path.join(folder, foldFile(fold, fingerprint));
  if ((yield* readFoldSums(file)) !== undefined) return;
  const model = yield* modelOfFold(backtest, backtest.folds[fold.modelOf]!, folder);
  const sums = yield* scoreFold(yield* prepareFold(backtest, fold), fold, fingerprint, model);
  yield* writeFileAtomically(file, JSON.stringify(sums));
}, Effect.scoped);

/** The model of a fold from its file, or trained now; a training that was stopped goes on from its checkpoint. */
export const modelOfFold = Effect.fn("modelOfFold")(function* (
  backtest: OpenBacktest,
  fold: Fold,
  folder: string,
) {
  const files = yield* FileSystem.FileSystem;
  const path = yield* Path.Path;
  const name = `model-${modelFingerprint(backtest, fold)}`;
  const file = path.join(folder, `${name}.json`);
  if (yield* files.exists(file)) {
    const text = yield* files.readFileString(file);
    const found = Schema.decodeUnknownResult(Schema.fromJsonString(FoldModel))(text);
    if (Result.isSuccess(found)) return found.success;
  }
  const training = path.join(folder, `${name}.training`);
  yield* ensureWritable(training);
  const model = yield* trainFold(yield* prepareFold(backtest, fold), training);
  yield* writeFileAtomically(file, JSON.stringify(model));
  yield* files.remove(training, { recursive: true, force: true });
  return model;
});

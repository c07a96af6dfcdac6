/** A whole backtest: a process for each fold that is missing, then the scores of all together. */
import { Effect, FileSystem, Path, Schema, Stream } from "effect";
import { ChildProcess } from "effect/process";
import type { BacktestSummary } from "../../report/backtest/BacktestSummary.ts";
import { renderBacktest } from "../../report/backtest/renderBacktest.ts";
import { fileTrouble } from "../../ingest/fileTrouble.ts";
import { lockFolder } from "../../ingest/lockFolder.ts";
import { Progress } from "../Progress.ts";
import { ensureWritable, writeFileAtomically } from "../RunDirectory.ts";
import type { BacktestOptions } from "./BacktestOptions.ts";
import { BacktestRefused } from "./BacktestRefused.ts";
import { foldFingerprint } from "./foldFingerprint.ts";
import { foldMemory } from "./foldMemory.ts";
import { foldsAtOnce } from "./foldsAtOnce.ts";
import type { FoldSums } from "./FoldSums.ts";
import { mergeFolds } from "./mergeFolds.ts";
import { type OpenBacktest, openBacktest } from "./openBacktest.ts";
import type { Fold } from "./planFolds.ts";
import { prepareFold } from "./prepareFold.ts";
import { readFoldSums } from "./readFoldSums.ts";
import { foldFile, FOLDS_FOLDER } from "./runFold.ts";
import { scoreRows } from "./scoreRows.ts";
import { scoresToParquet } from "./scoresToParquet.ts";
import { summariseBacktest } from "./summariseBacktest.ts";
import { runningFolder } from "./takeFold.ts";

/** A fold could not be brought to its end. */
export class FoldFailed extends Schema.TaggedError<FoldFailed>()("FoldFailed", {
  fold: Schema.Number,
  said: Schema.String,
}) {
  override get message(): string {
    return `fold ${this.fold} did not end well; what is done is kept, and the same command goes on from there. It said:\n${this.said.trim()}`;
  }
}

export interface BacktestResult {
  readonly folder: string;
  readonly reportPath: string;
  readonly summary: BacktestSummary;
}

/**
 * Runs every fold whose file is not there, at most `jobs` at once, and writes scores and report of all.
 *
 * @param foldWords the words after `node` that run one fold, counted from 0, as `runFold` does
 */
export const runBacktest = Effect.fn("runBacktest")(function* (
  options: BacktestOptions,
  jobs: number,
  foldWords: (fold: number) => readonly string[],
) {
  const path = yield* Path.Path;
  const progress = yield* Progress;
  progress.stage("Reading");
  const backtest = yield* openBacktest(options);
  const { folds, home } = backtest;
  const folder = path.join(home, FOLDS_FOLDER);
  yield* ensureWritable(folder);
  yield* runAlone(home);
  const file = (fold: Fold): string => path.join(folder, foldFile(fold, foldFingerprint(backtest, fold)));
  const missing: Fold[] = [];
  for (const fold of folds) if ((yield* readFoldSums(file(fold))) === undefined) missing.push(fold);
  if (missing.length < folds.length) {
    progress.note(`  ${folds.length - missing.length} of ${folds.length} folds are done already`);
  }
  const atOnce = yield* foldsThatFit(backtest, missing, jobs);

  progress.stage("Folds");
  let done = folds.length - missing.length;
  const run = Effect.fnUntraced(function* (fold: Fold) {
    yield* runProcess(fold.index, foldWords(fold.index));
    done++;
    progress.update(done / folds.length, `${done} of ${folds.length}`);
  });
  // Where one model serves all folds, the first process trains it, and the others find it.
  const alone = folds.some(({ index, modelOf }) => modelOf !== index) ? missing.slice(0, 1) : [];
  yield* Effect.forEach(alone, run, { discard: true });
  yield* Effect.forEach(missing.slice(alone.length), run, { concurrency: atOnce, discard: true });

  progress.stage("Writing");
  const sums: FoldSums[] = [];
  for (const fold of folds) {
    const found = yield* readFoldSums(file(fold));
    if (found === undefined) {
      return yield* new FoldFailed({ fold: fold.index + 1, said: `it left no ${file(fold)}` });
    }
    sums.push(found);
  }
  const rows = [
    ...scoreRows("all", mergeFolds(sums)),
    ...sums.flatMap((fold) => scoreRows(String(fold.fold), fold)),
  ];
  const summary = summariseBacktest(backtest, sums);
  const reportPath = path.join(home, "report.html");
  const text = JSON.stringify({ ...summary, scores: rows });
  yield* writeFileAtomically(path.join(home, "scores.json"), text);
  yield* writeFileAtomically(path.join(home, "scores.parquet"), scoresToParquet(rows));
  yield* writeFileAtomically(reportPath, renderBacktest(summary));
  const files = yield* FileSystem.FileSystem;
  for (const { index } of folds) {
    yield* Effect.ignore(
      files.remove(path.join(folder, runningFolder(index)), { recursive: true, force: true }),
    );
  }
  progress.end();
  return { folder: home, reportPath, summary } satisfies BacktestResult;
}, Effect.scoped);

/** How many folds may run at once. What pipeline, data and rules get wrong is told here, before a process is started. */
const foldsThatFit = Effect.fnUntraced(function* (
  backtest: OpenBacktest,
  missing: readonly Fold[],
  jobs: number,
) {
  const progress = yield* Progress;
  // The first one has the least to train on, the last one reads most.
  let bytes = 0;
  for (const fold of new Set([...missing.slice(0, 1), ...missing.slice(-1)])) {
    bytes = foldMemory(yield* prepareFold(backtest, fold), backtest.loaded.panel);
  }
  const { count, note } = foldsAtOnce(
    Math.max(1, Math.min(jobs, missing.length)),
    bytes,
    process.availableMemory(),
  );
  if (note !== undefined) progress.note(`  ${note}`);
  return count;
});

/** Takes the folder for this process until the scope closes: two backtests would write over each other's results. */
const runAlone = Effect.fnUntraced(function* (home: string) {
  const progress = yield* Progress;
  const notes = yield* lockFolder(home).pipe(
    Effect.mapError(
      (error) =>
        new BacktestRefused({
          reasons: [
            error._tag === "FolderLocked"
              ? `${home}: another backtest is at work there (${error.reason}) Or give this one another --out`
              : `${home}: it cannot be used (${fileTrouble(error)}); give a folder that may be written to with --out`,
          ],
        }),
    ),
  );
  if (notes.length > 0) progress.note("  a backtest was killed here; this one goes on with what it left");
});

/** Runs `node` with these words to its end; ended with the effect, where that is interrupted. */
const runProcess = (index: number, words: readonly string[]) =>
  Effect.scoped(
    Effect.gen(function* () {
      const child = yield* ChildProcess.make(process.execPath, [...process.execArgv, ...words], {
        // Held open for as long as this process lives: see `endWithParent`.
        stdin: "pipe",
        stdout: "ignore",
        stderr: "pipe",
      });
      const said = yield* Stream.mkString(Stream.decodeText(child.stderr));
      const status = yield* child.exitCode;
      if (status !== 0) return yield* new FoldFailed({ fold: index + 1, said });
    }),
  );

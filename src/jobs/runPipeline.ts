/** The main job: readings in; forecast, report, artefact and proof out. */
import { Effect, Path, Schema } from "effect";
import { ArtefactError, createRuntime, openArtefact } from "../edge/index.ts";
import { describeIntake } from "../ingest/IntakeReport.ts";
import { selectBackend } from "../model/backend.ts";
import { renderReport } from "../report/renderReport.ts";
import type { RunSummary } from "../report/RunSummary.ts";
import { backtestRun } from "./backtestRun.ts";
import { compileRun, issueInstantMs } from "./compileRun.ts";
import { forecastToArrow, forecastToParquet } from "./ForecastTable.ts";
import { issueForecast } from "./issueForecast.ts";
import { loadRunPanel } from "./loadRunPanel.ts";
import { modelCard } from "./modelCard.ts";
import { prepareRun } from "./prepareRun.ts";
import { Progress, timedStage } from "./Progress.ts";
import { proveRun, summariseProof } from "./proveRun.ts";
import { readPipeline } from "./readPipeline.ts";
import { ensureWritable, writeRunDirectory } from "./RunDirectory.ts";
import { summariseRun } from "./summariseRun.ts";
import { forgetCheckpoint, trainRun } from "./trainRun.ts";

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

/** The artefact breaks its rules: it is not exported. The report tells more. */
export class ProofFailed extends Schema.TaggedError<ProofFailed>()("ProofFailed", {
  failures: Schema.Number,
  windows: Schema.Number,
  replayCommand: Schema.String,
  reportPath: Schema.String,
}) {
  override get message(): string {
    return `the proof failed on ${this.failures} of ${this.windows} windows, so no artefact was exported; see ${this.reportPath}, or replay the smallest with \`${this.replayCommand}\``;
  }
}

/** The trained model or its rules do not fit the device's integers. */
export class ExportRefused extends Schema.TaggedError<ExportRefused>()("ExportRefused", {
  reason: Schema.String,
}) {
  override get message(): string {
    return this.reason;
  }
}

const ARTEFACT_FILE = "edge/model.ordinance";
/** Name of an artefact whose proof failed: kept for replaying the failure, not for a device. */
const REFUSED_FILE = "edge/refused.ordinance";

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
  if (run.rules.warnings !== "") progress.note(run.rules.warnings);
  const backend = yield* Effect.promise(() => selectBackend());

  const training = yield* timedStage(`Training (${backend.name})`, trainRun(run, home, backend.name));
  const trained = training.result;
  const bytes = yield* Effect.try({
    try: () => compileRun(run, trained.ternary),
    catch: (cause) => cause,
  }).pipe(
    Effect.catch((cause) =>
      cause instanceof ArtefactError
        ? Effect.fail(new ExportRefused({ reason: cause.message }))
        : Effect.die(cause),
    ),
  );
  const artefact = openArtefact(bytes);
  const runtime = createRuntime(artefact);
  const backtest = yield* timedStage("Testing", backtestRun(run, trained, runtime));

  const instant = new Date(issueInstantMs(run)).toISOString();
  const folder = path.join(home, instant.slice(0, 19).replaceAll(":", "-") + "Z");
  const artefactPath = path.join(folder, ARTEFACT_FILE);
  const refusedPath = path.join(folder, REFUSED_FILE);
  const proving = yield* timedStage(
    "Proving",
    proveRun(run, bytes, { artefactPath, windows: pipeline.proof.windows, seed: pipeline.proof.seed }),
  );
  const proof = proving.result;

  const writing = yield* timedStage(
    "Writing",
    Effect.gen(function* () {
      const forecast = issueForecast(run, runtime, backtest.result.conformal);
      const summary = summariseRun(
        run,
        trained,
        bytes,
        artefact,
        backtest.result,
        summariseProof(proof, artefactPath, options.pipelinePath),
        backend.name,
        [read.timing, training.timing, backtest.timing, proving.timing],
      );
      const proofText = `${JSON.stringify(proof, undefined, 2)}\n`;
      yield* writeRunDirectory(folder, {
        "forecast.parquet": forecastToParquet(forecast),
        "forecast.arrow": forecastToArrow(forecast),
        "report.html": renderReport(summary),
        "card.json": modelCard(run, summary, options.productVersion),
        "edge/proof.json": proofText,
        [proof.passed ? ARTEFACT_FILE : REFUSED_FILE]: bytes,
      });
      yield* forgetCheckpoint(home);
      return summary;
    }),
  );
  progress.end();
  const reportPath = path.join(folder, "report.html");
  if (!proof.passed) {
    return yield* new ProofFailed({
      failures: proof.failures,
      windows: proof.judged,
      replayCommand: proof.counterexample?.replayCommand.replace(artefactPath, refusedPath) ?? "",
      reportPath,
    });
  }
  return { folder, reportPath, summary: writing.result } satisfies RunResult;
});

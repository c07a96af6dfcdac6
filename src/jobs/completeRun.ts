/** The part of the main job that needs the tensor library: trains, compiles, judges, proves and writes. */
import { Effect, Path, Schema } from "effect";
import { freemem } from "node:os";
import { ArtefactError, createRuntime, openArtefact } from "../edge/index.ts";
import { selectEngine } from "../model/engine.ts";
import { renderReport } from "../report/renderReport.ts";
import { backtestRun } from "./backtestRun.ts";
import { compileRun, issueInstantMs } from "./compileRun.ts";
import { DEPLOYED_MODEL_FILE, deployedModelText } from "./forecast/DeployedModel.ts";
import { tableToArrow } from "./tableToArrow.ts";
import { tableToParquet } from "./tableToParquet.ts";
import { instantFolder } from "./instantFolder.ts";
import { basisOfRun } from "./IssueBasis.ts";
import { issueAlarms } from "./issueAlarms.ts";
import { issueQuantiles } from "./issueQuantiles.ts";
import { issueForecast } from "./issueForecast.ts";
import { memoryOfRun } from "./memoryOfRun.ts";
import { memoryNote, MemoryRefused, memoryWarning } from "./memoryNote.ts";
import { modelCard } from "./modelCard.ts";
import type { PreparedRun } from "./prepareRun.ts";
import { Progress, timedStage } from "./Progress.ts";
import { proofText } from "./ProofSignature.ts";
import { proveRun, summariseProof } from "./proveRun.ts";
import { ARTEFACT_FILE, writeRunDirectory } from "./RunDirectory.ts";
import type { RunOptions, RunResult } from "./runPipeline.ts";
import { summariseRun } from "./summariseRun.ts";
import { forgetCheckpoint } from "./checkpointFile.ts";
import { trainRun } from "./trainRun.ts";
import { referenceOfRun } from "./watch/referenceOfRun.ts";

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

/** Name of an artefact whose proof failed: kept for replaying the failure, not for a device. */
const REFUSED_FILE = "edge/refused.ordinance";

/**
 * Brings a prepared run to its folder of results below `home`.
 *
 * @param readingSeconds how long its data took to read
 */
export const completeRun = Effect.fn("completeRun")(function* (
  run: PreparedRun,
  home: string,
  readingSeconds: number,
  options: RunOptions,
) {
  const path = yield* Path.Path;
  const progress = yield* Progress;
  const { pipeline } = run;
  const engine = yield* Effect.promise(() =>
    selectEngine(pipeline.training.engine, pipeline.training.threads),
  );

  const memory = memoryOfRun(run, engine.name === "fused");
  progress.note(`  ${memoryNote(memory)}${engine.name === "fused" ? "" : "; tensors are not counted"}`);
  if (memory.wasm > memory.wasmLimit) {
    return yield* new MemoryRefused({ needed: memory.wasm, limit: memory.wasmLimit });
  }
  const warning = memoryWarning(memory, freemem());
  if (warning !== undefined) progress.note(`  ${warning}`);

  const training = yield* timedStage(`Training (${engine.name})`, trainRun(run, home, engine));
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
  const backtest = yield* timedStage("Testing", backtestRun(run, trained, artefact, runtime, engine.run));

  const folder = path.join(home, instantFolder(issueInstantMs(run)));
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
      const basis = basisOfRun(run);
      const { issued } = issueQuantiles(basis, runtime, backtest.result.conformal);
      const forecast = issueForecast(basis, issued);
      const summary = summariseRun(
        run,
        trained,
        bytes,
        artefact,
        backtest.result,
        summariseProof(proof, artefactPath, options.pipelinePath),
        engine.name,
        memory,
        [{ stage: "Reading", seconds: readingSeconds }, training.timing, backtest.timing, proving.timing],
      );
      yield* writeRunDirectory(folder, {
        "forecast.parquet": tableToParquet(forecast),
        "forecast.arrow": tableToArrow(forecast),
        ...(pipeline.alarms !== undefined && { "alarms.json": issueAlarms(basis, issued) }),
        "report.html": renderReport(summary),
        [DEPLOYED_MODEL_FILE]: deployedModelText(
          run,
          artefact.sha256,
          backtest.result.conformal,
          referenceOfRun(run, backtest.result),
          options.productVersion,
        ),
        "card.json": modelCard(run, summary, options.productVersion),
        "edge/proof.json": proofText(proof),
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

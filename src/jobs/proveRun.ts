import { Effect } from "effect";
import type { RunSummary } from "../report/RunSummary.ts";
import { contextSteps, type Readings } from "../series/features.ts";
import { createRuleEvaluator } from "../stl/index.ts";
import { originsOf } from "../train/originWindows.ts";
import type { ProofReport } from "../verify/ProofReport.ts";
import type { Judge } from "../verify/Judge.ts";
import { proveArtefact } from "../verify/prove.ts";
import type { WindowKind } from "../verify/WindowKind.ts";
import type { WindowProvider } from "../verify/windows.ts";
import type { PreparedRun } from "./prepareRun.ts";
import { Progress } from "./Progress.ts";

export interface ProveOptions {
  /** How the artefact is called in the replay command. */
  readonly artefactPath: string;
  readonly windows: number;
  readonly seed: number;
  /** All kinds of windows where left out. */
  readonly kind?: WindowKind;
  /** Replays the one window of this path. */
  readonly path?: string;
}

/** Proves an artefact on windows made from the run's test span, judged by the rule engine in physical units. */
export const proveRun = Effect.fn("proveRun")(function* (
  run: PreparedRun,
  bytes: Uint8Array,
  options: ProveOptions,
) {
  const progress = yield* Progress;
  return yield* Effect.promise(() =>
    proveArtefact({
      bytes,
      provider: testWindows(run),
      judges: judgesOf(run),
      runs: options.windows,
      seed: options.seed,
      ...(options.kind !== undefined && { kinds: [options.kind] }),
      ...(options.path !== undefined && { path: options.path }),
      confidence: run.pipeline.proof.confidence,
      artefactPath: `${options.artefactPath} --pipeline ${run.pipelinePath}`,
      onProgress: (done, total) => progress.update(done / total, `${done} of ${total} windows`),
    }),
  );
});

/** Every origin of the test span as a real window to start from. */
export const testWindows = (run: PreparedRun): WindowProvider => {
  const { data, spans } = run;
  const context = contextSteps(data.plan);
  const origins = originsOf(data, { from: spans.test.from - 1, to: spans.test.to }, context, 1);
  return {
    count: origins.length,
    window: (index) =>
      cutReadings(data.readings, origins[index]! + 1 - context, context, data.plan.horizonSteps),
  };
};

const cutReadings = (readings: Readings, from: number, steps: number, horizonSteps: number): Readings => {
  const rows = readings.values.length / readings.steps;
  const values = new Float64Array(rows * steps);
  for (let row = 0; row < rows; row++) {
    const at = row * readings.steps + from;
    values.set(readings.values.subarray(at, at + steps), row * steps);
  }
  const clockTo = from + steps + horizonSteps;
  return {
    values,
    steps,
    clock: {
      minuteOfDay: readings.clock.minuteOfDay.subarray(from, clockTo),
      weekday: readings.clock.weekday.subarray(from, clockTo),
      dayNumber: readings.clock.dayNumber.subarray(from, clockTo),
    },
  };
};

/** The rule engine as the judge of each rule of a run. */
export const judgesOf = (run: PreparedRun): Judge[] => {
  const { plan } = run.data;
  const steps = contextSteps(plan) + plan.horizonSteps;
  return run.rules.rules.map(({ bound }) => {
    const evaluator = createRuleEvaluator(bound, steps);
    return {
      rule: bound.name,
      judge: (trace, origin) => evaluator.at(trace.values, trace.clock, origin),
    };
  });
};

/** A proof as the report and the model card tell it. */
export const summariseProof = (
  proof: ProofReport,
  artefactPath: string,
  pipelinePath: string,
): RunSummary["proof"] => ({
  artefactSha256: proof.artefactSha256,
  seed: proof.seed,
  windows: proof.judged,
  failures: proof.failures,
  failureRateBound: proof.failureRateBound,
  confidence: proof.confidence,
  unjudged: proof.unjudged,
  infeasible: proof.infeasible,
  unshieldedFailures: proof.unshieldedFailures,
  kinds: proof.kinds.map(({ kind, judged, ...own }) => ({
    kind,
    windows: judged,
    failures: own.failures,
    unjudged: own.unjudged,
    infeasible: own.infeasible,
    failureRateBound: own.failureRateBound,
    unshieldedFailures: own.unshieldedFailures,
  })),
  replayCommand:
    proof.counterexample?.replayCommand ??
    `ordinance verify ${artefactPath} --pipeline ${pipelinePath} --seed ${proof.seed}`,
  passed: proof.passed,
});

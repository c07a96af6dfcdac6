import { type Formula, robustnessInterval, satisfaction } from "../../src/stl/index.ts";
import { unrollFormula } from "../../src/stl/unroll/unrollFormula.ts";
import { forecastMargin } from "./forecastMargin.ts";
import type { TraceTask } from "./TraceTask.ts";

export interface TraceFigures {
  /** Root mean squared error of the samples that were forecast and measured, all signals together. */
  readonly error: number;
  /** Share of the traces, measured beginning and forecast, that keep the rule, 0..1. */
  readonly kept: number;
  /** Share of those in which missing samples leave it open. */
  readonly open: number;
  /** Mean over all traces of max(0, -robustness), missing samples taken for the best. */
  readonly violation: number;
  /** The least robustness of what was forecast, over all traces (see {@link forecastMargin}). */
  readonly margin: number;
}

/** Judges forecasts by the exact evaluator; all [trace][signal][step]. */
export const judgeTraces = (
  task: TraceTask,
  formula: Formula,
  forecasts: Float64Array,
  truths: Float64Array,
): TraceFigures => {
  const { given, signals, steps } = task;
  const width = signals.length * steps;
  const count = truths.length / width;
  let squares = 0;
  let measured = 0;
  for (let k = 0; k < truths.length; k++) {
    if (k % steps < given || Number.isNaN(truths[k]!)) continue;
    squares += (forecasts[k]! - truths[k]!) ** 2;
    measured++;
  }
  let kept = 0;
  let open = 0;
  let violation = 0;
  let margin = Infinity;
  const unrolled = unrollFormula(formula, steps);
  for (let start = 0; start < truths.length; start += width) {
    const trace = {
      signals: Object.fromEntries(
        signals.map((name, k) => [name, forecasts.subarray(start + k * steps, start + (k + 1) * steps)]),
      ),
    };
    const verdict = satisfaction(formula, trace)[0];
    if (verdict === 1) kept++;
    else if (verdict === -1) open++;
    margin = Math.min(margin, forecastMargin(unrolled, forecasts.subarray(start, start + width), given));
    violation += Math.max(0, -robustnessInterval(formula, trace).upper[0]!);
  }
  return {
    error: Math.sqrt(squares / measured),
    kept: kept / count,
    open: open / count,
    violation: violation / count,
    margin,
  };
};

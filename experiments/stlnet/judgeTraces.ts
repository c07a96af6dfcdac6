import { type Formula, robustness, satisfaction } from "../../src/stl/index.ts";
import { unrollFormula } from "../../src/stl/unroll/unrollFormula.ts";
import { forecastMargin } from "./forecastMargin.ts";
import type { Task } from "./tasks.ts";

export interface TraceFigures {
  /** Root mean squared error of the samples that were forecast, all signals together. */
  readonly error: number;
  /** Share of the traces, measured beginning and forecast, that keep the rule, 0..1. */
  readonly kept: number;
  /** Mean over all traces of max(0, -robustness). */
  readonly violation: number;
  /** The least robustness of what was forecast, over all traces (see {@link forecastMargin}). */
  readonly margin: number;
}

/** Judges forecasts by the exact evaluator; all [trace][signal][step]. */
export const judgeTraces = (
  task: Task,
  formula: Formula,
  forecasts: Float64Array,
  truths: Float64Array,
): TraceFigures => {
  const { given, signals, steps } = task;
  const width = signals.length * steps;
  const count = truths.length / width;
  let squares = 0;
  for (let k = 0; k < truths.length; k++) {
    if (k % steps >= given) squares += (forecasts[k]! - truths[k]!) ** 2;
  }
  let kept = 0;
  let violation = 0;
  let margin = Infinity;
  const unrolled = unrollFormula(formula, steps);
  for (let start = 0; start < truths.length; start += width) {
    const trace = {
      signals: Object.fromEntries(
        signals.map((name, k) => [name, forecasts.subarray(start + k * steps, start + (k + 1) * steps)]),
      ),
    };
    if (satisfaction(formula, trace)[0] === 1) kept++;
    margin = Math.min(margin, forecastMargin(unrolled, forecasts.subarray(start, start + width), given));
    violation += Math.max(0, -robustness(formula, trace)[0]!);
  }
  return {
    error: Math.sqrt(squares / (count * signals.length * (steps - given))),
    kept: kept / count,
    violation: violation / count,
    margin,
  };
};

import type { Plan } from "../plan/Plan.ts";
import type { PlanEvaluator } from "./PlanEvaluator.ts";
import { reachOf } from "../plan/reachOf.ts";
import type { PanelTrace } from "../compile/Site.ts";

/** One value a step, lower <= upper; equal where everything that is read is known. */
export interface RobustnessBounds {
  readonly lower: Float64Array;
  readonly upper: Float64Array;
}

/**
 * Bounds at every step of a trace. The steps whose windows lie within the trace are walked apart from those
 * near its ends, so that one unknown step beyond an end does not make the whole walk carry two bounds.
 */
export const boundsOverTrace = (
  evaluator: PlanEvaluator,
  plan: Plan,
  trace: PanelTrace,
): RobustnessBounds => {
  const { steps, values, clock } = trace;
  const lower = new Float64Array(steps);
  const upper = new Float64Array(steps);
  const reach = reachOf(plan);
  const root = plan.nodes.length - 1;
  const first = Math.max(0, -(reach.first[root] as number));
  const last = steps - 1 - Math.max(0, reach.last[root] as number);
  const walk = (from: number, to: number): void => {
    if (from > to) return;
    const row = evaluator.evaluate(values, clock, from, to);
    const length = to - from + 1;
    lower.set(row.lower.subarray(row.lowerOffset, row.lowerOffset + length), from);
    upper.set(row.upper.subarray(row.upperOffset, row.upperOffset + length), from);
  };
  if (first <= last) {
    walk(0, first - 1);
    walk(first, last);
    walk(last + 1, steps - 1);
  } else walk(0, steps - 1);
  return { lower, upper };
};

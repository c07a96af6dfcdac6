import { boundsOverTrace, type RobustnessBounds } from "./boundsOverTrace.ts";
import type { Formula } from "../compile/parseFormula.ts";
import type { Plan } from "../plan/Plan.ts";
import { type Beyond, PlanEvaluator } from "./PlanEvaluator.ts";
import { type Trace, traceValues } from "./Trace.ts";

/** Evaluators keep their memory between traces of one length. */
const evaluators = new WeakMap<
  Plan,
  Map<string, { readonly steps: number; readonly evaluator: PlanEvaluator }>
>();

const evaluatorOf = (plan: Plan, steps: number, after: Beyond, boolean: boolean): PlanEvaluator => {
  const own = evaluators.get(plan) ?? new Map<string, { steps: number; evaluator: PlanEvaluator }>();
  evaluators.set(plan, own);
  const key = `${after} ${boolean}`;
  const kept = own.get(key);
  if (kept?.steps === steps) return kept.evaluator;
  const evaluator = new PlanEvaluator({ plan, sensorCount: 1, steps, before: "nothing", after, boolean });
  own.set(key, { steps, evaluator });
  return evaluator;
};

const evaluate = (formula: Formula, trace: Trace, boolean: boolean): RobustnessBounds => {
  const { values, steps } = traceValues(formula, trace);
  if (steps === 0) return { lower: new Float64Array(0), upper: new Float64Array(0) };
  const evaluator = evaluatorOf(formula.plan, steps, "nothing", boolean);
  evaluator.evaluate(values, undefined, 0, steps - 1);
  return evaluator.takeRoot();
};

/**
 * Robustness at every sample: how far the formula is from changing its truth, > 0 where it holds.
 *
 * Windows are cut at the ends of the trace (an empty `always` is +inf, an empty `eventually` -inf). NaN where a
 * missing sample leaves it open; {@link robustnessInterval} has the bounds.
 *
 * Throws {@link TraceError} where a signal is absent or lengths differ.
 *
 * @example
 * Array.from(robustness(parseFormula("always[0, 1] x > 1"), { signals: { x: [3, 2, 5] } })); // => [1, 1, 4]
 */
export const robustness = (formula: Formula, trace: Trace): Float64Array => {
  const { lower, upper } = evaluate(formula, trace, false);
  return lower === upper ? lower : lower.map((value, i) => (value === upper[i] ? value : NaN));
};

/**
 * Bounds of the robustness at every sample of a trace that may go on: what is to come, and what is missing, can
 * be anything. Where `lower` > 0 the formula holds whatever comes.
 *
 * @example
 * const { upper } = robustnessInterval(parseFormula("always[0, 1] x > 1"), { signals: { x: [3, 2] } });
 * Array.from(upper); // => [1, 1]
 */
export const robustnessInterval = (formula: Formula, trace: Trace): RobustnessBounds => {
  const { values, steps } = traceValues(formula, trace);
  if (steps === 0) return { lower: new Float64Array(0), upper: new Float64Array(0) };
  const evaluator = evaluatorOf(formula.plan, steps, "unknown", false);
  return boundsOverTrace(evaluator, formula.plan, { values, steps });
};

/**
 * Truth at every sample: 1 true, 0 false, -1 unknown for a missing sample. Unlike the sign of the robustness it
 * tells `<` from `<=`. Windows are cut at the ends of the trace.
 *
 * @example
 * Array.from(satisfaction(parseFormula("x >= 2"), { signals: { x: [1, 2, NaN] } })); // => [0, 1, -1]
 */
export const satisfaction = (formula: Formula, trace: Trace): Int8Array => {
  const { lower, upper } = evaluate(formula, trace, true);
  return Int8Array.from(lower, (value, i) => (value > 0 ? 1 : (upper[i] as number) < 0 ? 0 : -1));
};

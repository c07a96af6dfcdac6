import type { RobustnessBounds } from "./panelRobustness.ts";
import type { Formula } from "./parseFormula.ts";
import { type Beyond, PlanEvaluator } from "./PlanEvaluator.ts";
import { type Trace, traceValues } from "./Trace.ts";

const evaluate = (formula: Formula, trace: Trace, after: Beyond, boolean: boolean): RobustnessBounds => {
  const { values, steps } = traceValues(formula, trace);
  if (steps === 0) return { lower: new Float64Array(0), upper: new Float64Array(0) };
  const { plan } = formula;
  const evaluator = new PlanEvaluator({ plan, sensorCount: 1, steps, before: "nothing", after, boolean });
  const row = evaluator.evaluate(values, undefined, 0, steps - 1);
  const side = (source: Float64Array, offset: number): Float64Array =>
    offset === 0 && source.length === steps && source !== values ? source : source.slice(offset, offset + steps);
  const lower = side(row.lower, row.lowerOffset);
  return { lower, upper: row.known ? lower : side(row.upper, row.upperOffset) };
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
  const { lower, upper } = evaluate(formula, trace, "nothing", false);
  return lower === upper ? lower : lower.map((value, i) => (value === upper[i] ? value : NaN));
};

/**
 * Bounds of the robustness at every sample of a trace that may go on: what is to come, and what is missing, can
 * be anything. Where `lower` > 0 the formula holds whatever comes.
 *
 * @example
 * robustnessInterval(parseFormula("always[0, 1] x > 1"), { signals: { x: [3, 2] } }).upper; // => [1, 1]
 */
export const robustnessInterval = (formula: Formula, trace: Trace): RobustnessBounds =>
  evaluate(formula, trace, "unknown", false);

/**
 * Truth at every sample: 1 true, 0 false, -1 unknown for a missing sample. Unlike the sign of the robustness it
 * tells `<` from `<=`. Windows are cut at the ends of the trace.
 *
 * @example
 * Array.from(satisfaction(parseFormula("x >= 2"), { signals: { x: [1, 2, NaN] } })); // => [0, 1, -1]
 */
export const satisfaction = (formula: Formula, trace: Trace): Int8Array => {
  const { lower, upper } = evaluate(formula, trace, "nothing", true);
  return Int8Array.from(lower, (value, i) => (value > 0 ? 1 : (upper[i] as number) < 0 ? 0 : -1));
};

import type { Formula } from "../compile/parseFormula.ts";
import type { Plan } from "../plan/Plan.ts";
import { type SmoothOptions, SmoothPlan } from "./SmoothPlan.ts";
import { type Trace, TraceError, traceValues } from "../evaluate/Trace.ts";

export interface SmoothRobustnessOptions extends SmoothOptions {
  /** The robustness at the first sample (the default), or its mean over all samples. */
  readonly at?: "start" | "mean";
}

/** A plan keeps its memory between traces of one length. */
const plans = new WeakMap<Plan, { readonly steps: number; readonly smooth: SmoothPlan }>();

const smoothPlanOf = ({ plan }: Formula, steps: number): SmoothPlan => {
  const kept = plans.get(plan);
  if (kept?.steps === steps) return kept.smooth;
  const smooth = new SmoothPlan(plan, 1, steps, "nothing");
  plans.set(plan, { steps, smooth });
  return smooth;
};

/** Value of one trace, laid out as `values`; its derivative is added to `gradient`, which has the same layout. */
const valueAndGradient = (
  plan: SmoothPlan,
  values: Float64Array,
  steps: number,
  options: SmoothRobustnessOptions,
  gradient: Float64Array,
): number => {
  const last = options.at === "mean" ? steps - 1 : 0;
  plan.forward(values, undefined, 0, last, options, true);
  let sum = 0;
  let count = 0;
  for (let i = 0; i <= last; i++) {
    const each = plan.root(i);
    if (each - each !== 0) continue;
    sum += each;
    count++;
  }
  if (count > 0) {
    plan.backward(gradient, 1 / count);
    return sum / count;
  }
  const only = last === 0 ? plan.root(0) : Infinity;
  return Number.isNaN(only) ? Infinity : only;
};

/**
 * Smooth robustness of a formula and its derivative by every sample of every signal it reads.
 *
 * Missing samples are left out. Instants without a finite robustness do not enter the mean; where there is none
 * at all, the value is +Infinity and the gradient zero.
 *
 * @example
 * const { gradient } = smoothRobustness(parseFormula("always x > 0"), { signals: { x: [2, 1] } }, { method: "exact", temperature: 1 });
 * Array.from(gradient["x"] ?? []); // => [0, 1]
 */
export const smoothRobustness = (
  formula: Formula,
  trace: Trace,
  options: SmoothRobustnessOptions,
): { readonly value: number; readonly gradient: Record<string, Float64Array> } => {
  const { values, steps } = traceValues(formula, trace);
  const all = new Float64Array(values.length);
  const value =
    steps > 0 ? valueAndGradient(smoothPlanOf(formula, steps), values, steps, options, all) : Infinity;
  const gradient: Record<string, Float64Array> = {};
  formula.signals.forEach((name, channel) => {
    gradient[name] = all.slice(channel * steps, (channel + 1) * steps);
  });
  return { value, gradient };
};

/** Several traces of one length: each signal holds them one after the other. */
export interface TraceBatch extends Trace {
  readonly count: number;
}

/**
 * As {@link smoothRobustness}, of a batch of traces in one call that allocates its results alone: one value a
 * trace, and of each signal the derivatives in the layout of the batch.
 *
 * Throws {@link TraceError} where a signal is absent, lengths differ, or they are no multiple of `count`.
 *
 * @example
 * const batch = { count: 2, signals: { x: [2, 1, 5, 7] } };
 * const { values } = smoothRobustnessBatch(parseFormula("always x > 0"), batch, { method: "exact", temperature: 1 });
 * Array.from(values); // => [1, 5]
 */
export const smoothRobustnessBatch = (
  formula: Formula,
  batch: TraceBatch,
  options: SmoothRobustnessOptions,
): { readonly values: Float64Array; readonly gradient: Record<string, Float64Array> } => {
  const { count } = batch;
  const { values: all, steps: total } = traceValues(formula, batch);
  if (!(Number.isInteger(count) && count > 0 && total % count === 0)) {
    throw new TraceError(
      `a batch of ${count} traces cannot have ${total} samples a signal: give each trace the same number of samples`,
    );
  }
  const steps = total / count;
  const results = new Float64Array(count).fill(Infinity);
  const slopes = formula.signals.map(() => new Float64Array(total));
  const gradient = Object.fromEntries(formula.signals.map((name, k) => [name, slopes[k] as Float64Array]));
  if (steps === 0) return { values: results, gradient };
  const plan = smoothPlanOf(formula, steps);
  const values = new Float64Array(formula.signals.length * steps);
  const own = new Float64Array(values.length);
  for (let trace = 0; trace < count; trace++) {
    for (let k = 0; k < slopes.length; k++) {
      for (let i = 0; i < steps; i++) values[k * steps + i] = all[k * total + trace * steps + i] as number;
    }
    own.fill(0);
    results[trace] = valueAndGradient(plan, values, steps, options, own);
    for (let k = 0; k < slopes.length; k++) {
      (slopes[k] as Float64Array).set(own.subarray(k * steps, (k + 1) * steps), trace * steps);
    }
  }
  return { values: results, gradient };
};

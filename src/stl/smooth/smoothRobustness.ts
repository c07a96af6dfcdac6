import type { Formula } from "../compile/parseFormula.ts";
import type { Plan } from "../plan/Plan.ts";
import { type SmoothOptions, SmoothPlan } from "./SmoothPlan.ts";
import { type Trace, traceValues } from "../evaluate/Trace.ts";

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
  let value = Infinity;
  if (steps > 0) {
    const plan = smoothPlanOf(formula, steps);
    const last = options.at === "mean" ? steps - 1 : 0;
    plan.forward(values, undefined, 0, last, options, true);
    let sum = 0;
    let count = 0;
    for (let i = 0; i <= last; i++) {
      const each = plan.root(i);
      if (!Number.isFinite(each)) continue;
      sum += each;
      count++;
    }
    if (count > 0) {
      value = sum / count;
      plan.backward(all, 1 / count);
    } else if (last === 0 && !Number.isNaN(plan.root(0))) value = plan.root(0);
  }
  const gradient: Record<string, Float64Array> = {};
  formula.signals.forEach((name, channel) => {
    gradient[name] = all.slice(channel * steps, (channel + 1) * steps);
  });
  return { value, gradient };
};

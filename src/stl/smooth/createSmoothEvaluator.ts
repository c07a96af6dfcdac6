import type { BoundRule } from "../compile/BoundRule.ts";
import type { PanelTrace } from "../compile/Site.ts";
import { type SmoothOptions, SmoothPlan } from "./SmoothPlan.ts";

/** Smooth robustness with its gradient. */
export interface SmoothEvaluator {
  /**
   * Smooth robustness at one step. Where `gradient` is given (same layout as `values`), `weight` times the
   * derivative is added to it. A missing reading is left out of the minima and maxima it would enter; a rule
   * that reads nothing else has the value +Infinity and no gradient.
   */
  evaluate(
    values: Float64Array,
    clock: PanelTrace["clock"],
    step: number,
    options: SmoothOptions,
    gradient?: Float64Array,
    weight?: number,
  ): number;
}

/**
 * Makes an evaluator for traces of `steps` steps. One walk forward and one back over the steps that the rule
 * needs; memory is reused, nothing is allocated per call.
 *
 * With `sound`, a value above zero means that the exact robustness is above zero too, where nothing is missing.
 */
export const createSmoothEvaluator = (rule: BoundRule, steps: number): SmoothEvaluator => {
  const plan = new SmoothPlan(rule.plan, rule.sensorCount, steps, "unknown");
  return {
    evaluate: (values, clock, step, options, gradient, weight = 1) => {
      plan.forward(values, clock, step, step, options, gradient !== undefined);
      const value = plan.root(0);
      if (gradient !== undefined) plan.backward(gradient, weight);
      return Number.isNaN(value) ? Infinity : value;
    },
  };
};

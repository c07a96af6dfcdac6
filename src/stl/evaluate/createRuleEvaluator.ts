import type { BoundRule } from "../compile/BoundRule.ts";
import { PlanEvaluator } from "./PlanEvaluator.ts";
import type { PanelTrace } from "../compile/Site.ts";

/** Judges one rule on many traces of one length, reusing its memory. */
export interface RuleEvaluator {
  /**
   * Robustness at one step. The same object is returned by every call: read it before the next.
   * `values` has the layout of {@link PanelTrace}.
   */
  at(
    values: Float64Array,
    clock: PanelTrace["clock"],
    step: number,
  ): { readonly lower: number; readonly upper: number };
}

/** Makes an evaluator for traces of `steps` steps; only the steps that the rule needs are looked at. */
export const createRuleEvaluator = (rule: BoundRule, steps: number): RuleEvaluator => {
  const { plan, sensorCount } = rule;
  const evaluator = new PlanEvaluator({ plan, sensorCount, steps, before: "unknown", after: "unknown" });
  const bounds = { lower: 0, upper: 0 };
  return {
    at: (values, clock, step) => {
      const row = evaluator.evaluate(values, clock, step, step);
      bounds.lower = row.lower[row.lowerOffset] as number;
      bounds.upper = row.upper[row.upperOffset] as number;
      return bounds;
    },
  };
};

import type { BoundRule } from "../compile/BoundRule.ts";
import type { PanelTrace } from "../compile/Site.ts";
import { PlanEvaluator } from "../evaluate/PlanEvaluator.ts";

/** Judges a rule at one step, for certain: whatever is unknown counts against it. */
export interface RuleJudge {
  /** Lower bound of the robustness. */
  robustness(trace: PanelTrace, step: number): number;
  /** Robustness >= margin; with margin 0 the rule holds, strictly where it says so. */
  holds(trace: PanelTrace, step: number, margin: number): boolean;
}

/** Makes a judge for traces of `steps` steps. */
export const createRuleJudge = (rule: BoundRule, steps: number): RuleJudge => {
  const { plan, sensorCount } = rule;
  const make = (boolean: boolean): PlanEvaluator =>
    new PlanEvaluator({ plan, sensorCount, steps, before: "unknown", after: "unknown", boolean });
  const exact = make(false);
  const truth = make(true);
  const lower = (evaluator: PlanEvaluator, trace: PanelTrace, step: number): number => {
    const row = evaluator.evaluate(trace.values, trace.clock, step, step);
    return row.lower[row.lowerOffset] as number;
  };
  return {
    robustness: (trace, step) => lower(exact, trace, step),
    holds: (trace, step, margin) =>
      margin === 0 ? lower(truth, trace, step) > 0 : lower(exact, trace, step) >= margin,
  };
};

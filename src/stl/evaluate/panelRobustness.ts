import type { BoundRule } from "../compile/BoundRule.ts";
import { boundsOverTrace, type RobustnessBounds } from "./boundsOverTrace.ts";
import { PlanEvaluator } from "./PlanEvaluator.ts";
import type { PanelTrace } from "../compile/Site.ts";

/** Refuses a trace that has not the rule's layout. */
export const checkTraceShape = (rule: BoundRule, trace: PanelTrace): void => {
  const expected = rule.channelCount * rule.sensorCount * trace.steps;
  if (trace.values.length !== expected) {
    const shape = `${rule.channelCount} channels x ${rule.sensorCount} sensors x ${trace.steps} steps`;
    throw new RangeError(
      `rule ${rule.name}: the trace has ${trace.values.length} values, ${shape} need ${expected}: give the panel that the rule is bound to`,
    );
  }
};

/**
 * Robustness of a rule at every step of a trace, in the unit of the rule, in time linear in the trace.
 *
 * Missing readings and whatever lies beyond either end of the trace are unknown: a signal's declared range, or
 * [-inf, inf]. A rule holds for certain where `lower` > 0 and is broken for certain where `upper` < 0.
 */
export const panelRobustness = (rule: BoundRule, trace: PanelTrace): RobustnessBounds => {
  checkTraceShape(rule, trace);
  if (trace.steps === 0) return { lower: new Float64Array(0), upper: new Float64Array(0) };
  const { plan, sensorCount } = rule;
  const evaluator = new PlanEvaluator({
    plan,
    sensorCount,
    steps: trace.steps,
    before: "unknown",
    after: "unknown",
  });
  return boundsOverTrace(evaluator, plan, trace);
};

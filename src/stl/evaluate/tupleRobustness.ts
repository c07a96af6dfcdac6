import type { BoundRule } from "../compile/BoundRule.ts";
import type { PanelTrace } from "../compile/Site.ts";
import { reachOf } from "../plan/reachOf.ts";
import { checkTraceShape } from "./panelRobustness.ts";
import { PlanEvaluator } from "./PlanEvaluator.ts";
import type { RobustnessBounds } from "./boundsOverTrace.ts";

/** What a rule that begins with `forall s` says of each s. */
export interface TupleRobustness {
  /** [rows], the sensor that each row is about. */
  readonly sensors: readonly number[];
  /** [rows][steps] */
  readonly bounds: RobustnessBounds;
  /** Steps past its own that a step's robustness reads; Infinity where it reads all. */
  readonly ahead: number;
}

/**
 * Robustness at every step for each sensor of the `forall` that a rule begins with, sensors that its `where` leaves out
 * left out; undefined where the rule begins with something else. Unknown readings as in `panelRobustness`.
 *
 * @throws RangeError where the trace has not the layout of the rule
 */
export const tupleRobustness = (rule: BoundRule, trace: PanelTrace): TupleRobustness | undefined => {
  checkTraceShape(rule, trace);
  const { plan, sensorCount } = rule;
  const root = plan.nodes.at(-1);
  if (root?.kind !== "allOver") return undefined;
  const { node, offsets, rows } = root.over;
  const scope = plan.scopes[plan.nodes[node]!.scope]!;
  const { steps } = trace;
  const own = rows.slice(offsets[0], offsets[1]);
  const lower = new Float64Array(own.length * steps);
  const upper = new Float64Array(own.length * steps);
  if (steps > 0) {
    const evaluator = new PlanEvaluator({ plan, sensorCount, steps, before: "unknown", after: "unknown" });
    evaluator.evaluate(trace.values, trace.clock, 0, steps - 1);
    const { first } = evaluator.span(node);
    own.forEach((row, k) => {
      const bounds = evaluator.row(node, row);
      const [low, high] = [bounds.lowerOffset - first, bounds.upperOffset - first];
      lower.set(bounds.lower.subarray(low, low + steps), k * steps);
      upper.set(bounds.upper.subarray(high, high + steps), k * steps);
    });
  }
  return {
    sensors: own.map((row) => scope.sensors[row * scope.arity]!),
    bounds: { lower, upper },
    ahead: Math.max(0, reachOf(plan).last[node]!),
  };
};

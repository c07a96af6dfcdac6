import type { BoundRule } from "../compile/BoundRule.ts";
import { PlanEvaluator } from "../evaluate/PlanEvaluator.ts";

/** For every node of a plan, the least and the greatest that it can be, over all its rows. */
export interface NodeRanges {
  readonly lower: Float64Array;
  readonly upper: Float64Array;
}

/** What every part of a rule can be, by interval arithmetic from the declared ranges of its signals alone. */
export const declaredRanges = (rule: BoundRule): NodeRanges => {
  const { channelCount, plan, sensorCount } = rule;
  const evaluator = new PlanEvaluator({ plan, sensorCount, steps: 1, before: "unknown", after: "unknown" });
  const values = new Float64Array(channelCount * sensorCount).fill(NaN);
  const clock = { minuteOfDay: new Int16Array(1), weekday: new Int8Array(1), dayNumber: new Int32Array(1) };
  // Judged beyond the one step there is, where the clock is unknown as the readings are.
  evaluator.evaluate(values, rule.readsClock ? clock : undefined, 1, 1);
  const lower = new Float64Array(plan.nodes.length).fill(Infinity);
  const upper = new Float64Array(plan.nodes.length).fill(-Infinity);
  plan.nodes.forEach((node, n) => {
    const rows = plan.scopes[node.scope]?.size ?? 1;
    const { last } = evaluator.span(n);
    for (let row = 0; row < rows; row++) {
      lower[n] = Math.min(lower[n] as number, evaluator.bound(n, row, last, false));
      upper[n] = Math.max(upper[n] as number, evaluator.bound(n, row, last, true));
    }
  });
  return { lower, upper };
};

import type { BoundRule, Explanation, PanelTrace } from "../../stl/index.ts";
import { PlanEvaluator } from "../../stl/evaluate/PlanEvaluator.ts";
import type { Operand, Plan } from "../../stl/plan/Plan.ts";
import { subPlan } from "../../stl/plan/subPlan.ts";

/** Steps drawn before and past the deciding one. */
const STEPS_BESIDE = 30;

/** The two sides of a comparison around the step that decides. */
export interface PlotSeries {
  /** The comparison, as its rule says it. */
  readonly text: string;
  /** Step, relative to the explanation, of the first value. */
  readonly first: number;
  /** Index of the step that decides. */
  readonly at: number;
  /** What varies, and what it is held against: NaN where missing. */
  readonly signal: Float64Array;
  readonly threshold: Float64Array;
}

/** The sides of the comparison that an explanation ends at; undefined where it ends elsewhere. */
export const plotSeries = (
  rule: BoundRule,
  trace: PanelTrace,
  explanation: Explanation,
): PlotSeries | undefined => {
  const decides = explanation.path.at(-1);
  const node = decides === undefined ? undefined : rule.plan.nodes[decides.node];
  if (decides === undefined || node === undefined) return undefined;
  if (node.kind !== "above" && node.kind !== "equal" && node.kind !== "differ") return undefined;
  const first = Math.max(0, Math.min(decides.step, trace.steps - 1) - STEPS_BESIDE);
  const last = Math.min(trace.steps - 1, Math.max(decides.step, 0) + STEPS_BESIDE);
  const side = (operand: Operand): Float64Array => {
    const row = operand.rows < 0 ? decides.row : (rule.plan.rowMaps[operand.rows]?.[decides.row] as number);
    return valuesOf(rule, trace, operand.node, row, first, last);
  };
  const [left, right] = [side(node.left), side(node.right)];
  // A constant is the threshold, on whichever side it was written.
  const swapped = rule.plan.nodes[node.left.node]?.kind === "constant";
  return {
    text: decides.text,
    first,
    at: decides.step - first,
    signal: swapped ? right : left,
    threshold: swapped ? left : right,
  };
};

/** Values of a numeric node on a range of steps; NaN where they are not known. */
const valuesOf = (
  rule: BoundRule,
  trace: PanelTrace,
  node: number,
  row: number,
  first: number,
  last: number,
): Float64Array => {
  const part = subPlan(rule.plan, [node]);
  const plan: Plan = part.plan;
  const evaluator = new PlanEvaluator({
    plan,
    sensorCount: rule.sensorCount,
    steps: trace.steps,
    before: "unknown",
    after: "unknown",
  });
  // The root is a row of a sensor here: it is read by itself.
  evaluator.evaluate(trace.values, trace.clock, first, last);
  const bounds = evaluator.row(part.nodes[0] as number, row);
  return Float64Array.from({ length: last - first + 1 }, (_, i) => {
    const lower = bounds.lower[bounds.lowerOffset + i] as number;
    return lower === bounds.upper[bounds.upperOffset + i] ? lower : NaN;
  });
};

import type { Plan, PlanNode } from "./Plan.ts";
import { subPlan } from "./subPlan.ts";

/** A formula that is to hold at every step from `from` on, whatever the length of the trace. */
export interface UnfoldedAlways {
  readonly plan: Plan;
  readonly from: number;
}

/**
 * Takes an `always` without end off the root of a plan, or off what a `forall` at the root is about: such a formula
 * at the first step is the inner one at every step, and that can be judged stretch by stretch. Undefined where the
 * root is neither.
 */
export const unfoldAlways = (plan: Plan): UnfoldedAlways | undefined => {
  const root = plan.nodes.at(-1) as PlanNode;
  if (root.kind === "always") {
    // At the root a row map can only lead to the one row there is.
    if (root.upper !== null || plan.nodes[root.operand.node]?.scope !== 0) return undefined;
    return { plan: subPlan(plan, [root.operand.node]).plan, from: root.lower };
  }
  if (root.kind !== "allOver") return undefined;
  const inner = plan.nodes[root.over.node] as PlanNode;
  if (inner.kind !== "always" || inner.upper !== null) return undefined;
  const { node: operand, rows: map } = inner.operand;
  const rows = map < 0 ? root.over.rows : root.over.rows.map((row) => plan.rowMaps[map]?.[row] as number);
  const { nodes, plan: below } = subPlan(plan, [operand]);
  const over = { ...root.over, node: nodes[0] as number, rows };
  return { plan: { ...below, nodes: [...below.nodes, { ...root, over }] }, from: inner.lower };
};

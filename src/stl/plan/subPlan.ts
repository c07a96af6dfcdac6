import { childrenOf, withOperands } from "./operandsOf.ts";
import type { Plan, PlanNode } from "./Plan.ts";

/** The part of a plan that some of its nodes are made of, and where each of them stands in it. */
export const subPlan = (
  plan: Plan,
  wanted: readonly number[],
): { readonly plan: Plan; readonly nodes: readonly number[] } => {
  const needed = new Uint8Array(plan.nodes.length);
  for (const n of wanted) needed[n] = 1;
  for (let n = plan.nodes.length - 1; n >= 0; n--) {
    if (needed[n] === 1) for (const child of childrenOf(plan.nodes[n] as PlanNode)) needed[child] = 1;
  }
  const index = new Int32Array(plan.nodes.length).fill(-1);
  const nodes: PlanNode[] = [];
  plan.nodes.forEach((node, n) => {
    if (needed[n] === 0) return;
    index[n] = nodes.length;
    nodes.push(
      withOperands(
        node,
        (child) => index[child] as number,
        (rows) => rows,
      ),
    );
  });
  return { plan: { ...plan, nodes }, nodes: wanted.map((n) => index[n] as number) };
};

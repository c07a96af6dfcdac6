import { operandsOf, reductionOf } from "./operandsOf.ts";
import type { Plan, PlanNode } from "./Plan.ts";

/**
 * How many steps beyond either end of a trace a node still changes, where everything beyond is unknown: from
 * `before[n]` steps ahead of the first reading and from `after[n]` steps past the last one on, it is constant.
 */
interface Settle {
  readonly before: Float64Array;
  readonly after: Float64Array;
}

/** What the window of a node adds to how long an operand stirs: `ahead` past the end, `back` before the start. */
const spread = (node: PlanNode): { readonly after: number; readonly before: number } => {
  switch (node.kind) {
    case "shift":
    case "step":
      return { after: Math.max(0, -node.by), before: Math.max(0, node.by) };
    case "rollingMean":
      return { after: node.steps - 1, before: 0 };
    case "historically":
    case "once":
    case "since":
    case "triggers":
      return { after: (node.upper ?? node.lower) + 1, before: 0 };
    case "always":
    case "eventually":
    case "until":
    case "release":
      return { after: 0, before: (node.upper ?? node.lower) + 1 };
    default:
      return { after: 0, before: 0 };
  }
};

export const settleOf = (plan: Plan): Settle => {
  const before = new Float64Array(plan.nodes.length);
  const after = new Float64Array(plan.nodes.length);
  plan.nodes.forEach((node, n) => {
    if (node.kind === "signal" || node.kind === "clock") {
      before[n] = 1;
      after[n] = 1;
      return;
    }
    const reduction = reductionOf(node);
    const children = reduction === undefined ? operandsOf(node) : [reduction];
    const own = spread(node);
    for (const { node: child } of children) {
      before[n] = Math.max(before[n] as number, (before[child] as number) + own.before);
      after[n] = Math.max(after[n] as number, (after[child] as number) + own.after);
    }
  });
  return { before, after };
};

import type { Plan } from "../plan/Plan.ts";
import { normalForm } from "../plan/normalForm.ts";
import { MonitorNode } from "./MonitorNode.ts";

/** What judging a plan sample by sample needs. */
export interface OnlineNeeds {
  /** Samples after an instant until its robustness is known. */
  readonly delay: number;
  /** Numbers kept, over all sensors; fixed from the start. */
  readonly memory: number;
}

/**
 * Delay and memory of a plan that is judged online; undefined where it looks ahead without end, so that no value
 * would ever be settled.
 *
 * @example
 * onlineNeeds(parseFormula("always[0, 3] x > 1").plan)?.delay; // => 3
 */
export const onlineNeeds = (plan: Plan): OnlineNeeds | undefined => {
  const normal = normalForm(plan);
  const nodes: MonitorNode[] = [];
  for (const node of normal.nodes) nodes.push(new MonitorNode(node, nodes));
  const delay = nodes.at(-1)?.delay ?? 0;
  if (delay === Infinity) return undefined;
  const memory = nodes.reduce(
    (sum, node) => sum + node.memory * (normal.scopes[node.node.scope]?.size ?? 1),
    0,
  );
  return { delay, memory };
};

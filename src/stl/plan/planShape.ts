import { operandsOf, reductionOf } from "./operandsOf.ts";
import type { Plan, PlanNode } from "./Plan.ts";

/** Operators that walk two operands together. */
export const isTimedPair = (node: PlanNode): boolean =>
  node.kind === "until" || node.kind === "release" || node.kind === "since" || node.kind === "triggers";

/** Whether a node reads its operands at other steps than its own. */
export const isWindowed = (node: PlanNode): boolean =>
  isTimedPair(node) ||
  ("upper" in node && "operand" in node) ||
  node.kind === "shift" ||
  node.kind === "step" ||
  node.kind === "rollingMean";

/**
 * Nodes of which every row is kept: reductions to more than one row, whatever is read through a row map, and
 * whatever several reductions read or one reads repeatedly (rows of signals are the trace and cost nothing).
 */
export const sharedNodes = (plan: Plan): Uint8Array => {
  const shared = new Uint8Array(plan.nodes.length);
  const reduced = new Uint8Array(plan.nodes.length);
  const share = (n: number): void => {
    if ((plan.scopes[plan.nodes[n]?.scope ?? 0]?.size ?? 1) > 1) shared[n] = 1;
  };
  plan.nodes.forEach((node, n) => {
    for (const operand of operandsOf(node)) if (operand.rows >= 0) share(operand.node);
    const over = reductionOf(node);
    if (over === undefined) return;
    share(n);
    const again = reduced[over.node] === 1 || new Set(over.rows).size < over.rows.length;
    if (again && plan.nodes[over.node]?.kind !== "signal") share(over.node);
    reduced[over.node] = 1;
  });
  return shared;
};

import { operandsOf, reductionOf } from "./operandsOf.ts";
import type { Plan } from "./Plan.ts";

/** Steps, relative to the step of evaluation, whose readings a node depends on: from first to last. */
interface Reach {
  readonly first: Float64Array;
  readonly last: Float64Array;
}

/** What the operands of a node are read at, relative to the node's own step. */
export interface Window {
  readonly first: number;
  readonly last: number;
}

const here: Window = { first: 0, last: 0 };

/** The steps at which a node reads its operand number `index`. */
export const windowOf = (node: Plan["nodes"][number], index: number): Window => {
  switch (node.kind) {
    case "shift":
    case "step":
      return { first: node.by, last: node.by };
    case "rollingMean":
      return { first: 1 - node.steps, last: 0 };
    case "always":
    case "eventually":
      return { first: node.lower, last: node.upper ?? Infinity };
    case "historically":
    case "once":
      return { first: node.upper === null ? -Infinity : -node.upper, last: -node.lower };
    case "until":
    case "release":
      if (index === 1) return { first: node.lower, last: node.upper ?? Infinity };
      return { first: 0, last: Math.max(0, (node.upper ?? Infinity) - 1) };
    case "since":
    case "triggers":
      if (index === 1) return { first: node.upper === null ? -Infinity : -node.upper, last: -node.lower };
      return { first: node.upper === null ? -Infinity : Math.min(0, 1 - node.upper), last: 0 };
    default:
      return here;
  }
};

/** Reach of every node of a plan. */
export const reachOf = (plan: Plan): Reach => {
  const first = new Float64Array(plan.nodes.length);
  const last = new Float64Array(plan.nodes.length);
  plan.nodes.forEach((node, n) => {
    const reduction = reductionOf(node);
    if (reduction !== undefined) {
      first[n] = first[reduction.node] as number;
      last[n] = last[reduction.node] as number;
      return;
    }
    const operands = operandsOf(node);
    if (operands.length === 0) return;
    let lowest = Infinity;
    let highest = -Infinity;
    operands.forEach((operand, index) => {
      const window = windowOf(node, index);
      lowest = Math.min(lowest, window.first + (first[operand.node] as number));
      highest = Math.max(highest, window.last + (last[operand.node] as number));
    });
    first[n] = lowest;
    last[n] = highest;
  });
  return { first, last };
};

import type { Plan, PlanNode } from "../plan/Plan.ts";
import { childrenOf } from "../plan/operandsOf.ts";
import { windowOf } from "../plan/reachOf.ts";
import { powerOfTwo } from "./createRing.ts";

/** What a node of a plan in negation normal form needs to be computed sample by sample. */
export interface OnlineRoom {
  /** At the sample t it computes its value at t - delay; Infinity where it looks ahead without end. */
  readonly delay: number;
  /** Its newest values that are kept for its readers, a power of two. */
  readonly kept: number;
  /** Numbers, of one stream, in its ring and its windows. */
  readonly numbers: number;
  /** Samples after an unknown reading until nothing that it keeps depends on it; Infinity where this never ends. */
  readonly settle: number;
}

/** How many samples the windows of an operator hold; 0 where it has none. */
export const windowWidths = (node: PlanNode): { readonly extreme: number; readonly maps: number } => {
  switch (node.kind) {
    case "always":
    case "eventually":
    case "historically":
    case "once":
      return { extreme: node.upper === null ? 0 : node.upper - node.lower + 1, maps: 0 };
    case "until":
    case "release":
      return { extreme: node.lower, maps: node.upper === null ? 0 : node.upper - node.lower };
    case "since":
    case "triggers":
      return { extreme: node.lower, maps: node.upper === null ? 0 : node.upper - node.lower + 1 };
    default:
      return { extreme: 0, maps: 0 };
  }
};

/** Numbers in the windows of an operator: each keeps its samples and what it has of the newest of them. */
const carriedNumbers = (node: PlanNode): number => {
  if (node.kind === "rollingMean") return node.steps + 1;
  const { extreme, maps } = windowWidths(node);
  const running = "upper" in node && node.upper === null ? 1 : 0;
  return (extreme === 0 ? 0 : extreme + 1) + (maps === 0 ? 0 : 2 * (maps + 1)) + running;
};

/** Steps from its own at which a node takes up its operand number `index`. */
const takenAt = (node: PlanNode, index: number): readonly number[] => {
  switch (node.kind) {
    case "until":
    case "release": {
      const last = node.upper ?? Infinity;
      return index === 0 ? [last - 1, node.lower - 1] : [last, node.lower];
    }
    case "since":
    case "triggers":
      return index === 0 ? [0, -node.lower] : [-node.lower];
    default:
      return [windowOf(node, index).last];
  }
};

/** The rooms of the nodes of a plan in negation normal form. */
export const onlineRooms = (plan: Plan): readonly OnlineRoom[] => {
  const kept = plan.nodes.map(() => 1);
  const delays: number[] = [];
  const settles: number[] = [];
  plan.nodes.forEach((node) => {
    const children = childrenOf(node);
    let delay = 0;
    children.forEach((child, index) => {
      delay = Math.max(delay, (delays[child] as number) + windowOf(node, index).last);
    });
    let settle = 0;
    children.forEach((child, index) => {
      const childDelay = delays[child] as number;
      const back = delay - childDelay - windowOf(node, index).first;
      settle = Math.max(settle, (settles[child] as number) + back);
      if (delay === Infinity) return;
      for (const offset of takenAt(node, index)) {
        kept[child] = Math.max(kept[child] as number, delay - childDelay - offset + 1);
      }
    });
    delays.push(delay);
    settles.push(settle);
  });
  return plan.nodes.map((node, n) => {
    const ring = powerOfTwo(kept[n] as number);
    const [delay, settle] = [delays[n] as number, settles[n] as number];
    // Two bounds of each.
    return { delay, kept: ring, numbers: 2 * (ring + carriedNumbers(node)), settle };
  });
};

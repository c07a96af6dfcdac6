import type { PlanNode } from "../plan/Plan.ts";
import { createRing } from "./createRing.ts";
import type { OnlineNode, OnlineSteps } from "./OnlineNode.ts";
import { windowWidths } from "./OnlineRoom.ts";
import { copyRow, pickRow } from "./rowOperations.ts";
import type { RowRing } from "./RowRing.ts";
import { SlidingExtreme } from "./SlidingExtreme.ts";

type WindowNode = Extract<PlanNode, { kind: "always" | "eventually" | "historically" | "once" }>;

/** How the extreme over a window of instants is computed. */
export const windowSteps = (online: OnlineNode, node: WindowNode): OnlineSteps => {
  const minimum = node.kind === "always" || node.kind === "historically";
  const future = node.kind === "always" || node.kind === "eventually";
  const newest = future ? (node.upper as number) : -node.lower;
  return node.upper === null
    ? unboundedSteps(online, minimum, newest)
    : boundedSteps(online, minimum, newest, windowWidths(node).extreme);
};

const boundedSteps = (online: OnlineNode, minimum: boolean, newest: number, width: number): OnlineSteps => {
  const { delay, ring } = online;
  const inner = online.operands[0] as RowRing;
  const lower = new SlidingExtreme(width, minimum, ring.streams);
  const upper = new SlidingExtreme(width, minimum, ring.streams);
  return {
    steps: [
      (time, exact) => {
        const own = time - delay;
        if (own + newest >= 0) {
          const from = inner.at(own + newest);
          lower.push(inner.lower, from);
          if (!exact) upper.push(inner.upper, from);
        }
        if (own >= 0) {
          const to = ring.at(own);
          lower.read(ring.lower, to);
          if (!exact) upper.read(ring.upper, to);
        }
        return true;
      },
    ],
    split: () => upper.copyFrom(lower),
  };
};

/** Of the past without end: the extreme so far. */
const unboundedSteps = (online: OnlineNode, minimum: boolean, newest: number): OnlineSteps => {
  const { delay, ring } = online;
  const { streams } = ring;
  const inner = online.operands[0] as RowRing;
  const nothing = minimum ? Infinity : -Infinity;
  const lower = createRing(1, streams).fill(nothing);
  const upper = createRing(1, streams);
  return {
    steps: [
      (time, exact) => {
        const own = time - delay;
        if (own < 0) return true;
        if (own + newest >= 0) {
          const from = inner.at(own + newest);
          pickRow(minimum, lower, 0, lower, 0, inner.lower, from, streams);
          if (!exact) pickRow(minimum, upper, 0, upper, 0, inner.upper, from, streams);
        }
        copyRow(ring.lower, ring.at(own), lower, 0, streams);
        if (!exact) copyRow(ring.upper, ring.at(own), upper, 0, streams);
        return true;
      },
    ],
    split: () => upper.set(lower),
  };
};

import type { PlanNode } from "../plan/Plan.ts";
import { createRing } from "./createRing.ts";
import type { OnlineNode, OnlineSteps } from "./OnlineNode.ts";
import { windowWidths } from "./OnlineRoom.ts";
import { pickRow } from "./rowOperations.ts";
import type { RowRing } from "./RowRing.ts";
import { SlidingExtreme } from "./SlidingExtreme.ts";
import { SlidingMaps } from "./SlidingMaps.ts";

type UntilNode = Extract<PlanNode, { kind: "until" | "release" | "since" | "triggers" }>;

/**
 * How `until` is computed, and its dual, which is the same of negated values.
 *
 * With p until[a, b] q at t: the maps z -> min(p(k - 1), max(q(k), z)) of k = t + a + 1 .. t + b, applied to q(t + a)
 * from the last to the first, and p must hold on t .. t + a - 1.
 */
export const untilSteps = (online: OnlineNode, node: UntilNode): OnlineSteps => {
  const lower = createSide(online, node);
  const upper = createSide(online, node);
  const { delay, ring } = online;
  const [p, q] = online.operands as readonly [RowRing, RowRing];
  return {
    steps: [
      (time, exact) => {
        lower.step(time - delay, p.lower, q.lower, ring.lower);
        if (!exact) upper.step(time - delay, p.upper, q.upper, ring.upper);
        return true;
      },
    ],
    split: () => {
      if (lower.held !== undefined) upper.held?.copyFrom(lower.held);
      if (lower.maps !== undefined) upper.maps?.copyFrom(lower.maps);
    },
  };
};

/** What is carried for one of the bounds. */
const createSide = (online: OnlineNode, node: UntilNode) => {
  const sign = node.kind === "until" ? 1 : -1;
  const { lower: first } = node;
  const last = node.upper as number;
  const { ring } = online;
  const { streams } = ring;
  const [pRing, qRing] = online.operands as readonly [RowRing, RowRing];
  const widths = windowWidths(node);
  const maps = widths.maps === 0 ? undefined : new SlidingMaps(widths.maps, false, streams);
  const held = widths.extreme === 0 ? undefined : new SlidingExtreme(widths.extreme, sign === 1, streams);
  const both = createRing(1, streams);
  const reached = createRing(1, streams).fill(-Infinity);
  const least = createRing(1, streams).fill(sign * Infinity);
  return {
    held,
    maps,
    step(own: number, p: Float64Array, q: Float64Array, target: Float64Array): void {
      const k = own + last;
      if (maps !== undefined && k >= 1) {
        const from = pRing.at(k - 1);
        pickRow(sign === 1, both, 0, p, from, q, qRing.at(k), streams);
        maps.push(both, 0, p, from, sign);
      }
      const newest = own + first - 1;
      if (held !== undefined && newest >= 0) held.push(p, pRing.at(newest));
      if (own < 0) return;
      maps?.read(reached);
      held?.read(least, 0);
      const to = ring.at(own);
      const from = qRing.at(own + first);
      for (let i = 0; i < streams; i++) {
        const best = Math.max(sign * (q[from + i] as number), reached[i] as number);
        target[to + i] = sign * Math.min(best, sign * (least[i] as number));
      }
    },
  };
};

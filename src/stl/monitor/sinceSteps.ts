import type { PlanNode } from "../plan/Plan.ts";
import { createRing } from "./createRing.ts";
import type { OnlineNode, OnlineSteps } from "./OnlineNode.ts";
import { windowWidths } from "./OnlineRoom.ts";
import type { RowRing } from "./RowRing.ts";
import { SlidingExtreme } from "./SlidingExtreme.ts";
import { SlidingMaps } from "./SlidingMaps.ts";

type SinceNode = Extract<PlanNode, { kind: "until" | "release" | "since" | "triggers" }>;

/**
 * How `since` is computed, and its dual, which is the same of negated values.
 *
 * With p since[a, b] q at t: the maps z -> max(q(j), min(p(j), z)) of j = t - b .. t - a, applied to -inf from the
 * first to the last, and p must hold on t - a + 1 .. t. Without b one row is carried in place of the maps.
 */
export const sinceSteps = (online: OnlineNode, node: SinceNode): OnlineSteps => {
  const lower = createSide(online, node);
  const upper = createSide(online, node);
  const { delay, ring } = online;
  const [p, q] = online.operands as readonly [RowRing, RowRing];
  return {
    steps: [
      (time, exact) => {
        const own = time - delay;
        if (own < 0) return true;
        lower.step(own, p.lower, q.lower, ring.lower);
        if (!exact) upper.step(own, p.upper, q.upper, ring.upper);
        return true;
      },
    ],
    split: () => {
      upper.reached.set(lower.reached);
      if (lower.held !== undefined) upper.held?.copyFrom(lower.held);
      if (lower.maps !== undefined) upper.maps?.copyFrom(lower.maps);
    },
  };
};

/** What is carried for one of the bounds. */
const createSide = (online: OnlineNode, node: SinceNode) => {
  const sign = node.kind === "since" ? 1 : -1;
  const { ring } = online;
  const { streams } = ring;
  const [pRing, qRing] = online.operands as readonly [RowRing, RowRing];
  const widths = windowWidths(node);
  const maps = widths.maps === 0 ? undefined : new SlidingMaps(widths.maps, true, streams);
  const held = widths.extreme === 0 ? undefined : new SlidingExtreme(widths.extreme, sign === 1, streams);
  const reached = createRing(1, streams).fill(-Infinity);
  const least = createRing(1, streams).fill(sign * Infinity);
  return {
    held,
    maps,
    reached,
    step(own: number, p: Float64Array, q: Float64Array, target: Float64Array): void {
      held?.push(p, pRing.at(own));
      const to = ring.at(own);
      const at = own - node.lower;
      if (at < 0) {
        target.fill(-sign * Infinity, to, to + streams);
        return;
      }
      const pFrom = pRing.at(at);
      const qFrom = qRing.at(at);
      if (maps === undefined) {
        for (let i = 0; i < streams; i++) {
          const kept = Math.min(sign * (p[pFrom + i] as number), reached[i] as number);
          reached[i] = Math.max(sign * (q[qFrom + i] as number), kept);
        }
      } else {
        maps.push(q, qFrom, p, pFrom, sign);
        maps.read(reached);
      }
      held?.read(least, 0);
      for (let i = 0; i < streams; i++) {
        target[to + i] = sign * Math.min(reached[i] as number, sign * (least[i] as number));
      }
    },
  };
};

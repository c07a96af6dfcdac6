import type { PlanNode } from "../plan/Plan.ts";
import type { OnlineNode, OnlineSteps, Step } from "./OnlineNode.ts";
import { copyRow, pickRow } from "./rowOperations.ts";
import type { RowRing } from "./RowRing.ts";
import { sinceSteps } from "./sinceSteps.ts";
import { untilSteps } from "./untilSteps.ts";
import { windowSteps } from "./windowSteps.ts";

/** The least or greatest of the operands. */
const pickStep = (online: OnlineNode, minimum: boolean): Step => {
  const { delay, ring } = online;
  const { streams } = ring;
  const [first, ...others] = online.operands as [RowRing, ...RowRing[]];
  const [second, ...rest] = others;
  if (second === undefined) return copyStep(online, 0, NaN);
  return (time, exact) => {
    const own = time - delay;
    if (own < 0) return true;
    const to = ring.at(own);
    const a = first.at(own);
    const b = second.at(own);
    pickRow(minimum, ring.lower, to, first.lower, a, second.lower, b, streams);
    if (!exact) pickRow(minimum, ring.upper, to, first.upper, a, second.upper, b, streams);
    for (let k = 0; k < rest.length; k++) {
      const inner = rest[k] as RowRing;
      const from = inner.at(own);
      pickRow(minimum, ring.lower, to, ring.lower, to, inner.lower, from, streams);
      if (!exact) pickRow(minimum, ring.upper, to, ring.upper, to, inner.upper, from, streams);
    }
    return true;
  };
};

/** A value `by` steps later; `outside` before the first sample. */
const copyStep = (online: OnlineNode, by: number, outside: number): Step => {
  const { delay, ring } = online;
  const { streams } = ring;
  const inner = online.operands[0] as RowRing;
  return (time, exact) => {
    const own = time - delay;
    if (own < 0) return true;
    const to = ring.at(own);
    if (own + by < 0) {
      ring.lower.fill(outside, to, to + streams);
      if (!exact) ring.upper.fill(outside, to, to + streams);
    } else {
      const from = inner.at(own + by);
      copyRow(ring.lower, to, inner.lower, from, streams);
      if (!exact) copyRow(ring.upper, to, inner.upper, from, streams);
    }
    return true;
  };
};

/** One value at all instants. */
const always = (ring: RowRing, value: number): OnlineSteps => {
  ring.fill(value);
  return { steps: [] };
};

/** How a node is computed that picks among the values of its operands. */
export const formulaSteps = (online: OnlineNode): OnlineSteps => {
  const node: PlanNode = online.node;
  switch (node.kind) {
    case "truth":
      return always(online.ring, node.value ? Infinity : -Infinity);
    case "and":
    case "least":
      return { steps: [pickStep(online, true)] };
    case "or":
    case "greatest":
      return { steps: [pickStep(online, false)] };
    case "step":
      return { steps: [copyStep(online, node.by, node.weak ? Infinity : -Infinity)] };
    case "always":
    case "eventually":
    case "historically":
    case "once":
      return windowSteps(online, node);
    case "until":
    case "release":
      return untilSteps(online, node);
    case "since":
    case "triggers":
      return sinceSteps(online, node);
    case "atLeastOver": {
      const count = node.counts[0] as number;
      if (count <= 0 || count > 1) return always(online.ring, count <= 0 ? Infinity : -Infinity);
      return { steps: [copyStep(online, 0, NaN)] };
    }
    default:
      // Over the one sensor there is.
      return { steps: [copyStep(online, 0, NaN)] };
  }
};

import {
  allFinite,
  type BinaryOperation,
  boundedBinary,
  boundedUnary,
  knownBinary,
  knownUnary,
  type UnaryOperation,
} from "../evaluate/intervalKernels.ts";
import type { PlanNode } from "../plan/Plan.ts";
import type { OnlineNode, OnlineSteps, Step } from "./OnlineNode.ts";
import { copyRow } from "./rowOperations.ts";
import type { RowRing } from "./RowRing.ts";
import { SlidingSum } from "./SlidingSum.ts";

/** The readings of one instant: of each signal a column, and where in it the streams of a block begin. */
export interface Input {
  columns: readonly Float64Array[];
  from: number;
}

/** Takes the column `index` of the input. */
export const signalStep = (ring: RowRing, input: Input, index: number): Step => {
  const { streams } = ring;
  return (time, exact) => {
    const column = input.columns[index] as Float64Array;
    const { from } = input;
    const to = ring.at(time);
    const { lower, upper } = ring;
    if (exact && streams === 1) {
      const reading = column[from] as number;
      lower[to] = reading;
      return reading - reading === 0;
    }
    let finite = true;
    if (exact) {
      for (let i = 0; i < streams; i++) {
        const reading = column[from + i] as number;
        lower[to + i] = reading;
        if (reading - reading !== 0) finite = false;
      }
      return finite;
    }
    for (let i = 0; i < streams; i++) {
      const reading = column[from + i] as number;
      const missing = Number.isNaN(reading);
      lower[to + i] = missing ? -Infinity : reading;
      upper[to + i] = missing ? Infinity : reading;
      if (reading - reading !== 0) finite = false;
    }
    return finite;
  };
};

/** The difference of two operands, which every comparison is. */
const subtractStep = (online: OnlineNode): Step => {
  const { delay, ring } = online;
  const { streams } = ring;
  const [left, right] = online.operands as readonly [RowRing, RowRing];
  return (time, exact) => {
    const own = time - delay;
    if (own < 0) return true;
    const to = ring.at(own);
    const aFrom = left.at(own);
    const bFrom = right.at(own);
    if (!exact) {
      boundedBinary("subtract", ring.lower, ring.upper, to, left, aFrom, right, bFrom, streams);
      return ring.settled(to);
    }
    const target = ring.lower;
    const a = left.lower;
    const b = right.lower;
    let finite = true;
    for (let i = 0; i < streams; i++) {
      const value = (a[aFrom + i] as number) - (b[bFrom + i] as number);
      target[to + i] = value;
      if (value - value !== 0) finite = false;
    }
    return finite;
  };
};

/** A function of two operands of the same instant. */
const binaryStep = (online: OnlineNode, operation: BinaryOperation): Step => {
  const { delay, ring } = online;
  const { streams } = ring;
  const [a, b] = online.operands as readonly [RowRing, RowRing];
  return (time, exact) => {
    const own = time - delay;
    if (own < 0) return true;
    const to = ring.at(own);
    if (exact) {
      return knownBinary(operation, ring.lower, to, a.lower, a.at(own), b.lower, b.at(own), streams);
    }
    boundedBinary(operation, ring.lower, ring.upper, to, a, a.at(own), b, b.at(own), streams);
    return ring.settled(to);
  };
};

const unaryStep = (online: OnlineNode, operation: UnaryOperation, a: RowRing): Step => {
  const { delay, ring } = online;
  const { streams } = ring;
  return (time, exact) => {
    const own = time - delay;
    if (own < 0) return true;
    const to = ring.at(own);
    if (exact) return knownUnary(operation, ring.lower, to, a.lower, a.at(own), streams);
    boundedUnary(operation, ring.lower, ring.upper, to, a, a.at(own), streams);
    return ring.settled(to);
  };
};

/** -|a - b| where `same`, else |a - b|. */
const distanceSteps = (online: OnlineNode, same: boolean): OnlineSteps => {
  const { ring } = online;
  const steps = [subtractStep(online), unaryStep(online, "abs", ring)];
  return { steps: same ? [...steps, unaryStep(online, "negate", ring)] : steps };
};

/** A value `by` steps later; unknown before the first sample. */
const shiftStep = (online: OnlineNode, by: number): Step => {
  const { delay, ring } = online;
  const { streams } = ring;
  const inner = online.operands[0] as RowRing;
  return (time, exact) => {
    const own = time - delay;
    if (own < 0) return true;
    const to = ring.at(own);
    if (own + by < 0) {
      if (!exact) setUnknown(ring, to);
      return false;
    }
    copyRow(ring.lower, to, inner.lower, inner.at(own + by), streams);
    if (!exact) copyRow(ring.upper, to, inner.upper, inner.at(own + by), streams);
    return true;
  };
};

const rollingMeanSteps = (online: OnlineNode, count: number): OnlineSteps => {
  const { delay, ring } = online;
  const { streams } = ring;
  const inner = online.operands[0] as RowRing;
  const lower = new SlidingSum(count, streams);
  const upper = new SlidingSum(count, streams);
  const take: Step = (time, exact) => {
    const own = time - delay;
    if (own < 0) return true;
    lower.push(inner.lower, inner.at(own));
    if (!exact) upper.push(inner.upper, inner.at(own));
    return true;
  };
  // Apart from taking, which must not be done again where the mean is found unknown.
  const divide: Step = (time, exact) => {
    const own = time - delay;
    if (own < 0) return true;
    const to = ring.at(own);
    if (own + 1 < count) {
      if (!exact) setUnknown(ring, to);
      return false;
    }
    lower.read(ring.lower, to, count);
    if (exact) return allFinite(ring.lower, to, streams);
    upper.read(ring.upper, to, count);
    for (let i = to; i < to + streams; i++) {
      if (Number.isNaN(ring.lower[i])) ring.lower[i] = -Infinity;
      if (Number.isNaN(ring.upper[i])) ring.upper[i] = Infinity;
    }
    return ring.settled(to);
  };
  return { steps: [take, divide], split: () => upper.copyFrom(lower) };
};

const setUnknown = (ring: RowRing, from: number): void => {
  ring.lower.fill(-Infinity, from, from + ring.streams);
  ring.upper.fill(Infinity, from, from + ring.streams);
};

/** How a number, a comparison or a distance is computed; undefined of any other node. */
export const numberSteps = (online: OnlineNode): OnlineSteps | undefined => {
  const node: PlanNode = online.node;
  switch (node.kind) {
    case "constant":
      online.ring.fill(node.value);
      return { steps: [] };
    case "shift":
      return { steps: [shiftStep(online, node.by)] };
    case "subtract":
    case "above":
      return { steps: [subtractStep(online)] };
    case "add":
    case "multiply":
    case "divide":
    case "power":
      return { steps: [binaryStep(online, node.kind)] };
    case "equal":
    case "sameDistance":
      return distanceSteps(online, true);
    case "differ":
    case "otherDistance":
      return distanceSteps(online, false);
    case "negate":
    case "abs":
    case "sqrt":
    case "exp":
    case "ln":
      return { steps: [unaryStep(online, node.kind, online.operands[0] as RowRing)] };
    case "rollingMean":
      return rollingMeanSteps(online, node.steps);
    default:
      return undefined;
  }
};

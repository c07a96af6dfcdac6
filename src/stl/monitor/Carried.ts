import { ComposedWindow, SlidingWindow } from "./monitorStates.ts";
import type { PlanNode } from "../plan/Plan.ts";

/** What a temporal operator carries from sample to sample, for one bound. */
export interface Carried {
  readonly window: SlidingWindow | undefined;
  readonly composed: ComposedWindow | undefined;
  /** Of an operator without an upper bound. */
  running: number;
}

export const memoryOf = (carried: Carried): number =>
  (carried.window?.memory ?? 0) + (carried.composed === undefined ? 0 : 2 * carried.composed.memory) + 1;

/** Operators whose result is the minimum of what they collect. */
export const takesMinimum = (node: PlanNode): boolean =>
  node.kind === "always" || node.kind === "historically";

/** What an operator starts with. */
export const createCarried = (node: PlanNode, delay: number): Carried => {
  const none = { window: undefined, composed: undefined, running: NaN };
  if (delay === Infinity) return none;
  switch (node.kind) {
    case "always":
    case "eventually":
    case "historically":
    case "once": {
      const sign = takesMinimum(node) ? -1 : 1;
      if (node.upper === null) return { ...none, running: -sign * Infinity };
      return { ...none, window: new SlidingWindow(node.upper - node.lower + 1, sign) };
    }
    case "until":
    case "release":
    case "since":
    case "triggers": {
      const past = node.kind === "since" || node.kind === "triggers";
      const window = node.lower > 0 ? new SlidingWindow(node.lower, -1) : undefined;
      if (node.upper === null) return { window, composed: undefined, running: -Infinity };
      const width = node.upper - node.lower + (past ? 1 : 0);
      return { window, composed: new ComposedWindow(width, past), running: NaN };
    }
    default:
      return none;
  }
};

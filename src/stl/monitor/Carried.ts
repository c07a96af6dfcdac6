import { powerOfTwo } from "./createRing.ts";
import { ComposedWindow, SlidingWindow } from "./monitorStates.ts";
import type { PlanNode } from "../plan/Plan.ts";

/** What a temporal operator carries from sample to sample, for one bound. */
export interface Carried {
  readonly window: SlidingWindow | undefined;
  readonly composed: ComposedWindow | undefined;
  /** Of an operator without an upper bound. */
  running: number;
}

/** What an operator carries that has no window. */
export const nothingCarried = (running = NaN): Carried => ({
  window: undefined,
  composed: undefined,
  running,
});

/** How many samples the windows of an operator hold; 0 where it has none. */
const widthsOf = (node: PlanNode): { readonly window: number; readonly composed: number } => {
  switch (node.kind) {
    case "always":
    case "eventually":
    case "historically":
    case "once":
      return { window: node.upper === null ? 0 : node.upper - node.lower + 1, composed: 0 };
    case "until":
    case "release":
      return { window: node.lower, composed: node.upper === null ? 0 : node.upper - node.lower };
    case "since":
    case "triggers":
      return { window: node.lower, composed: node.upper === null ? 0 : node.upper - node.lower + 1 };
    default:
      return { window: 0, composed: 0 };
  }
};

/** Numbers that an operator will carry, for one bound. */
export const memoryOf = (node: PlanNode): number => {
  const { composed, window } = widthsOf(node);
  return (window === 0 ? 0 : 2 * powerOfTwo(window)) + 2 * composed + 1;
};

/** Operators whose result is the minimum of what they collect. */
export const takesMinimum = (node: PlanNode): boolean =>
  node.kind === "always" || node.kind === "historically";

/** What an operator starts with. */
export const createCarried = (node: PlanNode): Carried => {
  const { composed, window } = widthsOf(node);
  switch (node.kind) {
    case "always":
    case "eventually":
    case "historically":
    case "once": {
      const sign = takesMinimum(node) ? -1 : 1;
      if (node.upper === null) return nothingCarried(-sign * Infinity);
      return { ...nothingCarried(), window: new SlidingWindow(window, sign) };
    }
    case "until":
    case "release":
    case "since":
    case "triggers": {
      const kept = window > 0 ? new SlidingWindow(window, -1) : undefined;
      if (node.upper === null) return { ...nothingCarried(-Infinity), window: kept };
      const past = node.kind === "since" || node.kind === "triggers";
      return { ...nothingCarried(), window: kept, composed: new ComposedWindow(composed, past) };
    }
    default:
      return nothingCarried();
  }
};

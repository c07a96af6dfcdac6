import type { Plan, PlanNode } from "../plan/Plan.ts";
import type { Beyond } from "../evaluate/PlanEvaluator.ts";
import type { PanelTrace } from "../compile/Site.ts";
import { backwardElements, forwardElements } from "./smoothElements.ts";
import { backwardSignal, readClock, readSignal } from "./smoothLeaves.ts";
import {
  backwardAtLeast,
  backwardExtremeOver,
  backwardJoin,
  backwardSumOver,
  forwardAtLeast,
  forwardExtremeOver,
  forwardJoin,
  forwardSumOver,
} from "./smoothReductions.ts";
import { backwardTimed, backwardWindow, forwardTimed, forwardWindow } from "./smoothTemporal.ts";
import { type Layout, SmoothWalk } from "./SmoothWalk.ts";

export type SmoothMethod = "exact" | "logsumexp" | "softmax" | "sound";

export interface SmoothOptions {
  readonly method: SmoothMethod;
  /** Sharpness, > 0, in 1 / unit of the rule's predicates: the larger, the nearer to the exact value. */
  readonly temperature: number;
}

/**
 * Smooth robustness of a plan and its derivatives: one walk forward over all rows of all nodes, one back.
 *
 * Works on the negation normal form. What is missing, or not known beyond the trace, is left out (NaN).
 */
export class SmoothPlan {
  readonly #walk: SmoothWalk;

  constructor(plan: Plan, sensorCount: number, steps: number, beyond: Beyond) {
    this.#walk = new SmoothWalk(plan, sensorCount, steps, beyond);
  }

  /** Values at the root on the steps from `first` to `last`; with `record`, kept for {@link SmoothPlan.backward}. */
  forward(
    readings: Float64Array,
    clock: PanelTrace["clock"],
    first: number,
    last: number,
    options: SmoothOptions,
    record: boolean,
  ): void {
    const { method, temperature } = options;
    if (!(temperature > 0)) throw new RangeError(`the temperature ${temperature} is not above zero`);
    const walk = this.#walk;
    walk.minimum = method === "sound" ? "logsumexp" : method;
    walk.maximum = method === "sound" ? "softmax" : method;
    walk.temperature = temperature;
    walk.arrange(first, last);
    walk.tape.start(record);
    for (let n = 0; n < walk.layouts.length; n++) this.#forwardNode(n, readings, clock, method);
  }

  /** Value of the root at its step number `i`. */
  root(i: number): number {
    return this.#walk.values[this.#walk.root.base + i] as number;
  }

  /** Adds `seed` times the derivative of every finite root value to `gradient`. */
  backward(gradient: Float64Array, seed: number): void {
    const { slopes, values, root, size, layouts } = this.#walk;
    slopes.fill(0, 0, size);
    for (let at = root.base; at < root.base + root.length; at++) {
      const value = values[at] as number;
      if (value - value === 0) slopes[at] = seed;
    }
    // The tape is read from its end: nodes, rows and steps go backwards.
    for (let n = layouts.length - 1; n >= 0; n--) this.#backwardNode(n, gradient);
  }

  #forwardNode(n: number, readings: Float64Array, clock: PanelTrace["clock"], method: SmoothMethod): void {
    const walk = this.#walk;
    const node = walk.plan.nodes[n] as PlanNode;
    const layout = walk.layouts[n] as Layout;
    const { base, length, rows } = layout;
    switch (node.kind) {
      case "constant":
        walk.values.fill(node.value, base, base + length);
        return;
      case "truth":
        walk.values.fill(node.value ? Infinity : -Infinity, base, base + length);
        return;
      case "signal":
        return readSignal(walk, node, layout, readings);
      case "clock":
        return readClock(walk, node, layout, clock);
      case "and":
      case "least":
      case "or":
      case "greatest":
        return forwardJoin(walk, node, layout);
      case "allOver":
      case "leastOver":
      case "anyOver":
      case "greatestOver":
        return forwardExtremeOver(walk, node.kind, node.over, layout);
      case "meanOver":
      case "sumOver":
        return forwardSumOver(walk, node.over, node.kind === "meanOver", layout);
      case "atLeastOver":
        return forwardAtLeast(walk, node.over, node.counts, layout);
      case "always":
      case "eventually":
      case "historically":
      case "once":
        for (let row = 0; row < rows; row++) forwardWindow(walk, node, layout, row);
        return;
      case "until":
      case "release":
      case "since":
      case "triggers":
        for (let row = 0; row < rows; row++) forwardTimed(walk, node, layout, row);
        return;
      case "sameDistance":
      case "otherDistance":
        if (method === "sound") {
          throw new RangeError(
            "iff and xor of the dialect rtamt are distances: no sound smooth value exists",
          );
        }
        break;
      default:
    }
    for (let row = 0; row < rows; row++) forwardElements(walk, node, layout, row);
  }

  #backwardNode(n: number, gradient: Float64Array): void {
    const walk = this.#walk;
    const node = walk.plan.nodes[n] as PlanNode;
    const layout = walk.layouts[n] as Layout;
    const { rows } = layout;
    switch (node.kind) {
      case "signal":
        return backwardSignal(walk, layout, gradient);
      case "and":
      case "or":
      case "least":
      case "greatest":
        return backwardJoin(walk, node.operands, layout);
      case "allOver":
      case "anyOver":
      case "leastOver":
      case "greatestOver":
        return backwardExtremeOver(walk, node.over, layout);
      case "meanOver":
      case "sumOver":
        return backwardSumOver(walk, node.over, node.kind === "meanOver", layout);
      case "atLeastOver":
        return backwardAtLeast(walk, layout);
      case "always":
      case "eventually":
      case "historically":
      case "once":
        for (let row = rows - 1; row >= 0; row--) backwardWindow(walk, node, layout, row);
        return;
      case "until":
      case "release":
      case "since":
      case "triggers":
        for (let row = rows - 1; row >= 0; row--) backwardTimed(walk, node, layout, row);
        return;
      default:
        if (layout.active) for (let row = 0; row < rows; row++) backwardElements(walk, node, layout, row);
    }
  }
}

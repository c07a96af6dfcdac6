import { binaryValue, unaryValue } from "../plan/elementFunctions.ts";
import { apply, operate, result } from "../evaluate/intervalKernels.ts";
import { createRing, powerOfTwo } from "./createRing.ts";
import { type Carried, createCarried, memoryOf, nothingCarried, takesMinimum } from "./Carried.ts";
import { childrenOf } from "../plan/operandsOf.ts";
import type { PlanNode } from "../plan/Plan.ts";
import { windowOf } from "../plan/reachOf.ts";

/**
 * One node of a plan in negation normal form, fed sample by sample. At a tick with the sample `time` it computes
 * its value `delay` samples before.
 *
 * While all is known only lower bounds are computed; {@link MonitorNode.split} makes the upper ones of them.
 */
export class MonitorNode {
  readonly node: PlanNode;
  readonly delay: number;
  /** Its value at the last tick is not known: bounds must be carried from here on. */
  open = false;
  readonly #children: readonly MonitorNode[];
  #reading = NaN;
  #kept = 1;
  #mask = 0;
  #lower = new Float64Array(0);
  #upper = new Float64Array(0);
  #lowerState = nothingCarried();
  #upperState = nothingCarried();

  constructor(node: PlanNode, nodes: readonly MonitorNode[]) {
    this.node = node;
    this.#children = childrenOf(node).map((child) => nodes[child] as MonitorNode);
    let delay = 0;
    this.#children.forEach((child, index) => {
      delay = Math.max(delay, child.delay + windowOf(node, index).last);
    });
    this.delay = delay;
    if (delay !== Infinity) {
      this.#children.forEach((child, index) => {
        for (const offset of this.#offsets(index)) child.#keep(delay - child.delay - offset + 1);
      });
    }
  }

  /** Numbers that it keeps once it has its room. */
  get memory(): number {
    return 2 * this.#kept + 2 * memoryOf(this.node);
  }

  /** Takes its room, before the first sample and after all nodes are made: readers say how much is kept. */
  allocate(): void {
    this.#lower = createRing(this.#kept);
    this.#upper = createRing(this.#kept);
    this.#lowerState = createCarried(this.node);
    this.#upperState = createCarried(this.node);
  }

  /** Steps from its own at which it reads an operand. */
  #offsets(index: number): readonly number[] {
    const { node } = this;
    switch (node.kind) {
      case "until":
      case "release": {
        const last = node.upper ?? Infinity;
        return index === 0 ? [last - 1, node.lower - 1] : [last, node.lower];
      }
      case "since":
      case "triggers":
        return index === 0 ? [0, -node.lower] : [-node.lower];
      case "rollingMean":
        return [1 - node.steps];
      default:
        return [windowOf(node, index).last];
    }
  }

  #keep(count: number): void {
    if (count <= this.#kept) return;
    this.#kept = powerOfTwo(count);
    this.#mask = this.#kept - 1;
  }

  lower(time: number): number {
    return this.#lower[time & this.#mask] as number;
  }

  upper(time: number): number {
    return this.#upper[time & this.#mask] as number;
  }

  #side(time: number, useUpper: boolean): number {
    return (useUpper ? this.#upper[time & this.#mask] : this.#lower[time & this.#mask]) as number;
  }

  /** From here on the upper bounds are carried too; until now they were the lower ones. */
  split(): void {
    this.#upper.set(this.#lower);
    this.#upperState.running = this.#lowerState.running;
    const { window, composed } = this.#lowerState;
    if (window !== undefined) this.#upperState.window?.copyFrom(window);
    if (composed !== undefined) this.#upperState.composed?.copyFrom(composed);
  }

  /** Of signals: the sample `time`. */
  put(time: number, reading: number): void {
    this.#reading = reading;
    this.#lower[time & this.#mask] = reading;
    this.open = reading - reading !== 0;
  }

  /**
   * The step while all is known, made for the node once all rings have their length: true where its value is
   * not known. Undefined where nothing is to be done.
   */
  exactStep(): ((time: number) => boolean) | undefined {
    const { node, delay } = this;
    const lower = this.#lower;
    const mask = this.#mask;
    const [first, second] = this.#children;
    switch (node.kind) {
      case "signal":
        return undefined;
      case "constant":
        lower.fill(node.value);
        return undefined;
      case "above": {
        if (first === undefined || second === undefined) return undefined;
        const [a, aMask] = [first.#lower, first.#mask];
        const [b, bMask] = [second.#lower, second.#mask];
        return (time) => {
          const own = time - delay;
          if (own < 0) return false;
          const value = (a[own & aMask] as number) - (b[own & bMask] as number);
          lower[own & mask] = value;
          return value - value !== 0;
        };
      }
      case "and":
      case "or": {
        if (first === undefined || second === undefined || this.#children.length !== 2) break;
        const [a, aMask] = [first.#lower, first.#mask];
        const [b, bMask] = [second.#lower, second.#mask];
        const minimum = node.kind === "and";
        return (time) => {
          const own = time - delay;
          if (own < 0) return false;
          const left = a[own & aMask] as number;
          const right = b[own & bMask] as number;
          lower[own & mask] = minimum ? Math.min(left, right) : Math.max(left, right);
          return false;
        };
      }
      default:
    }
    return (time) => {
      this.step(time, true);
      return this.open;
    };
  }

  /** Takes the sample `time`; `exact` while all is known. */
  step(time: number, exact: boolean): void {
    const own = time - this.delay;
    const { node } = this;
    switch (node.kind) {
      case "until":
      case "release":
        this.#until(
          own,
          node.lower,
          node.upper as number,
          node.kind === "until" ? 1 : -1,
          this.#lowerState,
          false,
        );
        if (!exact) {
          this.#until(
            own,
            node.lower,
            node.upper as number,
            node.kind === "until" ? 1 : -1,
            this.#upperState,
            true,
          );
        }
        return;
      case "always":
      case "eventually":
      case "historically":
      case "once": {
        const future = node.kind === "always" || node.kind === "eventually";
        const first = future ? node.lower : node.upper === null ? -Infinity : -node.upper;
        const last = future ? (node.upper as number) : -node.lower;
        this.#window(own, first, last, this.#lowerState, false);
        if (!exact) this.#window(own, first, last, this.#upperState, true);
        return;
      }
      default:
    }
    if (own < 0) return;
    const at = own & this.#mask;
    if (node.kind === "sameDistance" || node.kind === "otherDistance") this.#distance(own, exact);
    else if (isFormula(node)) {
      this.#lower[at] = this.#formula(own, false);
      if (!exact) this.#upper[at] = this.#formula(own, true);
    } else if (exact) {
      const value = this.#number(own);
      this.#lower[at] = value;
      this.open = value - value !== 0;
    } else this.#bounds(own);
  }

  #read(index: number, time: number, useUpper = false): number {
    return (this.#children[index] as MonitorNode).#side(time, useUpper);
  }

  /** A number or the difference of a predicate; not finite where it may not be known. */
  #number(own: number): number {
    const { node } = this;
    switch (node.kind) {
      case "signal":
        return this.#reading;
      case "constant":
        return node.value;
      case "shift":
        return own + node.by < 0 ? NaN : this.#read(0, own + node.by);
      case "add":
      case "subtract":
      case "multiply":
      case "divide":
      case "power":
      case "above":
      case "equal":
      case "differ":
        return binaryValue(node.kind, this.#read(0, own), this.#read(1, own));
      case "negate":
      case "abs":
      case "sqrt":
      case "exp":
      case "ln":
        return unaryValue(node.kind, this.#read(0, own));
      case "rollingMean": {
        if (own - node.steps + 1 < 0) return NaN;
        let sum = 0;
        for (let back = node.steps - 1; back >= 0; back--) sum += this.#read(0, own - back);
        return sum / node.steps;
      }
      case "least":
      case "greatest": {
        const pick = node.kind === "least" ? Math.min : Math.max;
        let value = this.#read(0, own);
        for (let k = 1; k < this.#children.length; k++) value = pick(value, this.#read(k, own));
        return value;
      }
      default:
        return this.#read(0, own);
    }
  }

  /** Bounds of a number or a predicate. */
  #bounds(own: number): void {
    const { node } = this;
    const low = (index: number, time = own): number => this.#read(index, time, false);
    const high = (index: number, time = own): number => this.#read(index, time, true);
    switch (node.kind) {
      case "signal":
        result.lower = Number.isNaN(this.#reading) ? -Infinity : this.#reading;
        result.upper = Number.isNaN(this.#reading) ? Infinity : this.#reading;
        break;
      case "constant":
        result.lower = node.value;
        result.upper = node.value;
        break;
      case "add":
      case "subtract":
      case "multiply":
      case "divide":
      case "power":
        operate(node.kind, low(0), high(0), low(1), high(1));
        break;
      case "above":
        operate("subtract", low(0), high(0), low(1), high(1));
        break;
      case "equal":
      case "differ":
        operate("subtract", low(0), high(0), low(1), high(1));
        apply("abs", result.lower, result.upper);
        if (node.kind === "equal") apply("negate", result.lower, result.upper);
        break;
      case "negate":
      case "abs":
      case "sqrt":
      case "exp":
      case "ln":
        apply(node.kind, low(0), high(0));
        break;
      case "least":
      case "greatest": {
        const pick = node.kind === "least" ? Math.min : Math.max;
        result.lower = pick(...this.#children.map((_, k) => low(k)));
        result.upper = pick(...this.#children.map((_, k) => high(k)));
        break;
      }
      case "rollingMean": {
        let [lower, upper] = [0, 0];
        for (let back = node.steps - 1; back >= 0; back--) {
          lower += own - back < 0 ? -Infinity : low(0, own - back);
          upper += own - back < 0 ? Infinity : high(0, own - back);
        }
        result.lower = Number.isNaN(lower) ? -Infinity : lower / node.steps;
        result.upper = Number.isNaN(upper) ? Infinity : upper / node.steps;
        break;
      }
      default: {
        const from = node.kind === "shift" ? own + node.by : own;
        result.lower = from < 0 ? -Infinity : low(0, from);
        result.upper = from < 0 ? Infinity : high(0, from);
      }
    }
    const at = own & this.#mask;
    this.#lower[at] = result.lower;
    this.#upper[at] = result.upper;
  }

  #formula(own: number, useUpper: boolean): number {
    const { node } = this;
    switch (node.kind) {
      case "truth":
        return node.value ? Infinity : -Infinity;
      case "and":
      case "or": {
        const pick = node.kind === "and" ? Math.min : Math.max;
        let value = this.#read(0, own, useUpper);
        for (let k = 1; k < this.#children.length; k++) value = pick(value, this.#read(k, own, useUpper));
        return value;
      }
      case "step":
        if (own + node.by >= 0) return this.#read(0, own + node.by, useUpper);
        return node.weak ? Infinity : -Infinity;
      case "since":
      case "triggers":
        return this.#since(own, node.lower, node.upper === null, node.kind === "since" ? 1 : -1, useUpper);
      default:
        // A quantifier over the one sensor there is.
        return this.#read(0, own, useUpper);
    }
  }

  #distance(own: number, exact: boolean): void {
    const at = own & this.#mask;
    operate(
      "subtract",
      this.#read(0, own),
      this.#read(0, own, !exact),
      this.#read(1, own),
      this.#read(1, own, !exact),
    );
    apply("abs", result.lower, result.upper);
    if (this.node.kind === "sameDistance") apply("negate", result.lower, result.upper);
    this.#lower[at] = result.lower;
    this.#upper[at] = result.upper;
    this.open = result.lower !== result.upper;
  }

  #window(own: number, first: number, last: number, state: Carried, useUpper: boolean): void {
    const { window } = state;
    const newest = own + last;
    if (window === undefined) {
      if (newest >= 0) {
        const pick = takesMinimum(this.node) ? Math.min : Math.max;
        state.running = pick(state.running, this.#read(0, newest, useUpper));
      }
      if (own >= 0) this.#write(own, state.running, useUpper);
      return;
    }
    window.dropBefore(own + first);
    if (newest >= 0) window.push(newest, this.#read(0, newest, useUpper));
    if (own >= 0) this.#write(own, window.extreme(), useUpper);
  }

  #write(own: number, value: number, useUpper: boolean): void {
    (useUpper ? this.#upper : this.#lower)[own & this.#mask] = value;
  }

  /** The window holds the maps z -> min(p(k - 1), max(q(k), z)) of k = own + lower + 1 .. own + upper. */
  #until(own: number, lower: number, upper: number, sign: 1 | -1, state: Carried, useUpper: boolean): void {
    const k = own + upper;
    if (k >= 1) {
      const p = sign * this.#read(0, k - 1, useUpper);
      state.composed?.push(Math.min(p, sign * this.#read(1, k, useUpper)), p);
    }
    const { window } = state;
    if (window !== undefined) {
      window.dropBefore(own);
      const newest = own + lower - 1;
      if (newest >= 0) window.push(newest, sign * this.#read(0, newest, useUpper));
    }
    if (own < 0) return;
    const reached = Math.max(
      sign * this.#read(1, own + lower, useUpper),
      state.composed?.value() ?? -Infinity,
    );
    this.#write(own, sign * Math.min(reached, window?.extreme() ?? Infinity), useUpper);
  }

  /** The window holds the maps z -> max(q(j), min(p(j), z)) of j up to own - lower, the newest applied last. */
  #since(own: number, lower: number, unbounded: boolean, sign: 1 | -1, useUpper: boolean): number {
    const state = useUpper ? this.#upperState : this.#lowerState;
    const at = own - lower;
    const { window } = state;
    if (window !== undefined) {
      window.dropBefore(own - lower + 1);
      window.push(own, sign * this.#read(0, own, useUpper));
    }
    if (at < 0) return -sign * Infinity;
    const p = sign * this.#read(0, at, useUpper);
    const q = sign * this.#read(1, at, useUpper);
    let reached: number;
    if (unbounded) {
      state.running = Math.max(q, Math.min(p, state.running));
      reached = state.running;
    } else {
      state.composed?.push(q, p);
      reached = state.composed?.value() ?? -Infinity;
    }
    return sign * Math.min(reached, window?.extreme() ?? Infinity);
  }
}

const isFormula = (node: PlanNode): boolean => {
  switch (node.kind) {
    case "truth":
    case "and":
    case "or":
    case "step":
    case "since":
    case "triggers":
    case "allOver":
    case "anyOver":
    case "atLeastOver":
      return true;
    default:
      return false;
  }
};

import { clockTest, distance, join, predicate, timed, window } from "./evaluateFormulas.ts";
import { binary, rolling, shifted, signal, unary } from "./evaluateNumbers.ts";
import { atLeast, extremeOver, sumOver } from "./evaluateReductions.ts";
import { type Row } from "./intervalKernels.ts";
import { childrenOf, operandsOf } from "../plan/operandsOf.ts";
import type { Operand, Plan, PlanNode } from "../plan/Plan.ts";
import { isTimedPair, isWindowed, sharedNodes } from "../plan/planShape.ts";
import { windowOf } from "../plan/reachOf.ts";
import { settleOf } from "../plan/settleOf.ts";
import type { PanelTrace } from "../compile/Site.ts";
import { createWindowScratch } from "./windowKernels.ts";

/** What lies beyond an end of the trace: nothing, or readings not known. */
export type Beyond = "nothing" | "unknown";

interface PlanEvaluatorOptions {
  readonly plan: Plan;
  readonly sensorCount: number;
  readonly steps: number;
  readonly before: Beyond;
  readonly after: Beyond;
  /** Truth values +1 and -1 in place of robustness; their bounds tell true, false and unknown. */
  readonly boolean?: boolean;
  /** Step of a longer trace that the first step is: means are then rounded as over the whole of it. */
  readonly origin?: number;
}

const numericKinds = new Set<PlanNode["kind"]>([
  ..."constant signal shift add subtract multiply divide power negate abs sqrt exp ln".split(" "),
  ..."least greatest rollingMean meanOver sumOver leastOver greatestOver".split(" "),
] as PlanNode["kind"][]);

/** Where the rows of a node are kept, and which of them holds at present. */
export interface Store {
  /** Every row has its own place; else there is place for one. */
  readonly all: boolean;
  readonly lower: Float64Array[];
  readonly upper: Float64Array[];
  capacity: number;
  /** The row that `row` describes, or -1. */
  current: number;
  readonly row: Row;
  /** Copies of the rows that its two operands were read from: both may be rows of one node. */
  readonly left: Row;
  readonly right: Row;
  /** Where every row has its place: 0 not computed, 1 known, 2 bounded. */
  readonly done: Uint8Array;
  /** Work space of an order statistic. */
  ranks: Float64Array;
  /** Steps that this evaluation needs: from first to last. */
  first: number;
  last: number;
}

/** A row of so many steps takes a gigabyte for its two bounds. */
const greatestSpan = 2 ** 26;

const emptyRow = (): Row => ({
  lower: new Float64Array(0),
  lowerOffset: 0,
  upper: new Float64Array(0),
  upperOffset: 0,
  known: true,
});

/**
 * Walks a plan over a trace and gives the bounds of its robustness: rows on demand, one row a node in memory
 * unless several readers share it.
 */
export class PlanEvaluator {
  readonly plan: Plan;
  readonly options: PlanEvaluatorOptions;
  readonly stores: Store[];
  readonly #children: (readonly number[])[];
  readonly operands: (readonly Operand[])[];
  readonly #windows: { readonly first: number; readonly last: number }[][];
  /** Not of 32 bits: nested windows add up. */
  readonly #earliest: Float64Array;
  readonly #latest: Float64Array;
  readonly scratch = createWindowScratch();
  left = new Float64Array(0);
  right = new Float64Array(0);
  sums = new Float64Array(0);
  values: Float64Array = new Float64Array(0);
  clock: PanelTrace["clock"];

  constructor(options: PlanEvaluatorOptions) {
    const { plan, steps } = options;
    this.plan = plan;
    this.options = options;
    this.#children = plan.nodes.map(childrenOf);
    this.operands = plan.nodes.map(operandsOf);
    this.#windows = plan.nodes.map((node, n) =>
      (this.#children[n] as readonly number[]).map((_, index) => windowOf(node, index)),
    );
    const settle = settleOf(plan);
    const numeric = plan.nodes.map((node) => numericKinds.has(node.kind));
    const beyond = (side: Beyond, n: number, distance: number): number =>
      side === "unknown" || numeric[n] === true ? distance : 0;
    this.#earliest = Float64Array.from(
      plan.nodes,
      (_, n) => -beyond(options.before, n, settle.before[n] as number),
    );
    this.#latest = Float64Array.from(
      plan.nodes,
      (_, n) => steps - 1 + beyond(options.after, n, settle.after[n] as number),
    );
    this.#widen();
    const shared = sharedNodes(plan);
    this.stores = plan.nodes.map((node, n) => ({
      all: shared[n] === 1,
      lower: [],
      upper: [],
      capacity: -1,
      current: -1,
      row: emptyRow(),
      left: emptyRow(),
      right: emptyRow(),
      done: new Uint8Array(shared[n] === 1 ? (plan.scopes[node.scope]?.size ?? 1) : 1),
      ranks: new Float64Array(0),
      first: 0,
      last: -1,
    }));
  }

  /** An operand that is read step by step must reach as far as its reader. */
  #widen(): void {
    const { nodes } = this.plan;
    for (let n = nodes.length - 1; n >= 0; n--) {
      const node = nodes[n] as PlanNode;
      if (isWindowed(node)) continue;
      for (const child of this.#children[n] as readonly number[]) {
        this.#earliest[child] = Math.min(this.#earliest[child] as number, this.#earliest[n] as number);
        this.#latest[child] = Math.max(this.#latest[child] as number, this.#latest[n] as number);
      }
    }
  }

  /** Evaluates the root on the steps from `first` to `last`; the row stands until the next call. */
  evaluate(values: Float64Array, clock: PanelTrace["clock"], first: number, last: number): Row {
    this.values = values;
    this.clock = clock;
    this.#demand(first, last);
    // What is kept for several readers is computed before them, so that no row is overwritten while it is read.
    for (let n = 0; n < this.stores.length; n++) {
      const store = this.stores[n] as Store;
      if (store.all) for (let row = 0; row < store.done.length; row++) this.row(n, row);
      else if (this.plan.nodes[n]?.scope === 0) this.row(n, 0);
    }
    return this.row(this.plan.nodes.length - 1, 0);
  }

  /**
   * Bounds of one node at one of the steps of the last evaluation; steps beyond those are as the nearest, which
   * is what operators read there.
   */
  bound(n: number, row: number, step: number, upper: boolean): number {
    const bounds = this.row(n, row);
    const store = this.stores[n] as Store;
    const at = Math.min(Math.max(step, store.first), store.last) - store.first;
    return (upper ? bounds.upper[bounds.upperOffset + at] : bounds.lower[bounds.lowerOffset + at]) as number;
  }

  /**
   * Bounds of the root on all steps of the last evaluation, for good: the evaluator makes itself new arrays where it
   * hands its own out. Both are one array where all is known.
   */
  takeRoot(): { readonly lower: Float64Array; readonly upper: Float64Array } {
    const store = this.stores[this.stores.length - 1] as Store;
    const { known, lower, lowerOffset, upper, upperOffset } = this.row(this.stores.length - 1, 0);
    const length = store.last - store.first + 1;
    const take = (kept: Float64Array[], row: Float64Array, offset: number): Float64Array => {
      if (row !== kept[0] || row.length !== length) return row.slice(offset, offset + length);
      kept[0] = new Float64Array(0);
      return row;
    };
    const taken = take(store.lower, lower, lowerOffset);
    return { lower: taken, upper: known ? taken : take(store.upper, upper, upperOffset) };
  }

  /** Steps that a node was needed on in the last evaluation. */
  span(n: number): { readonly first: number; readonly last: number } {
    const { first, last } = this.stores[n] as Store;
    return { first, last };
  }

  /** Finds the steps that every node is needed on, readers before what they read. */
  #demand(first: number, last: number): void {
    const stores = this.stores;
    const root = stores.length - 1;
    for (const store of stores) {
      store.first = Infinity;
      store.last = -Infinity;
      store.current = -1;
      store.done.fill(0);
    }
    (stores[root] as Store).first = first;
    (stores[root] as Store).last = last;
    for (let n = root; n >= 0; n--) {
      const store = stores[n] as Store;
      const children = this.#children[n] as readonly number[];
      const windows = this.#windows[n] as { first: number; last: number }[];
      const joint = isTimedPair(this.plan.nodes[n] as PlanNode);
      for (let k = 0; k < children.length; k++) {
        const child = children[k] as number;
        const inner = stores[child] as Store;
        // Both operands of until are walked together, over the steps that either needs.
        const from = joint
          ? Math.min(windows[0]?.first ?? 0, windows[1]?.first ?? 0, 0)
          : (windows[k]?.first ?? 0);
        const to = joint
          ? Math.max(windows[0]?.last ?? 0, windows[1]?.last ?? 0, 0)
          : (windows[k]?.last ?? 0);
        const earliest = this.#earliest[child] as number;
        const latest = this.#latest[child] as number;
        const low = Math.min(Math.max(store.first + from, earliest), latest);
        const high = Math.max(Math.min(store.last + to, latest), earliest);
        if (low < inner.first) inner.first = low;
        if (high > inner.last) inner.last = high;
      }
      const length = store.last - store.first + 1;
      if (length > greatestSpan) {
        throw new RangeError(
          `a part of the formula has to be known on ${length} steps, more than ${greatestSpan}: shorten its windows`,
        );
      }
      if (store.capacity < length) {
        store.capacity = length;
        for (let row = 0; row < store.done.length; row++) {
          store.lower[row] = new Float64Array(length);
          store.upper[row] = new Float64Array(length);
        }
      }
      if (n === root) {
        for (const kept of [store.lower, store.upper]) {
          if (kept[0]?.length !== store.capacity) kept[0] = new Float64Array(store.capacity);
        }
      }
    }
  }

  row(n: number, row: number): Row {
    const store = this.stores[n] as Store;
    const bounds = store.row;
    if (store.current === row) return bounds;
    const place = store.all ? row : 0;
    const lower = store.lower[place] as Float64Array;
    const upper = store.upper[place] as Float64Array;
    store.current = row;
    bounds.lower = lower;
    bounds.lowerOffset = 0;
    const done = store.all ? (store.done[row] as number) : 0;
    let known = done === 1;
    if (done === 0) {
      const length = store.last - store.first + 1;
      known = this.#compute(n, this.plan.nodes[n] as PlanNode, row, store, lower, upper, length);
      store.done[place] = known ? 1 : 2;
    }
    bounds.known = known;
    bounds.upper = known ? bounds.lower : upper;
    bounds.upperOffset = known ? bounds.lowerOffset : 0;
    return bounds;
  }

  /** As {@link PlanEvaluator.read}, into a row that stays while other operands are read. */
  keep(operand: Operand, row: number, target: Row): Row {
    const source = this.read(operand, row);
    target.lower = source.lower;
    target.lowerOffset = source.lowerOffset;
    target.upper = source.upper;
    target.upperOffset = source.upperOffset;
    target.known = source.known;
    return target;
  }

  read(operand: Operand, row: number): Row {
    const map = operand.rows < 0 ? undefined : this.plan.rowMaps[operand.rows];
    return this.row(operand.node, map === undefined ? row : (map[row] as number));
  }

  /** Distance of a node's first step from its operand's first step. */
  shift(store: Store, child: number): number {
    return store.first - (this.stores[child] as Store).first;
  }

  /** Computes one row; true where it is known, and then stands in `lower` alone. */
  #compute(
    n: number,
    node: PlanNode,
    row: number,
    store: Store,
    lower: Float64Array,
    upper: Float64Array,
    length: number,
  ): boolean {
    switch (node.kind) {
      case "constant":
        lower.fill(node.value, 0, length);
        return true;
      case "truth": {
        const truth = this.options.boolean === true ? 1 : Infinity;
        lower.fill(node.value ? truth : -truth, 0, length);
        return true;
      }
      case "signal":
        return signal(this, node, row, store, lower, upper, length);
      case "clock":
        return clockTest(this, node, store, lower, upper, length);
      case "add":
      case "subtract":
      case "multiply":
      case "divide":
      case "power":
        return binary(this, node.kind, node.left, node.right, row, store, lower, upper, length);
      case "negate":
      case "abs":
      case "sqrt":
      case "exp":
      case "ln":
        return unary(this, node.kind, node.operand, row, store, lower, upper, length);
      case "above":
      case "equal":
      case "differ":
        return predicate(this, node, row, store, lower, upper, length);
      case "sameDistance":
      case "otherDistance":
        return distance(this, node, row, store, lower, upper, length);
      case "least":
      case "and":
        return join(this, this.operands[n] as readonly Operand[], true, row, store, lower, upper, length);
      case "greatest":
      case "or":
        return join(this, this.operands[n] as readonly Operand[], false, row, store, lower, upper, length);
      case "not": {
        const inner = this.read(node.operand, row);
        const shift = this.shift(store, node.operand.node);
        copyNegated(lower, inner.upper, inner.upperOffset + shift, length);
        if (!inner.known) copyNegated(upper, inner.lower, inner.lowerOffset + shift, length);
        return inner.known;
      }
      case "shift":
      case "step":
        return shifted(this, node, row, store, lower, upper, length);
      case "rollingMean":
        return rolling(this, node.operand, node.steps, row, store, lower, upper, length);
      case "always":
      case "eventually":
      case "historically":
      case "once":
        return window(this, node, row, store, lower, upper, length);
      case "until":
      case "release":
      case "since":
      case "triggers":
        return timed(this, node, row, store, lower, upper, length);
      case "allOver":
      case "leastOver":
        return extremeOver(this, node.over, true, row, store, lower, upper, length);
      case "anyOver":
      case "greatestOver":
        return extremeOver(this, node.over, false, row, store, lower, upper, length);
      case "meanOver":
      case "sumOver":
        return sumOver(this, node.over, node.kind === "meanOver", row, store, lower, upper, length);
      case "atLeastOver":
        return atLeast(this, node.over, node.counts[row] as number, row, store, lower, upper, length);
    }
  }
}

const copyNegated = (target: Float64Array, source: Float64Array, offset: number, length: number): void => {
  for (let i = 0; i < length; i++) target[i] = -(source[offset + i] as number);
};

import {
  type BinaryOperation,
  allFinite,
  boundedBinary,
  boundedUnary,
  knownAffine,
  knownBinary,
  knownUnary,
  rollingMean,
  type Row,
  type UnaryOperation,
} from "./intervalKernels.ts";
import { childrenOf, operandsOf, reductionOf } from "./operandsOf.ts";
import type { FormulaNode, Operand, Plan, PlanNode, Reduction } from "./Plan.ts";
import { windowOf } from "./reachOf.ts";
import { keepExtreme, rankedOver, rankSpace } from "./reductionKernels.ts";
import { settleOf } from "./settleOf.ts";
import type { PanelTrace } from "./Site.ts";
import { copyOriented, createWindowScratch, timedUntil, windowExtreme } from "./windowKernels.ts";

/** What lies beyond an end of the trace: nothing, or readings not known. */
export type Beyond = "nothing" | "unknown";

export interface PlanEvaluatorOptions {
  readonly plan: Plan;
  readonly sensorCount: number;
  readonly steps: number;
  readonly before: Beyond;
  readonly after: Beyond;
  /** Truth values +1 and -1 in place of robustness; their bounds tell true, false and unknown. */
  readonly boolean?: boolean;
}

const numericKinds = new Set<PlanNode["kind"]>([
  ..."constant signal shift add subtract multiply divide power negate abs sqrt exp ln".split(" "),
  ..."least greatest rollingMean meanOver sumOver leastOver greatestOver".split(" "),
] as PlanNode["kind"][]);

/** Where the rows of a node are kept, and which of them holds at present. */
interface Store {
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
  readonly #plan: Plan;
  readonly #options: PlanEvaluatorOptions;
  readonly #stores: Store[];
  readonly #children: (readonly number[])[];
  readonly #operands: (readonly Operand[])[];
  readonly #windows: { readonly first: number; readonly last: number }[][];
  readonly #earliest: Int32Array;
  readonly #latest: Int32Array;
  readonly #scratch = createWindowScratch();
  #left = new Float64Array(0);
  #right = new Float64Array(0);
  #sums = new Float64Array(0);
  #values: Float64Array = new Float64Array(0);
  #clock: PanelTrace["clock"];

  constructor(options: PlanEvaluatorOptions) {
    const { plan, steps } = options;
    this.#plan = plan;
    this.#options = options;
    this.#children = plan.nodes.map(childrenOf);
    this.#operands = plan.nodes.map(operandsOf);
    this.#windows = plan.nodes.map((node, n) =>
      (this.#children[n] as readonly number[]).map((_, index) => windowOf(node, index)),
    );
    const settle = settleOf(plan);
    const numeric = plan.nodes.map((node) => numericKinds.has(node.kind));
    const beyond = (side: Beyond, n: number, distance: number): number =>
      side === "unknown" || numeric[n] === true ? distance : 0;
    this.#earliest = Int32Array.from(
      plan.nodes,
      (_, n) => -beyond(options.before, n, settle.before[n] as number),
    );
    this.#latest = Int32Array.from(
      plan.nodes,
      (_, n) => steps - 1 + beyond(options.after, n, settle.after[n] as number),
    );
    this.#widen();
    const shared = sharedNodes(plan);
    this.#stores = plan.nodes.map((node, n) => ({
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
    const { nodes } = this.#plan;
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
    this.#values = values;
    this.#clock = clock;
    this.#demand(first, last);
    // What is kept for several readers is computed before them, so that no row is overwritten while it is read.
    for (let n = 0; n < this.#stores.length; n++) {
      const store = this.#stores[n] as Store;
      if (store.all) for (let row = 0; row < store.done.length; row++) this.#row(n, row);
      else if (this.#plan.nodes[n]?.scope === 0) this.#row(n, 0);
    }
    return this.#row(this.#plan.nodes.length - 1, 0);
  }

  /**
   * Bounds of one node at one of the steps of the last evaluation; steps beyond those are as the nearest, which
   * is what operators read there.
   */
  bound(n: number, row: number, step: number, upper: boolean): number {
    const bounds = this.#row(n, row);
    const store = this.#stores[n] as Store;
    const at = Math.min(Math.max(step, store.first), store.last) - store.first;
    return (upper ? bounds.upper[bounds.upperOffset + at] : bounds.lower[bounds.lowerOffset + at]) as number;
  }

  /** Steps that a node was needed on in the last evaluation. */
  span(n: number): { readonly first: number; readonly last: number } {
    const { first, last } = this.#stores[n] as Store;
    return { first, last };
  }

  /** Finds the steps that every node is needed on, readers before what they read. */
  #demand(first: number, last: number): void {
    const stores = this.#stores;
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
      const joint = isTimedPair(this.#plan.nodes[n] as PlanNode);
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
      if (store.capacity < length) {
        store.capacity = length;
        for (let row = 0; row < store.done.length; row++) {
          store.lower[row] = new Float64Array(length);
          store.upper[row] = new Float64Array(length);
        }
      }
    }
  }

  #row(n: number, row: number): Row {
    const store = this.#stores[n] as Store;
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
      known = this.#compute(n, this.#plan.nodes[n] as PlanNode, row, store, lower, upper, length);
      store.done[place] = known ? 1 : 2;
    }
    bounds.known = known;
    bounds.upper = known ? bounds.lower : upper;
    bounds.upperOffset = known ? bounds.lowerOffset : 0;
    return bounds;
  }

  /** As {@link PlanEvaluator.#read}, into a row that stays while other operands are read. */
  #keep(operand: Operand, row: number, target: Row): Row {
    const source = this.#read(operand, row);
    target.lower = source.lower;
    target.lowerOffset = source.lowerOffset;
    target.upper = source.upper;
    target.upperOffset = source.upperOffset;
    target.known = source.known;
    return target;
  }

  #read(operand: Operand, row: number): Row {
    const map = operand.rows < 0 ? undefined : this.#plan.rowMaps[operand.rows];
    return this.#row(operand.node, map === undefined ? row : (map[row] as number));
  }

  /** Distance of a node's first step from its operand's first step. */
  #shift(store: Store, child: number): number {
    return store.first - (this.#stores[child] as Store).first;
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
        const truth = this.#options.boolean === true ? 1 : Infinity;
        lower.fill(node.value ? truth : -truth, 0, length);
        return true;
      }
      case "signal":
        return this.#signal(node, row, store, lower, upper, length);
      case "clock":
        return this.#clockTest(node, store, lower, upper, length);
      case "add":
      case "subtract":
      case "multiply":
      case "divide":
      case "power":
        return this.#binary(node.kind, node.left, node.right, row, store, lower, upper, length);
      case "negate":
      case "abs":
      case "sqrt":
      case "exp":
      case "ln":
        return this.#unary(node.kind, node.operand, row, store, lower, upper, length);
      case "above":
      case "equal":
      case "differ":
        return this.#predicate(node, row, store, lower, upper, length);
      case "sameDistance":
      case "otherDistance":
        return this.#distance(node, row, store, lower, upper, length);
      case "least":
      case "and":
        return this.#join(this.#operands[n] as readonly Operand[], true, row, store, lower, upper, length);
      case "greatest":
      case "or":
        return this.#join(this.#operands[n] as readonly Operand[], false, row, store, lower, upper, length);
      case "not": {
        const inner = this.#read(node.operand, row);
        const shift = this.#shift(store, node.operand.node);
        copyNegated(lower, inner.upper, inner.upperOffset + shift, length);
        if (!inner.known) copyNegated(upper, inner.lower, inner.lowerOffset + shift, length);
        return inner.known;
      }
      case "shift":
      case "step":
        return this.#shifted(node, row, store, lower, upper, length);
      case "rollingMean":
        return this.#rolling(node.operand, node.steps, row, store, lower, upper, length);
      case "always":
      case "eventually":
      case "historically":
      case "once":
        return this.#window(node, row, store, lower, upper, length);
      case "until":
      case "release":
      case "since":
      case "triggers":
        return this.#timed(node, row, store, lower, upper, length);
      case "allOver":
      case "leastOver":
        return this.#extremeOver(node.over, true, row, store, lower, upper, length);
      case "anyOver":
      case "greatestOver":
        return this.#extremeOver(node.over, false, row, store, lower, upper, length);
      case "meanOver":
      case "sumOver":
        return this.#sumOver(node.over, node.kind === "meanOver", row, store, lower, upper, length);
      case "atLeastOver":
        return this.#atLeast(node.over, node.counts[row] as number, row, store, lower, upper, length);
    }
  }

  #signal(
    node: Extract<PlanNode, { kind: "signal" }>,
    row: number,
    store: Store,
    lower: Float64Array,
    upper: Float64Array,
    length: number,
  ): boolean {
    const { steps, sensorCount } = this.#options;
    const sensor = node.sensor >= 0 ? node.sensor : (this.#plan.scopes[node.scope]?.sensors[row] as number);
    const start = (node.channel * sensorCount + sensor) * steps;
    const values = this.#values;
    const { first } = store;
    if (first >= 0 && first + length <= steps && allFinite(values, start + first, length)) {
      // Nothing to fill in: the row is the trace itself.
      if (store.all) lower.set(values.subarray(start + first, start + first + length));
      else {
        store.row.lower = values;
        store.row.lowerOffset = start + first;
      }
      return true;
    }
    const least = node.lower ?? -Infinity;
    const greatest = node.upper ?? Infinity;
    const hold = node.holdSteps ?? Infinity;
    let held = NaN;
    let heldUntil = -Infinity;
    const back = hold === 0 ? first : Math.max(0, hold === Infinity ? 0 : first - hold);
    let allKnown = true;
    for (let step = Math.min(back, first); step < first + length; step++) {
      let value = step >= 0 && step < steps ? (values[start + step] as number) : NaN;
      if (Number.isNaN(value)) {
        if (step < steps && step <= heldUntil) value = held;
      } else {
        held = value;
        heldUntil = step + hold;
      }
      if (step < first) continue;
      const missing = Number.isNaN(value);
      if (missing || !Number.isFinite(value)) allKnown = false;
      lower[step - first] = missing ? least : value;
      upper[step - first] = missing ? greatest : value;
    }
    return allKnown;
  }

  #clockTest(
    node: Extract<FormulaNode, { kind: "clock" }>,
    store: Store,
    lower: Float64Array,
    upper: Float64Array,
    length: number,
  ): boolean {
    if (this.#clock === undefined) {
      throw new TypeError("the rule reads the clock, and the trace has none: give its clock arrays");
    }
    const field = this.#clock[node.field];
    const truth = this.#options.boolean === true ? 1 : Infinity;
    let known = true;
    for (let i = 0; i < length; i++) {
      const step = store.first + i;
      if (step < 0 || step >= this.#options.steps) {
        lower[i] = -truth;
        upper[i] = truth;
        known = false;
        continue;
      }
      const reading = field[step] as number;
      const value = reading >= node.lower && reading <= node.upper ? truth : -truth;
      lower[i] = value;
      upper[i] = value;
    }
    return known;
  }

  #binary(
    kind: BinaryOperation,
    left: Operand,
    right: Operand,
    row: number,
    store: Store,
    lower: Float64Array,
    upper: Float64Array,
    length: number,
  ): boolean {
    const a = this.#keep(left, row, store.left);
    const b = this.#keep(right, row, store.right);
    const aShift = this.#shift(store, left.node);
    const bShift = this.#shift(store, right.node);
    if (a.known && b.known) {
      // A constant beside a signal, the commonest predicate, needs no row of its own.
      const leftNode = this.#plan.nodes[left.node] as PlanNode;
      const rightNode = this.#plan.nodes[right.node] as PlanNode;
      if (kind === "subtract" && rightNode.kind === "constant") {
        if (knownAffine(lower, a.lower, a.lowerOffset + aShift, 1, -rightNode.value, length)) return true;
      } else if (kind === "subtract" && leftNode.kind === "constant") {
        if (knownAffine(lower, b.lower, b.lowerOffset + bShift, -1, leftNode.value, length)) return true;
      } else if (
        knownBinary(kind, lower, a.lower, a.lowerOffset + aShift, b.lower, b.lowerOffset + bShift, length)
      ) {
        return true;
      }
    }
    boundedBinary(kind, lower, upper, a, aShift, b, bShift, length);
    return false;
  }

  #unary(
    kind: UnaryOperation,
    operand: Operand,
    row: number,
    store: Store,
    lower: Float64Array,
    upper: Float64Array,
    length: number,
  ): boolean {
    const a = this.#read(operand, row);
    const shift = this.#shift(store, operand.node);
    if (a.known && knownUnary(kind, lower, a.lower, a.lowerOffset + shift, length)) return true;
    boundedUnary(kind, lower, upper, a, shift, length);
    return false;
  }

  #predicate(
    node: Extract<FormulaNode, { kind: "above" | "equal" | "differ" }>,
    row: number,
    store: Store,
    lower: Float64Array,
    upper: Float64Array,
    length: number,
  ): boolean {
    const known = this.#binary("subtract", node.left, node.right, row, store, lower, upper, length);
    if (this.#options.boolean === true)
      return truthOfDifference(node, lower, known ? lower : upper, upper, length);
    if (node.kind === "above") return known;
    const sign = node.kind === "equal" ? -1 : 1;
    if (known) {
      for (let i = 0; i < length; i++) lower[i] = sign * Math.abs(lower[i] as number);
      return true;
    }
    distanceBounds(lower, upper, sign, length);
    return false;
  }

  #distance(
    node: Extract<FormulaNode, { kind: "sameDistance" | "otherDistance" }>,
    row: number,
    store: Store,
    lower: Float64Array,
    upper: Float64Array,
    length: number,
  ): boolean {
    const a = this.#keep(node.left, row, store.left);
    const b = this.#keep(node.right, row, store.right);
    const aShift = this.#shift(store, node.left.node);
    const bShift = this.#shift(store, node.right.node);
    const sign = node.kind === "sameDistance" ? -1 : 1;
    boundedBinary("subtract", lower, upper, a, aShift, b, bShift, length);
    if (this.#options.boolean !== true) {
      distanceBounds(lower, upper, sign, length);
      return false;
    }
    for (let i = 0; i < length; i++) {
      const settled = lower[i] === upper[i];
      const same = lower[i] === 0 ? 1 : -1;
      const differ = (lower[i] as number) > 0 || (upper[i] as number) < 0;
      const value = settled ? same : -1;
      lower[i] = settled || differ ? -sign * value : -1;
      upper[i] = settled || differ ? -sign * value : 1;
    }
    return false;
  }

  /** Minimum or maximum of several operands, step by step. */
  #join(
    operands: readonly Operand[],
    minimum: boolean,
    row: number,
    store: Store,
    lower: Float64Array,
    upper: Float64Array,
    length: number,
  ): boolean {
    let known = true;
    for (let k = 0; k < operands.length; k++) {
      const operand = operands[k] as Operand;
      const inner = this.#read(operand, row);
      const shift = this.#shift(store, operand.node);
      if (known && !inner.known) {
        if (k > 0) upper.set(lower.subarray(0, length));
        known = false;
      }
      keepExtreme(lower, inner.lower, inner.lowerOffset + shift, length, minimum, k === 0);
      if (!known) keepExtreme(upper, inner.upper, inner.upperOffset + shift, length, minimum, k === 0);
    }
    return known;
  }

  #shifted(
    node: Extract<PlanNode, { kind: "shift" | "step" }>,
    row: number,
    store: Store,
    lower: Float64Array,
    upper: Float64Array,
    length: number,
  ): boolean {
    const inner = this.#read(node.operand, row);
    const child = this.#stores[node.operand.node] as Store;
    const width = child.last - child.first + 1;
    const hold =
      node.kind === "shift" || (node.by > 0 ? this.#options.after : this.#options.before) === "unknown";
    const outside = node.kind === "step" && node.weak ? Infinity : -Infinity;
    const from = store.first + node.by - child.first;
    for (let i = 0; i < length; i++) {
      let at = from + i;
      if (hold) at = at < 0 ? 0 : at >= width ? width - 1 : at;
      const inside = at >= 0 && at < width;
      lower[i] = inside ? (inner.lower[inner.lowerOffset + at] as number) : outside;
      if (!inner.known) upper[i] = inside ? (inner.upper[inner.upperOffset + at] as number) : outside;
    }
    return inner.known;
  }

  #rolling(
    operand: Operand,
    steps: number,
    row: number,
    store: Store,
    lower: Float64Array,
    upper: Float64Array,
    length: number,
  ): boolean {
    const inner = this.#read(operand, row);
    const child = this.#stores[operand.node] as Store;
    const width = child.last - child.first + 1;
    const span = length + steps - 1;
    if (this.#sums.length < span) {
      this.#sums = new Float64Array(span);
      this.#left = new Float64Array(span);
    }
    // Steps before the operand's first are as its first: unknown.
    const from = store.first - steps + 1 - child.first;
    const mean = (target: Float64Array, source: Float64Array, offset: number): void => {
      for (let i = 0; i < span; i++) {
        this.#left[i] = source[offset + Math.min(Math.max(from + i, 0), width - 1)] as number;
      }
      rollingMean(target, length, this.#left, 0, steps, this.#sums);
    };
    mean(lower, inner.lower, inner.lowerOffset);
    if (inner.known) return true;
    mean(upper, inner.upper, inner.upperOffset);
    for (let i = 0; i < length; i++) {
      if (Number.isNaN(lower[i])) lower[i] = -Infinity;
      if (Number.isNaN(upper[i])) upper[i] = Infinity;
    }
    return false;
  }

  #window(
    node: Extract<FormulaNode, { kind: "always" | "eventually" | "historically" | "once" }>,
    row: number,
    store: Store,
    lower: Float64Array,
    upper: Float64Array,
    length: number,
  ): boolean {
    const inner = this.#read(node.operand, row);
    const child = this.#stores[node.operand.node] as Store;
    const width = child.last - child.first + 1;
    const future = node.kind === "always" || node.kind === "eventually";
    const minimum = node.kind === "always" || node.kind === "historically";
    const hold = (future ? this.#options.after : this.#options.before) === "unknown";
    const far = node.upper ?? Infinity;
    const shift = store.first - child.first;
    const from = shift + (future ? node.lower : -far);
    const to = shift + (future ? far : -node.lower);
    const scratch = this.#scratch;
    windowExtreme(lower, 0, length, inner.lower, inner.lowerOffset, width, from, to, minimum, hold, scratch);
    if (inner.known) return true;
    windowExtreme(upper, 0, length, inner.upper, inner.upperOffset, width, from, to, minimum, hold, scratch);
    return false;
  }

  #timed(
    node: Extract<FormulaNode, { kind: "until" | "release" | "since" | "triggers" }>,
    row: number,
    store: Store,
    lower: Float64Array,
    upper: Float64Array,
    length: number,
  ): boolean {
    const p = this.#keep(node.left, row, store.left);
    const q = this.#keep(node.right, row, store.right);
    const left = this.#stores[node.left.node] as Store;
    const right = this.#stores[node.right.node] as Store;
    const past = node.kind === "since" || node.kind === "triggers";
    const hold = (past ? this.#options.before : this.#options.after) === "unknown";
    // Both operands from the node's own steps to the end that the operator looks to.
    const from = past ? Math.min(left.first, right.first) : store.first;
    const to = past ? store.last : Math.max(left.last, right.last);
    const span = to - from + 1;
    if (this.#left.length < span) this.#left = new Float64Array(span);
    if (this.#right.length < span) this.#right = new Float64Array(span);
    if (this.#sums.length < span) this.#sums = new Float64Array(span);
    // The dual operator by negating operands and result, the past by reversing time.
    const sign = node.kind === "release" || node.kind === "triggers" ? -1 : 1;
    const asItIs = !past && sign > 0 && covers(left, from, to) && covers(right, from, to);
    const side = (target: Float64Array, useUpper: boolean): void => {
      if (!asItIs) {
        gather(this.#left, p, useUpper, left, from, span, past, sign);
        gather(this.#right, q, useUpper, right, from, span, past, sign);
      }
      const ahead = (row: Row, operand: Store): number =>
        (useUpper ? row.upperOffset : row.lowerOffset) + from - operand.first;
      timedUntil(
        past ? this.#sums : target,
        0,
        length,
        asItIs ? (useUpper ? p.upper : p.lower) : this.#left,
        asItIs ? ahead(p, left) : 0,
        asItIs ? (useUpper ? q.upper : q.lower) : this.#right,
        asItIs ? ahead(q, right) : 0,
        span,
        node.lower,
        node.upper ?? Infinity,
        hold,
        this.#scratch,
      );
      if (past) copyOriented(target, this.#sums, 0, length, true, sign);
      else if (sign < 0) copyOriented(target, target, 0, length, false, sign);
    };
    side(lower, false);
    if (p.known && q.known) return true;
    side(upper, true);
    return false;
  }

  #extremeOver(
    over: Reduction,
    minimum: boolean,
    row: number,
    store: Store,
    lower: Float64Array,
    upper: Float64Array,
    length: number,
  ): boolean {
    const shift = this.#shift(store, over.node);
    const from = over.offsets[row] as number;
    const to = over.offsets[row + 1] as number;
    let known = true;
    if (from === to) lower.fill(minimum ? Infinity : -Infinity, 0, length);
    for (let k = from; k < to; k++) {
      const inner = this.#row(over.node, over.rows[k] as number);
      if (known && !inner.known) {
        if (k > from) upper.set(lower.subarray(0, length));
        known = false;
      }
      keepExtreme(lower, inner.lower, inner.lowerOffset + shift, length, minimum, k === from);
      if (!known) keepExtreme(upper, inner.upper, inner.upperOffset + shift, length, minimum, k === from);
    }
    return known;
  }

  #sumOver(
    over: Reduction,
    mean: boolean,
    row: number,
    store: Store,
    lower: Float64Array,
    upper: Float64Array,
    length: number,
  ): boolean {
    const shift = this.#shift(store, over.node);
    const from = over.offsets[row] as number;
    const to = over.offsets[row + 1] as number;
    let known = true;
    lower.fill(0, 0, length);
    upper.fill(0, 0, length);
    for (let k = from; k < to; k++) {
      const inner = this.#row(over.node, over.rows[k] as number);
      known &&= inner.known;
      for (let i = 0; i < length; i++) {
        lower[i] = (lower[i] as number) + (inner.lower[inner.lowerOffset + shift + i] as number);
        upper[i] = (upper[i] as number) + (inner.upper[inner.upperOffset + shift + i] as number);
      }
    }
    const count = mean ? to - from : 1;
    for (let i = 0; i < length; i++) {
      const least = (lower[i] as number) / count;
      const greatest = (upper[i] as number) / count;
      lower[i] = Number.isNaN(least) ? -Infinity : least;
      upper[i] = Number.isNaN(greatest) ? Infinity : greatest;
    }
    return known;
  }

  #atLeast(
    over: Reduction,
    count: number,
    row: number,
    store: Store,
    lower: Float64Array,
    upper: Float64Array,
    length: number,
  ): boolean {
    const from = over.offsets[row] as number;
    const total = (over.offsets[row + 1] as number) - from;
    if (count <= 0 || count > total) {
      lower.fill(count <= 0 ? Infinity : -Infinity, 0, length);
      return true;
    }
    const shift = this.#shift(store, over.node);
    let known = true;
    const read = (k: number): Row => {
      const inner = this.#row(over.node, over.rows[from + k] as number);
      known &&= inner.known;
      return inner;
    };
    if (store.ranks.length < rankSpace(total, count, length)) {
      store.ranks = new Float64Array(rankSpace(total, count, length));
    }
    rankedOver(store.ranks, lower, upper, total, count, length, shift, read);
    return known;
  }
}

const isTimedPair = (node: PlanNode): boolean =>
  node.kind === "until" || node.kind === "release" || node.kind === "since" || node.kind === "triggers";

/** Whether a node reads its operands at other steps than its own. */
const isWindowed = (node: PlanNode): boolean =>
  isTimedPair(node) ||
  ("upper" in node && "operand" in node) ||
  node.kind === "shift" ||
  node.kind === "step" ||
  node.kind === "rollingMean";

/**
 * Nodes of which every row is kept: reductions to more than one row, whatever is read through a row map, and
 * whatever several reductions read or one reads repeatedly (rows of signals are the trace and cost nothing).
 */
const sharedNodes = (plan: Plan): Uint8Array => {
  const shared = new Uint8Array(plan.nodes.length);
  const reduced = new Uint8Array(plan.nodes.length);
  const share = (n: number): void => {
    if ((plan.scopes[plan.nodes[n]?.scope ?? 0]?.size ?? 1) > 1) shared[n] = 1;
  };
  plan.nodes.forEach((node, n) => {
    for (const operand of operandsOf(node)) if (operand.rows >= 0) share(operand.node);
    const over = reductionOf(node);
    if (over === undefined) return;
    share(n);
    const again = reduced[over.node] === 1 || new Set(over.rows).size < over.rows.length;
    if (again && plan.nodes[over.node]?.kind !== "signal") share(over.node);
    reduced[over.node] = 1;
  });
  return shared;
};

const copyNegated = (target: Float64Array, source: Float64Array, offset: number, length: number): void => {
  for (let i = 0; i < length; i++) target[i] = -(source[offset + i] as number);
};

const covers = (store: Store, from: number, to: number): boolean => store.first <= from && store.last >= to;

/** One side of an operand over `span` steps from `from`, steps beyond its own as the nearest of them. */
const gather = (
  target: Float64Array,
  row: Row,
  useUpper: boolean,
  store: Store,
  from: number,
  span: number,
  reverse: boolean,
  sign: number,
): void => {
  // A negated lower bound comes from the upper one and back again, so the side stays the same.
  const source = useUpper ? row.upper : row.lower;
  const offset = (useUpper ? row.upperOffset : row.lowerOffset) - store.first;
  for (let i = 0; i < span; i++) {
    const step = Math.min(Math.max(from + i, store.first), store.last);
    target[reverse ? span - 1 - i : i] = sign * (source[offset + step] as number);
  }
};

/** Turns bounds of a difference into those of sign * |difference|, in place. */
const distanceBounds = (lower: Float64Array, upper: Float64Array, sign: number, length: number): void => {
  for (let i = 0; i < length; i++) {
    const a = lower[i] as number;
    const b = upper[i] as number;
    const near = a > 0 ? a : b < 0 ? -b : 0;
    const far = Math.max(Math.abs(a), Math.abs(b));
    lower[i] = sign < 0 ? -far : near;
    upper[i] = sign < 0 ? -near : far;
  }
};

/** Turns bounds of a difference into truth values, in place; true where all of them are settled. */
const truthOfDifference = (
  node: Extract<FormulaNode, { kind: "above" | "equal" | "differ" }>,
  lower: Float64Array,
  greatest: Float64Array,
  upper: Float64Array,
  length: number,
): boolean => {
  let settled = true;
  for (let i = 0; i < length; i++) {
    const a = lower[i] as number;
    const b = greatest[i] as number;
    let certain: boolean;
    let possible: boolean;
    if (node.kind === "above") {
      certain = node.strict ? a > 0 : a >= 0;
      possible = node.strict ? b > 0 : b >= 0;
    } else {
      const same = a === 0 && b === 0;
      const apart = a > 0 || b < 0;
      certain = node.kind === "equal" ? same : apart;
      possible = node.kind === "equal" ? !apart : !same;
    }
    lower[i] = certain ? 1 : -1;
    upper[i] = possible ? 1 : -1;
    settled &&= certain === possible;
  }
  return settled;
};

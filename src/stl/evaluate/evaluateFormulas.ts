import { binary } from "./evaluateNumbers.ts";
import { boundedBinary, type Row } from "./intervalKernels.ts";
import type { FormulaNode, Operand } from "../plan/Plan.ts";
import type { PlanEvaluator, Store } from "./PlanEvaluator.ts";
import { extremeOfTwo, keepExtreme } from "./reductionKernels.ts";
import { copyOriented, timedUntil, windowExtreme } from "./windowKernels.ts";

export const clockTest = (
  evaluator: PlanEvaluator,
  node: Extract<FormulaNode, { kind: "clock" }>,
  store: Store,
  lower: Float64Array,
  upper: Float64Array,
  length: number,
): boolean => {
  if (evaluator.clock === undefined) {
    throw new TypeError("the rule reads the clock, and the trace has none: give its clock arrays");
  }
  const field = evaluator.clock[node.field];
  const truth = evaluator.options.boolean === true ? 1 : Infinity;
  let known = true;
  for (let i = 0; i < length; i++) {
    const step = store.first + i;
    if (step < 0 || step >= evaluator.options.steps) {
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
};

export const predicate = (
  evaluator: PlanEvaluator,
  node: Extract<FormulaNode, { kind: "above" | "equal" | "differ" }>,
  row: number,
  store: Store,
  lower: Float64Array,
  upper: Float64Array,
  length: number,
): boolean => {
  const known = binary(evaluator, "subtract", node.left, node.right, row, store, lower, upper, length);
  if (evaluator.options.boolean === true)
    return truthOfDifference(node, lower, known ? lower : upper, upper, length);
  if (node.kind === "above") return known;
  const sign = node.kind === "equal" ? -1 : 1;
  if (known) {
    for (let i = 0; i < length; i++) lower[i] = sign * Math.abs(lower[i] as number);
    return true;
  }
  distanceBounds(lower, upper, sign, length);
  return false;
};

export const distance = (
  evaluator: PlanEvaluator,
  node: Extract<FormulaNode, { kind: "sameDistance" | "otherDistance" }>,
  row: number,
  store: Store,
  lower: Float64Array,
  upper: Float64Array,
  length: number,
): boolean => {
  const a = evaluator.keep(node.left, row, store.left);
  const b = evaluator.keep(node.right, row, store.right);
  const aShift = evaluator.shift(store, node.left.node);
  const bShift = evaluator.shift(store, node.right.node);
  const sign = node.kind === "sameDistance" ? -1 : 1;
  boundedBinary("subtract", lower, upper, 0, a, aShift, b, bShift, length);
  if (evaluator.options.boolean !== true) {
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
};

/** Minimum or maximum of several operands, step by step. */
export const join = (
  evaluator: PlanEvaluator,
  operands: readonly Operand[],
  minimum: boolean,
  row: number,
  store: Store,
  lower: Float64Array,
  upper: Float64Array,
  length: number,
): boolean => {
  const [first, second] = operands;
  if (operands.length === 2 && first !== undefined && second !== undefined) {
    const a = evaluator.keep(first, row, store.left);
    const b = evaluator.keep(second, row, store.right);
    const aShift = evaluator.shift(store, first.node);
    const bShift = evaluator.shift(store, second.node);
    extremeOfTwo(lower, a.lower, a.lowerOffset + aShift, b.lower, b.lowerOffset + bShift, length, minimum);
    if (a.known && b.known) return true;
    extremeOfTwo(upper, a.upper, a.upperOffset + aShift, b.upper, b.upperOffset + bShift, length, minimum);
    return false;
  }
  let known = true;
  for (let k = 0; k < operands.length; k++) {
    const operand = operands[k] as Operand;
    const inner = evaluator.read(operand, row);
    const shift = evaluator.shift(store, operand.node);
    if (known && !inner.known) {
      if (k > 0) upper.set(lower.subarray(0, length));
      known = false;
    }
    keepExtreme(lower, inner.lower, inner.lowerOffset + shift, length, minimum, k === 0);
    if (!known) keepExtreme(upper, inner.upper, inner.upperOffset + shift, length, minimum, k === 0);
  }
  return known;
};

export const window = (
  evaluator: PlanEvaluator,
  node: Extract<FormulaNode, { kind: "always" | "eventually" | "historically" | "once" }>,
  row: number,
  store: Store,
  lower: Float64Array,
  upper: Float64Array,
  length: number,
): boolean => {
  const inner = evaluator.read(node.operand, row);
  const child = evaluator.stores[node.operand.node] as Store;
  const width = child.last - child.first + 1;
  const future = node.kind === "always" || node.kind === "eventually";
  const minimum = node.kind === "always" || node.kind === "historically";
  const hold = (future ? evaluator.options.after : evaluator.options.before) === "unknown";
  const far = node.upper ?? Infinity;
  const shift = store.first - child.first;
  const from = shift + (future ? node.lower : -far);
  const to = shift + (future ? far : -node.lower);
  const scratch = evaluator.scratch;
  windowExtreme(lower, 0, length, inner.lower, inner.lowerOffset, width, from, to, minimum, hold, scratch);
  if (inner.known) return true;
  windowExtreme(upper, 0, length, inner.upper, inner.upperOffset, width, from, to, minimum, hold, scratch);
  return false;
};

export const timed = (
  evaluator: PlanEvaluator,
  node: Extract<FormulaNode, { kind: "until" | "release" | "since" | "triggers" }>,
  row: number,
  store: Store,
  lower: Float64Array,
  upper: Float64Array,
  length: number,
): boolean => {
  const p = evaluator.keep(node.left, row, store.left);
  const q = evaluator.keep(node.right, row, store.right);
  const left = evaluator.stores[node.left.node] as Store;
  const right = evaluator.stores[node.right.node] as Store;
  const past = node.kind === "since" || node.kind === "triggers";
  const hold = (past ? evaluator.options.before : evaluator.options.after) === "unknown";
  // Both operands from the node's own steps to the end that the operator looks to.
  const from = past ? Math.min(left.first, right.first, store.first) : store.first;
  const to = past ? store.last : Math.max(left.last, right.last, store.last);
  const span = to - from + 1;
  if (evaluator.left.length < span) evaluator.left = new Float64Array(span);
  if (evaluator.right.length < span) evaluator.right = new Float64Array(span);
  if (evaluator.sums.length < span) evaluator.sums = new Float64Array(span);
  // The dual operator by negating operands and result, the past by reversing time.
  const sign = node.kind === "release" || node.kind === "triggers" ? -1 : 1;
  const asItIs = !past && sign > 0 && covers(left, from, to) && covers(right, from, to);
  const side = (target: Float64Array, useUpper: boolean): void => {
    if (!asItIs) {
      gather(evaluator.left, p, useUpper, left, from, span, past, sign);
      gather(evaluator.right, q, useUpper, right, from, span, past, sign);
    }
    const ahead = (row: Row, operand: Store): number =>
      (useUpper ? row.upperOffset : row.lowerOffset) + from - operand.first;
    timedUntil(
      past ? evaluator.sums : target,
      0,
      length,
      asItIs ? (useUpper ? p.upper : p.lower) : evaluator.left,
      asItIs ? ahead(p, left) : 0,
      asItIs ? (useUpper ? q.upper : q.lower) : evaluator.right,
      asItIs ? ahead(q, right) : 0,
      span,
      node.lower,
      node.upper ?? Infinity,
      hold,
      evaluator.scratch,
    );
    if (past) copyOriented(target, evaluator.sums, 0, length, true, sign);
    else if (sign < 0) copyOriented(target, target, 0, length, false, sign);
  };
  side(lower, false);
  if (p.known && q.known) return true;
  side(upper, true);
  return false;
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

import {
  allFinite,
  type BinaryOperation,
  boundedBinary,
  boundedUnary,
  knownAffine,
  knownBinary,
  knownUnary,
  rollingMean,
  type UnaryOperation,
} from "./intervalKernels.ts";
import type { Operand, PlanNode } from "../plan/Plan.ts";
import type { PlanEvaluator, Store } from "./PlanEvaluator.ts";

export const signal = (
  evaluator: PlanEvaluator,
  node: Extract<PlanNode, { kind: "signal" }>,
  row: number,
  store: Store,
  lower: Float64Array,
  upper: Float64Array,
  length: number,
): boolean => {
  const { steps, sensorCount } = evaluator.options;
  const sensor = node.sensor >= 0 ? node.sensor : (evaluator.plan.scopes[node.scope]?.sensors[row] as number);
  const start = (node.channel * sensorCount + sensor) * steps;
  const values = evaluator.values;
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
};

export const binary = (
  evaluator: PlanEvaluator,
  kind: BinaryOperation,
  left: Operand,
  right: Operand,
  row: number,
  store: Store,
  lower: Float64Array,
  upper: Float64Array,
  length: number,
): boolean => {
  const a = evaluator.keep(left, row, store.left);
  const b = evaluator.keep(right, row, store.right);
  const aShift = evaluator.shift(store, left.node);
  const bShift = evaluator.shift(store, right.node);
  if (a.known && b.known) {
    // A constant beside a signal, the commonest predicate, needs no row of its own.
    const leftNode = evaluator.plan.nodes[left.node] as PlanNode;
    const rightNode = evaluator.plan.nodes[right.node] as PlanNode;
    if (kind === "subtract" && rightNode.kind === "constant") {
      if (knownAffine(lower, a.lower, a.lowerOffset + aShift, 1, -rightNode.value, length)) return true;
    } else if (kind === "subtract" && leftNode.kind === "constant") {
      if (knownAffine(lower, b.lower, b.lowerOffset + bShift, -1, leftNode.value, length)) return true;
    } else if (
      knownBinary(kind, lower, 0, a.lower, a.lowerOffset + aShift, b.lower, b.lowerOffset + bShift, length)
    ) {
      return true;
    }
  }
  boundedBinary(kind, lower, upper, 0, a, aShift, b, bShift, length);
  return false;
};

export const unary = (
  evaluator: PlanEvaluator,
  kind: UnaryOperation,
  operand: Operand,
  row: number,
  store: Store,
  lower: Float64Array,
  upper: Float64Array,
  length: number,
): boolean => {
  const a = evaluator.read(operand, row);
  const shift = evaluator.shift(store, operand.node);
  if (a.known && knownUnary(kind, lower, 0, a.lower, a.lowerOffset + shift, length)) return true;
  boundedUnary(kind, lower, upper, 0, a, shift, length);
  return false;
};

export const shifted = (
  evaluator: PlanEvaluator,
  node: Extract<PlanNode, { kind: "shift" | "step" }>,
  row: number,
  store: Store,
  lower: Float64Array,
  upper: Float64Array,
  length: number,
): boolean => {
  const inner = evaluator.read(node.operand, row);
  const child = evaluator.stores[node.operand.node] as Store;
  const width = child.last - child.first + 1;
  const hold =
    node.kind === "shift" || (node.by > 0 ? evaluator.options.after : evaluator.options.before) === "unknown";
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
};

export const rolling = (
  evaluator: PlanEvaluator,
  operand: Operand,
  steps: number,
  row: number,
  store: Store,
  lower: Float64Array,
  upper: Float64Array,
  length: number,
): boolean => {
  const inner = evaluator.read(operand, row);
  const child = evaluator.stores[operand.node] as Store;
  const width = child.last - child.first + 1;
  const span = length + steps - 1;
  if (evaluator.sums.length < span) {
    evaluator.sums = new Float64Array(span);
    evaluator.left = new Float64Array(span);
  }
  // Steps before the operand's first are as its first: unknown.
  const from = store.first - steps + 1 - child.first;
  const begin = store.first - steps + 1 + (evaluator.options.origin ?? 0);
  const phase = ((-begin % steps) + steps) % steps;
  const mean = (target: Float64Array, source: Float64Array, offset: number): void => {
    for (let i = 0; i < span; i++) {
      evaluator.left[i] = source[offset + Math.min(Math.max(from + i, 0), width - 1)] as number;
    }
    rollingMean(target, length, evaluator.left, 0, steps, evaluator.sums, phase);
  };
  mean(lower, inner.lower, inner.lowerOffset);
  if (inner.known) return true;
  mean(upper, inner.upper, inner.upperOffset);
  for (let i = 0; i < length; i++) {
    if (Number.isNaN(lower[i])) lower[i] = -Infinity;
    if (Number.isNaN(upper[i])) upper[i] = Infinity;
  }
  return false;
};

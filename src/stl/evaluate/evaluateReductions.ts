import type { Row } from "./intervalKernels.ts";
import type { Reduction } from "../plan/Plan.ts";
import type { PlanEvaluator, Store } from "./PlanEvaluator.ts";
import { keepExtreme, rankedOver, rankSpace } from "./reductionKernels.ts";

export const extremeOver = (
  evaluator: PlanEvaluator,
  over: Reduction,
  minimum: boolean,
  row: number,
  store: Store,
  lower: Float64Array,
  upper: Float64Array,
  length: number,
): boolean => {
  const shift = evaluator.shift(store, over.node);
  const from = over.offsets[row] as number;
  const to = over.offsets[row + 1] as number;
  let known = true;
  if (from === to) lower.fill(minimum ? Infinity : -Infinity, 0, length);
  for (let k = from; k < to; k++) {
    const inner = evaluator.row(over.node, over.rows[k] as number);
    if (known && !inner.known) {
      if (k > from) upper.set(lower.subarray(0, length));
      known = false;
    }
    keepExtreme(lower, inner.lower, inner.lowerOffset + shift, length, minimum, k === from);
    if (!known) keepExtreme(upper, inner.upper, inner.upperOffset + shift, length, minimum, k === from);
  }
  return known;
};

export const sumOver = (
  evaluator: PlanEvaluator,
  over: Reduction,
  mean: boolean,
  row: number,
  store: Store,
  lower: Float64Array,
  upper: Float64Array,
  length: number,
): boolean => {
  const shift = evaluator.shift(store, over.node);
  const from = over.offsets[row] as number;
  const to = over.offsets[row + 1] as number;
  let known = true;
  lower.fill(0, 0, length);
  upper.fill(0, 0, length);
  for (let k = from; k < to; k++) {
    const inner = evaluator.row(over.node, over.rows[k] as number);
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
};

export const atLeast = (
  evaluator: PlanEvaluator,
  over: Reduction,
  count: number,
  row: number,
  store: Store,
  lower: Float64Array,
  upper: Float64Array,
  length: number,
): boolean => {
  const from = over.offsets[row] as number;
  const total = (over.offsets[row + 1] as number) - from;
  if (count <= 0 || count > total) {
    lower.fill(count <= 0 ? Infinity : -Infinity, 0, length);
    return true;
  }
  const shift = evaluator.shift(store, over.node);
  let known = true;
  const read = (k: number): Row => {
    const inner = evaluator.row(over.node, over.rows[from + k] as number);
    known &&= inner.known;
    return inner;
  };
  if (store.ranks.length < rankSpace(total, count, length)) {
    store.ranks = new Float64Array(rankSpace(total, count, length));
  }
  rankedOver(store.ranks, lower, upper, total, count, length, shift, read);
  return known;
};

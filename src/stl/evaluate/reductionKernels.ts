import type { Row } from "./intervalKernels.ts";

/** Copies the source, or keeps the smaller (the larger) of target and source, step by step. */
export const keepExtreme = (
  target: Float64Array,
  source: Float64Array,
  offset: number,
  length: number,
  minimum: boolean,
  first: boolean,
): void => {
  if (first) {
    for (let i = 0; i < length; i++) target[i] = source[offset + i] as number;
  } else if (minimum) {
    for (let i = 0; i < length; i++) {
      target[i] = Math.min(target[i] as number, source[offset + i] as number);
    }
  } else {
    for (let i = 0; i < length; i++) {
      target[i] = Math.max(target[i] as number, source[offset + i] as number);
    }
  }
};

/** The smaller, or the larger, of two rows, step by step. */
export const extremeOfTwo = (
  target: Float64Array,
  a: Float64Array,
  aOffset: number,
  b: Float64Array,
  bOffset: number,
  length: number,
  minimum: boolean,
): void => {
  if (minimum) {
    for (let i = 0; i < length; i++) target[i] = Math.min(a[aOffset + i] as number, b[bOffset + i] as number);
  } else {
    for (let i = 0; i < length; i++) target[i] = Math.max(a[aOffset + i] as number, b[bOffset + i] as number);
  }
};

/** Keeps `value` among the `size` best of one step, best first; `best` = larger where `largest`. */
const keepRanked = (
  ranked: Float64Array,
  at: number,
  held: number,
  size: number,
  value: number,
  largest: boolean,
): void => {
  let k = held < size ? held : size;
  if (k === size) {
    const worst = ranked[at + size - 1] as number;
    if (largest ? value <= worst : value >= worst) return;
    k--;
  }
  for (; k > 0; k--) {
    const before = ranked[at + k - 1] as number;
    if (largest ? before >= value : before <= value) break;
    ranked[at + k] = before;
  }
  ranked[at + k] = value;
};

/** Ranks kept by insertion up to this many; beyond, all values are kept and the one sought is selected. */
const fewRanks = 16;

const ranksKept = (total: number, count: number): number => {
  const shorter = Math.min(count, total - count + 1);
  return shorter <= fewRanks ? shorter : total;
};

/** Numbers of work space that {@link rankedOver} needs. */
export const rankSpace = (total: number, count: number, length: number): number =>
  2 * ranksKept(total, count) * length;

/**
 * The `count`-th largest of `total` rows, step by step, of the lower bounds and of the upper bounds.
 *
 * Near either end of the order only the ranks from that end are kept in `ranks`, else all values are.
 */
export const rankedOver = (
  ranks: Float64Array,
  lower: Float64Array,
  upper: Float64Array,
  total: number,
  count: number,
  length: number,
  shift: number,
  read: (k: number) => Row,
): void => {
  const largest = count <= total - count + 1;
  const size = ranksKept(total, count);
  const upperStart = size * length;
  let known = true;
  for (let k = 0; k < total; k++) {
    const row = read(k);
    known &&= row.known;
    const [from, to] = [row.lowerOffset + shift, row.upperOffset + shift];
    if (size < total) {
      for (let i = 0; i < length; i++) {
        keepRanked(ranks, i * size, k, size, row.lower[from + i] as number, largest);
        keepRanked(ranks, upperStart + i * size, k, size, row.upper[to + i] as number, largest);
      }
    } else {
      for (let i = 0; i < length; i++) {
        ranks[i * size + k] = row.lower[from + i] as number;
        ranks[upperStart + i * size + k] = row.upper[to + i] as number;
      }
    }
  }
  for (let i = 0; i < length; i++) {
    const [at, above] = [i * size, upperStart + i * size];
    if (size < total) {
      lower[i] = ranks[at + size - 1] as number;
      upper[i] = ranks[above + size - 1] as number;
    } else {
      lower[i] = selectLargest(ranks, at, total, count);
      upper[i] = known ? (lower[i] as number) : selectLargest(ranks, above, total, count);
    }
  }
};

/** The `count`-th largest of `values[at .. at + total)`, by quickselect; their order changes. */
const selectLargest = (values: Float64Array, at: number, total: number, count: number): number => {
  const sought = at + count - 1;
  let left = at;
  let right = at + total - 1;
  while (left < right) {
    // The middle of three, so that sorted rows are no bad case.
    const middle = (left + right) >> 1;
    const [a, b, c] = [values[left] as number, values[middle] as number, values[right] as number];
    const pivot = a > b ? (b > c ? b : a > c ? c : a) : a > c ? a : b > c ? c : b;
    let i = left;
    let j = right;
    while (i <= j) {
      while ((values[i] as number) > pivot) i++;
      while ((values[j] as number) < pivot) j--;
      if (i <= j) {
        const swapped = values[i] as number;
        values[i++] = values[j] as number;
        values[j--] = swapped;
      }
    }
    if (sought <= j) right = j;
    else if (sought >= i) left = i;
    else break;
  }
  return values[sought] as number;
};

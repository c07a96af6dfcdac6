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
      const value = source[offset + i] as number;
      if (value < (target[i] as number)) target[i] = value;
    }
  } else {
    for (let i = 0; i < length; i++) {
      const value = source[offset + i] as number;
      if (value > (target[i] as number)) target[i] = value;
    }
  }
};

/** Keeps `value` among the `size` best of one step, best first; `best` = larger where `largest`. */
const keepRanked = (ranked: Float64Array, at: number, held: number, size: number, value: number, largest: boolean): void => {
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

/**
 * The `count`-th largest of `total` rows, step by step, of the lower bounds and of the upper bounds.
 *
 * Only the ranks on the shorter side of the one sought are kept, in `ranks`.
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
  const size = largest ? count : total - count + 1;
  const upperStart = size * length;
  for (let k = 0; k < total; k++) {
    const row = read(k);
    for (let i = 0; i < length; i++) {
      keepRanked(ranks, i * size, k, size, row.lower[row.lowerOffset + shift + i] as number, largest);
      keepRanked(ranks, upperStart + i * size, k, size, row.upper[row.upperOffset + shift + i] as number, largest);
    }
  }
  for (let i = 0; i < length; i++) {
    lower[i] = ranks[i * size + size - 1] as number;
    upper[i] = ranks[upperStart + i * size + size - 1] as number;
  }
};

/**
 * Minima and maxima over sliding windows, and timed until, all in linear time.
 *
 * A window may reach past the operand's array. Clipped, what lies beyond does not exist; held, it is as the
 * nearest end of the array (where the operand is constant beyond its end).
 */

/** Work space that grows to the longest row seen. */
export interface WindowScratch {
  suffix: Float64Array;
  first: Float64Array;
  second: Float64Array;
  third: Float64Array;
}

export const createWindowScratch = (): WindowScratch => ({
  suffix: new Float64Array(0),
  first: new Float64Array(0),
  second: new Float64Array(0),
  third: new Float64Array(0),
});

/**
 * `target[targetOffset + i]` = the extreme of `source[sourceOffset + k]`, k = i + lower .. i + upper, for
 * i = 0..count-1; the source has `length` values. Empty clipped windows give +inf (minimum) or -inf.
 *
 * Running extremes from the borders of blocks as long as the window, in both directions: three comparisons a
 * value whatever the window (van Herk, "A fast algorithm for local minimum and maximum filters", 1992).
 */
export const windowExtreme = (
  target: Float64Array,
  targetOffset: number,
  count: number,
  source: Float64Array,
  sourceOffset: number,
  length: number,
  lower: number,
  upper: number,
  minimum: boolean,
  hold: boolean,
  scratch: WindowScratch,
): void => {
  // Beyond these, a longer window sees no more.
  const from = Math.max(lower, 1 - count);
  const to = Math.min(upper, length - 1);
  if (from > to) {
    const outside = source[sourceOffset + (lower > 0 ? length - 1 : 0)] as number;
    target.fill(hold ? outside : minimum ? Infinity : -Infinity, targetOffset, targetOffset + count);
    return;
  }
  if (scratch.suffix.length < length) scratch.suffix = new Float64Array(length);
  const slide = minimum ? slidingMinimum : slidingMaximum;
  slide(target, targetOffset, count, source, sourceOffset, length, from, to, hold, scratch.suffix);
};

const slidingMinimum = (
  target: Float64Array,
  targetOffset: number,
  count: number,
  source: Float64Array,
  sourceOffset: number,
  length: number,
  from: number,
  to: number,
  hold: boolean,
  suffix: Float64Array,
): void => {
  const width = to - from + 1;
  const end = length - 1;
  for (let block = 0; block < length; block += width) {
    let extreme = Infinity;
    for (let i = Math.min(block + width, length) - 1; i >= block; i--) {
      extreme = Math.min(extreme, source[sourceOffset + i] as number);
      suffix[i] = extreme;
    }
  }
  let read = -1;
  let blockStart = 0;
  let nextBlock = 0;
  let prefix = Infinity;
  for (let i = 0; i < count; i++) {
    const left = Math.max(0, i + from);
    const right = Math.min(end, i + to);
    while (read < right) {
      read++;
      if (read === nextBlock) {
        prefix = Infinity;
        blockStart = read;
        nextBlock += width;
      }
      prefix = Math.min(prefix, source[sourceOffset + read] as number);
    }
    let extreme: number;
    if (left > right) extreme = hold ? (source[sourceOffset + (right < 0 ? 0 : end)] as number) : Infinity;
    else if (left < blockStart) extreme = Math.min(suffix[left] as number, prefix);
    else extreme = left === blockStart ? prefix : (suffix[left] as number);
    target[targetOffset + i] = extreme;
  }
};

const slidingMaximum = (
  target: Float64Array,
  targetOffset: number,
  count: number,
  source: Float64Array,
  sourceOffset: number,
  length: number,
  from: number,
  to: number,
  hold: boolean,
  suffix: Float64Array,
): void => {
  const width = to - from + 1;
  const end = length - 1;
  for (let block = 0; block < length; block += width) {
    let extreme = -Infinity;
    for (let i = Math.min(block + width, length) - 1; i >= block; i--) {
      extreme = Math.max(extreme, source[sourceOffset + i] as number);
      suffix[i] = extreme;
    }
  }
  let read = -1;
  let blockStart = 0;
  let nextBlock = 0;
  let prefix = -Infinity;
  for (let i = 0; i < count; i++) {
    const left = Math.max(0, i + from);
    const right = Math.min(end, i + to);
    while (read < right) {
      read++;
      if (read === nextBlock) {
        prefix = -Infinity;
        blockStart = read;
        nextBlock += width;
      }
      prefix = Math.max(prefix, source[sourceOffset + read] as number);
    }
    let extreme: number;
    if (left > right) extreme = hold ? (source[sourceOffset + (right < 0 ? 0 : end)] as number) : -Infinity;
    else if (left < blockStart) extreme = Math.max(suffix[left] as number, prefix);
    else extreme = left === blockStart ? prefix : (suffix[left] as number);
    target[targetOffset + i] = extreme;
  }
};

/**
 * Timed until at i = 0..count-1, i being step i of both operands, each of `length` values:
 * max over t in [i + lower, i + upper] of min(right[t], min of left over [i, t)).
 *
 * By `p U[0,w] q = F[0,w] q and (p U q)` and `p U[a,b] q (t) = min(min p[t..t+a-1], (p U[0,b-a] q)(t+a))`.
 */
export const timedUntil = (
  target: Float64Array,
  targetOffset: number,
  count: number,
  left: Float64Array,
  leftOffset: number,
  right: Float64Array,
  rightOffset: number,
  length: number,
  lower: number,
  upper: number,
  hold: boolean,
  scratch: WindowScratch,
): void => {
  if (scratch.first.length < length) {
    scratch.first = new Float64Array(length);
    scratch.second = new Float64Array(length);
    scratch.third = new Float64Array(length);
  }
  const untimed = scratch.first;
  let next = -Infinity;
  for (let i = length - 1; i >= 0; i--) {
    next = Math.max(right[rightOffset + i] as number, Math.min(left[leftOffset + i] as number, next));
    untimed[i] = next;
  }
  if (upper !== Infinity) {
    const within = scratch.second;
    const width = upper - lower;
    windowExtreme(within, 0, length, right, rightOffset, length, 0, width, false, hold, scratch);
    for (let i = 0; i < length; i++) untimed[i] = Math.min(untimed[i] as number, within[i] as number);
  }
  if (lower === 0) {
    for (let i = 0; i < count; i++) target[targetOffset + i] = untimed[i] as number;
    return;
  }
  const lasting = scratch.third;
  windowExtreme(lasting, 0, count, left, leftOffset, length, 0, lower - 1, true, hold, scratch);
  for (let i = 0; i < count; i++) {
    let at = i + lower;
    if (at >= length && hold) at = length - 1;
    const later = at < length ? (untimed[at] as number) : -Infinity;
    target[targetOffset + i] = Math.min(lasting[i] as number, later);
  }
};

/** Copies `length` values, in reverse where asked, times `sign`. */
export const copyOriented = (
  target: Float64Array,
  source: Float64Array,
  sourceOffset: number,
  length: number,
  reverse: boolean,
  sign: number,
): void => {
  if (reverse)
    for (let i = 0; i < length; i++) target[i] = sign * (source[sourceOffset + length - 1 - i] as number);
  else for (let i = 0; i < length; i++) target[i] = sign * (source[sourceOffset + i] as number);
};

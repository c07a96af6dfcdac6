/**
 * Minima and maxima over sliding windows, and timed until, all in linear time.
 *
 * A window may reach past the operand's array. Clipped, what lies beyond does not exist; held, it is as the
 * nearest end of the array (where the operand is constant beyond its end).
 */

/** Work space that grows to the longest row seen. */
export interface WindowScratch {
  padded: Float64Array;
  suffix: Float64Array;
  first: Float64Array;
  second: Float64Array;
  third: Float64Array;
}

export const createWindowScratch = (): WindowScratch => ({
  padded: new Float64Array(0),
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
  const neutral = minimum ? Infinity : -Infinity;
  // Beyond these, a longer window sees no more.
  const from = Math.max(lower, 1 - count);
  const to = Math.min(upper, length - 1);
  if (from > to) {
    const nearest = lower > upper ? neutral : (source[sourceOffset + (lower > 0 ? length - 1 : 0)] as number);
    target.fill(hold ? nearest : neutral, targetOffset, targetOffset + count);
    return;
  }
  const width = to - from + 1;
  const span = count + width - 1;
  if (scratch.padded.length < span) {
    scratch.padded = new Float64Array(span);
    scratch.suffix = new Float64Array(span);
  }
  const { padded, suffix } = scratch;
  const inside = Math.max(0, -from);
  const end = Math.min(span, length - from);
  padded.fill(hold ? (source[sourceOffset] as number) : neutral, 0, inside);
  for (let i = inside; i < end; i++) padded[i] = source[sourceOffset + from + i] as number;
  if (end < span) padded.fill(hold ? (source[sourceOffset + length - 1] as number) : neutral, end, span);
  if (minimum) blockMinimum(target, targetOffset, count, padded, suffix, width);
  else blockMaximum(target, targetOffset, count, padded, suffix, width);
};

const blockMinimum = (
  target: Float64Array,
  targetOffset: number,
  count: number,
  padded: Float64Array,
  suffix: Float64Array,
  width: number,
): void => {
  const span = count + width - 1;
  for (let block = 0; block < count; block += width) {
    let least = Infinity;
    for (let i = Math.min(block + width, span) - 1; i >= block; i--) {
      least = Math.min(least, padded[i] as number);
      suffix[i] = least;
    }
  }
  for (let block = 0; block < count; block += width) {
    const end = Math.min(block + width, count);
    target[targetOffset + block] = suffix[block] as number;
    let prefix = Infinity;
    for (let i = block + 1; i < end; i++) {
      prefix = Math.min(prefix, padded[i + width - 1] as number);
      target[targetOffset + i] = Math.min(suffix[i] as number, prefix);
    }
  }
};

const blockMaximum = (
  target: Float64Array,
  targetOffset: number,
  count: number,
  padded: Float64Array,
  suffix: Float64Array,
  width: number,
): void => {
  const span = count + width - 1;
  for (let block = 0; block < count; block += width) {
    let greatest = -Infinity;
    for (let i = Math.min(block + width, span) - 1; i >= block; i--) {
      greatest = Math.max(greatest, padded[i] as number);
      suffix[i] = greatest;
    }
  }
  for (let block = 0; block < count; block += width) {
    const end = Math.min(block + width, count);
    target[targetOffset + block] = suffix[block] as number;
    let prefix = -Infinity;
    for (let i = block + 1; i < end; i++) {
      prefix = Math.max(prefix, padded[i + width - 1] as number);
      target[targetOffset + i] = Math.max(suffix[i] as number, prefix);
    }
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

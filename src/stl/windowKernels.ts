/**
 * Minima and maxima over sliding windows, and timed until, all in linear time.
 *
 * A window may reach past the operand's array. Clipped, what lies beyond does not exist; held, it is as the
 * nearest end of the array (where the operand is constant beyond its end).
 */

/** Work space that grows to the longest array seen. */
export interface WindowScratch {
  deque: Int32Array;
  first: Float64Array;
  second: Float64Array;
  third: Float64Array;
}

export const createWindowScratch = (): WindowScratch => ({
  deque: new Int32Array(0),
  first: new Float64Array(0),
  second: new Float64Array(0),
  third: new Float64Array(0),
});

const reserve = (scratch: WindowScratch, length: number): void => {
  if (scratch.deque.length >= length) return;
  scratch.deque = new Int32Array(length);
  scratch.first = new Float64Array(length);
  scratch.second = new Float64Array(length);
  scratch.third = new Float64Array(length);
};

/**
 * `target[targetOffset + i]` = the extreme of `source[sourceOffset + k]`, k = i + lower .. i + upper, for
 * i = 0..count-1; the source has `length` values. Empty clipped windows give +inf (minimum) or -inf.
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
  if (minimum)
    windowMinimum(target, targetOffset, count, source, sourceOffset, length, lower, upper, hold, scratch);
  else windowMaximum(target, targetOffset, count, source, sourceOffset, length, lower, upper, hold, scratch);
};

const windowMinimum = (
  target: Float64Array,
  targetOffset: number,
  count: number,
  source: Float64Array,
  sourceOffset: number,
  length: number,
  lower: number,
  upper: number,
  hold: boolean,
  scratch: WindowScratch,
): void => {
  reserve(scratch, length);
  const deque = scratch.deque;
  const end = length - 1;
  let head = 0;
  let tail = 0;
  let read = 0;
  for (let i = 0; i < count; i++) {
    let left = i + lower;
    let right = i + upper;
    if (right > end) right = end;
    if (left < 0) left = 0;
    if (hold) {
      if (left > end) left = end;
      if (right < 0) right = 0;
    }
    for (; read <= right; read++) {
      const value = source[sourceOffset + read] as number;
      while (tail > head && (source[sourceOffset + (deque[tail - 1] as number)] as number) >= value) tail--;
      deque[tail++] = read;
    }
    while (head < tail && (deque[head] as number) < left) head++;
    target[targetOffset + i] =
      head < tail ? (source[sourceOffset + (deque[head] as number)] as number) : Infinity;
  }
};

const windowMaximum = (
  target: Float64Array,
  targetOffset: number,
  count: number,
  source: Float64Array,
  sourceOffset: number,
  length: number,
  lower: number,
  upper: number,
  hold: boolean,
  scratch: WindowScratch,
): void => {
  reserve(scratch, length);
  const deque = scratch.deque;
  const end = length - 1;
  let head = 0;
  let tail = 0;
  let read = 0;
  for (let i = 0; i < count; i++) {
    let left = i + lower;
    let right = i + upper;
    if (right > end) right = end;
    if (left < 0) left = 0;
    if (hold) {
      if (left > end) left = end;
      if (right < 0) right = 0;
    }
    for (; read <= right; read++) {
      const value = source[sourceOffset + read] as number;
      while (tail > head && (source[sourceOffset + (deque[tail - 1] as number)] as number) <= value) tail--;
      deque[tail++] = read;
    }
    while (head < tail && (deque[head] as number) < left) head++;
    target[targetOffset + i] =
      head < tail ? (source[sourceOffset + (deque[head] as number)] as number) : -Infinity;
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
  reserve(scratch, length);
  const untimed = scratch.first;
  let next = -Infinity;
  for (let i = length - 1; i >= 0; i--) {
    const p = left[leftOffset + i] as number;
    const q = right[rightOffset + i] as number;
    const kept = p < next ? p : next;
    next = q > kept ? q : kept;
    untimed[i] = next;
  }
  if (upper !== Infinity) {
    const within = scratch.second;
    const width = upper - lower;
    windowMaximum(within, 0, length, right, rightOffset, length, 0, width, hold, scratch);
    for (let i = 0; i < length; i++) {
      if ((within[i] as number) < (untimed[i] as number)) untimed[i] = within[i] as number;
    }
  }
  if (lower === 0) {
    for (let i = 0; i < count; i++) target[targetOffset + i] = untimed[i] as number;
    return;
  }
  const lasting = scratch.third;
  windowMinimum(lasting, 0, count, left, leftOffset, length, 0, lower - 1, hold, scratch);
  for (let i = 0; i < count; i++) {
    let at = i + lower;
    if (at >= length && hold) at = length - 1;
    const later = at < length ? (untimed[at] as number) : -Infinity;
    const before = lasting[i] as number;
    target[targetOffset + i] = before < later ? before : later;
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

// Products of ternary codes with int16 vectors. Codes are widened to int16 when a model is loaded: then one
// instruction multiplies eight of them and adds them in pairs. A tile is a few accumulators; two pairs of columns a
// round.

/** Sums of sixteen rows, int32: of the tile that was multiplied last. */
export const SUMS: usize = memory.data(128, 64);
/** Behind the sums of the update gate those of the reset gate. */
export const RESET_SUMS: usize = SUMS + 64;

/** Largest count of pairs whose sums of update and reset rows fit 14 bits each: 64 columns of at most 127. */
const PACKED_PAIRS: i32 = 32;

/** SUMS = weights x, [row], for one tile of sixteen rows; `pairs` is even. */
// @ts-ignore: decorator
@inline
export function multiplyTile(weights: usize, x: usize, pairs: i32): void {
  const end = x + ((<usize>pairs) << 2);
  let s0 = i32x4.splat(0),
    s1 = s0,
    s2 = s0,
    s3 = s0;
  while (x < end) {
    const first = v128.load32_splat(x);
    s0 = i32x4.add(s0, i32x4.dot_i16x8_s(v128.load(weights), first));
    s1 = i32x4.add(s1, i32x4.dot_i16x8_s(v128.load(weights, 16), first));
    s2 = i32x4.add(s2, i32x4.dot_i16x8_s(v128.load(weights, 32), first));
    s3 = i32x4.add(s3, i32x4.dot_i16x8_s(v128.load(weights, 48), first));
    const second = v128.load32_splat(x, 4);
    s0 = i32x4.add(s0, i32x4.dot_i16x8_s(v128.load(weights, 64), second));
    s1 = i32x4.add(s1, i32x4.dot_i16x8_s(v128.load(weights, 80), second));
    s2 = i32x4.add(s2, i32x4.dot_i16x8_s(v128.load(weights, 96), second));
    s3 = i32x4.add(s3, i32x4.dot_i16x8_s(v128.load(weights, 112), second));
    weights += 128;
    x += 8;
  }
  v128.store(SUMS, s0);
  v128.store(SUMS, s1, 16);
  v128.store(SUMS, s2, 32);
  v128.store(SUMS, s3, 48);
}

/**
 * SUMS and RESET_SUMS = 16 times the sums of sixteen units' gates, both from one product: a weight is
 * update + 2^14 reset, so as long as a sum is below 2^13 the two come apart again. Longer rows are summed in parts.
 */
// @ts-ignore: decorator
@inline
export function multiplyGatesTile(weights: usize, state: usize, pairs: i32): void {
  let x = state;
  for (let from = 0; from < pairs; from += PACKED_PAIRS) {
    const end = x + ((<usize>min(PACKED_PAIRS, pairs - from)) << 2);
    let s0 = i32x4.splat(0),
      s1 = s0,
      s2 = s0,
      s3 = s0;
    while (x < end) {
      const first = v128.load32_splat(x);
      s0 = i32x4.add(s0, i32x4.dot_i16x8_s(v128.load(weights), first));
      s1 = i32x4.add(s1, i32x4.dot_i16x8_s(v128.load(weights, 16), first));
      s2 = i32x4.add(s2, i32x4.dot_i16x8_s(v128.load(weights, 32), first));
      s3 = i32x4.add(s3, i32x4.dot_i16x8_s(v128.load(weights, 48), first));
      const second = v128.load32_splat(x, 4);
      s0 = i32x4.add(s0, i32x4.dot_i16x8_s(v128.load(weights, 64), second));
      s1 = i32x4.add(s1, i32x4.dot_i16x8_s(v128.load(weights, 80), second));
      s2 = i32x4.add(s2, i32x4.dot_i16x8_s(v128.load(weights, 96), second));
      s3 = i32x4.add(s3, i32x4.dot_i16x8_s(v128.load(weights, 112), second));
      weights += 128;
      x += 8;
    }
    if (from == 0) {
      v128.store(SUMS, updateOf(s0));
      v128.store(RESET_SUMS, resetOf(s0));
      v128.store(SUMS, updateOf(s1), 16);
      v128.store(RESET_SUMS, resetOf(s1), 16);
      v128.store(SUMS, updateOf(s2), 32);
      v128.store(RESET_SUMS, resetOf(s2), 32);
      v128.store(SUMS, updateOf(s3), 48);
      v128.store(RESET_SUMS, resetOf(s3), 48);
    } else {
      addApart(SUMS, s0);
      addApart(SUMS + 16, s1);
      addApart(SUMS + 32, s2);
      addApart(SUMS + 48, s3);
    }
  }
}

// @ts-ignore: decorator
@inline
function updateOf(packed: v128): v128 {
  return i32x4.shr_s(i32x4.shl(packed, 18), 14);
}

/** An update sum below zero borrows one from the reset sum; 2^13 more before the shift gives it back. */
// @ts-ignore: decorator
@inline
function resetOf(packed: v128): v128 {
  return i32x4.shl(i32x4.shr_s(i32x4.add(packed, i32x4.splat(1 << 13)), 14), 4);
}

// @ts-ignore: decorator
@inline
function addApart(to: usize, packed: v128): void {
  v128.store(to, i32x4.add(v128.load(to), updateOf(packed)));
  v128.store(to, i32x4.add(v128.load(to, 64), resetOf(packed)), 64);
}

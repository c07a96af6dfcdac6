// Products of ternary codes with int16 vectors. Codes are widened to int16 when a model is loaded: then one
// instruction multiplies eight of them and adds them in pairs.

/** Eight accumulators of four rows, which share each load of the vector. */
const TILE_ROWS: i32 = 32;
const TILE_BYTES: usize = 128;

/**
 * Writes sums = weights vector, int32 [row], of whole tiles of 32 rows until there are `rows`; `pairs` is even.
 * It is not inlined: where more is alive than the accumulators, V8 moves them to the stack and back in every round.
 */
export function multiplyRows(weights: usize, vector: usize, pairs: i32, rows: i32, sums: usize): void {
  const stop = vector + ((<usize>pairs) << 2);
  const end = sums + ((<usize>rows) << 2);
  while (sums < end) {
    let s0 = i32x4.splat(0),
      s1 = s0,
      s2 = s0,
      s3 = s0,
      s4 = s0,
      s5 = s0,
      s6 = s0,
      s7 = s0;
    for (let x = vector; x < stop; x += 8) {
      const first = v128.load32_splat(x);
      s0 = i32x4.add(s0, i32x4.dot_i16x8_s(v128.load(weights), first));
      s1 = i32x4.add(s1, i32x4.dot_i16x8_s(v128.load(weights, 16), first));
      s2 = i32x4.add(s2, i32x4.dot_i16x8_s(v128.load(weights, 32), first));
      s3 = i32x4.add(s3, i32x4.dot_i16x8_s(v128.load(weights, 48), first));
      s4 = i32x4.add(s4, i32x4.dot_i16x8_s(v128.load(weights, 64), first));
      s5 = i32x4.add(s5, i32x4.dot_i16x8_s(v128.load(weights, 80), first));
      s6 = i32x4.add(s6, i32x4.dot_i16x8_s(v128.load(weights, 96), first));
      s7 = i32x4.add(s7, i32x4.dot_i16x8_s(v128.load(weights, 112), first));
      const second = v128.load32_splat(x, 4);
      s0 = i32x4.add(s0, i32x4.dot_i16x8_s(v128.load(weights, 128), second));
      s1 = i32x4.add(s1, i32x4.dot_i16x8_s(v128.load(weights, 144), second));
      s2 = i32x4.add(s2, i32x4.dot_i16x8_s(v128.load(weights, 160), second));
      s3 = i32x4.add(s3, i32x4.dot_i16x8_s(v128.load(weights, 176), second));
      s4 = i32x4.add(s4, i32x4.dot_i16x8_s(v128.load(weights, 192), second));
      s5 = i32x4.add(s5, i32x4.dot_i16x8_s(v128.load(weights, 208), second));
      s6 = i32x4.add(s6, i32x4.dot_i16x8_s(v128.load(weights, 224), second));
      s7 = i32x4.add(s7, i32x4.dot_i16x8_s(v128.load(weights, 240), second));
      weights += 256;
    }
    v128.store(sums, s0);
    v128.store(sums, s1, 16);
    v128.store(sums, s2, 32);
    v128.store(sums, s3, 48);
    v128.store(sums, s4, 64);
    v128.store(sums, s5, 80);
    v128.store(sums, s6, 96);
    v128.store(sums, s7, 112);
    sums += TILE_BYTES;
  }
}

/**
 * Largest count of pairs that a product of both gates is formed of: a weight is update + 2^14 reset, so while a sum is
 * below 2^13 in magnitude, as that of 64 columns of at most 127 is, the two come apart again.
 */
export const PACKED_PAIRS: i32 = 32;

/** 2^16 times the update sums of packed ones. */
// @ts-ignore: decorator
@inline
export function updateOf(packed: v128): v128 {
  return i32x4.shr_s(i32x4.shl(packed, 18), 2);
}

/**
 * 2^16 times the reset sums. An update sum below zero borrows one from the reset sum; 2^13 more gives it back.
 *
 * @param borrow 2^13 in each lane
 * @param wholes the upper halves of the lanes
 */
// @ts-ignore: decorator
@inline
export function resetOf(packed: v128, borrow: v128, wholes: v128): v128 {
  return v128.and(i32x4.shl(i32x4.add(packed, borrow), 2), wholes);
}

/** Weights behind a product of `pairs` pairs and `rows` rows. */
// @ts-ignore: decorator
@inline
export function weightsBehind(weights: usize, pairs: i32, rows: i32): usize {
  return weights + (<usize>((rows + TILE_ROWS - 1) & -TILE_ROWS)) * ((<usize>pairs) << 2);
}

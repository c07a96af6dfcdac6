// Products of ternary codes with int16 vectors. Codes are widened to int16 when a model is loaded: then one
// instruction multiplies eight of them and adds them in pairs. Sixteen rows at a time (four accumulators), two pairs
// of columns a round.

/** Largest count of pairs whose sums of update and reset rows fit 14 bits each: 64 columns of at most 127. */
const PACKED_PAIRS: i32 = 32;

/** sums[row] = weights x for 16 `tiles` rows; `pairs` is even. */
export function multiply(weights: usize, x: usize, pairs: i32, tiles: i32, sums: usize): void {
  const end = x + ((<usize>pairs) << 2);
  for (let tile = 0; tile < tiles; tile++) {
    let s0 = i32x4.splat(0),
      s1 = s0,
      s2 = s0,
      s3 = s0;
    for (let at = x; at < end; at += 8) {
      const first = v128.load32_splat(at);
      s0 = i32x4.add(s0, i32x4.dot_i16x8_s(v128.load(weights), first));
      s1 = i32x4.add(s1, i32x4.dot_i16x8_s(v128.load(weights, 16), first));
      s2 = i32x4.add(s2, i32x4.dot_i16x8_s(v128.load(weights, 32), first));
      s3 = i32x4.add(s3, i32x4.dot_i16x8_s(v128.load(weights, 48), first));
      const second = v128.load32_splat(at, 4);
      s0 = i32x4.add(s0, i32x4.dot_i16x8_s(v128.load(weights, 64), second));
      s1 = i32x4.add(s1, i32x4.dot_i16x8_s(v128.load(weights, 80), second));
      s2 = i32x4.add(s2, i32x4.dot_i16x8_s(v128.load(weights, 96), second));
      s3 = i32x4.add(s3, i32x4.dot_i16x8_s(v128.load(weights, 112), second));
      weights += 128;
    }
    v128.store(sums, s0);
    v128.store(sums, s1, 16);
    v128.store(sums, s2, 32);
    v128.store(sums, s3, 48);
    sums += 64;
  }
}

/**
 * Both gates at once: a weight is update + 2^14 reset, so as long as a sum is below 2^13 the two come apart again.
 * Longer rows are summed in parts.
 */
export function multiplyGates(weights: usize, state: usize, pairs: i32, tiles: i32, update: usize): void {
  const reset = update + ((<usize>tiles) << 6);
  memory.fill(update, 0, (<usize>tiles) << 7);
  for (let tile = 0; tile < tiles; tile++) {
    const to = (<usize>tile) << 6;
    for (let from = 0; from < pairs; from += PACKED_PAIRS) {
      const part = min(PACKED_PAIRS, pairs - from);
      const x = state + ((<usize>from) << 2);
      const end = x + ((<usize>part) << 2);
      let s0 = i32x4.splat(0),
        s1 = s0,
        s2 = s0,
        s3 = s0;
      for (let at = x; at < end; at += 8) {
        const first = v128.load32_splat(at);
        s0 = i32x4.add(s0, i32x4.dot_i16x8_s(v128.load(weights), first));
        s1 = i32x4.add(s1, i32x4.dot_i16x8_s(v128.load(weights, 16), first));
        s2 = i32x4.add(s2, i32x4.dot_i16x8_s(v128.load(weights, 32), first));
        s3 = i32x4.add(s3, i32x4.dot_i16x8_s(v128.load(weights, 48), first));
        const second = v128.load32_splat(at, 4);
        s0 = i32x4.add(s0, i32x4.dot_i16x8_s(v128.load(weights, 64), second));
        s1 = i32x4.add(s1, i32x4.dot_i16x8_s(v128.load(weights, 80), second));
        s2 = i32x4.add(s2, i32x4.dot_i16x8_s(v128.load(weights, 96), second));
        s3 = i32x4.add(s3, i32x4.dot_i16x8_s(v128.load(weights, 112), second));
        weights += 128;
      }
      addApart(update + to, reset + to, s0);
      addApart(update + to + 16, reset + to + 16, s1);
      addApart(update + to + 32, reset + to + 32, s2);
      addApart(update + to + 48, reset + to + 48, s3);
    }
  }
}

// @ts-ignore: decorator
@inline
function addApart(update: usize, reset: usize, packed: v128): void {
  const low = i32x4.shr_s(i32x4.shl(packed, 18), 18);
  v128.store(update, i32x4.add(v128.load(update), low));
  v128.store(reset, i32x4.add(v128.load(reset), i32x4.shr_s(i32x4.sub(packed, low), 14)));
}

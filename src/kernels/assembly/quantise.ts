// What becomes of the hidden state before it is carried on; the gradient passes straight through.

export const QUANTISE_NONE: i32 = 0;
const QUANTISE_UNIFORM: i32 = 1;
const QUANTISE_THRESHOLD: i32 = 2;
const QUANTISE_EVEN_LEVELS: i32 = 3;

/** 32 bits from a counter: the finaliser of MurmurHash3, every bit of which depends on every bit of the input. */
// @ts-ignore: decorator
@inline
function scrambled(counter: v128): v128 {
  let h = v128.xor(counter, i32x4.shr_u(counter, 16));
  h = i32x4.mul(h, i32x4.splat(0x85ebca6b));
  h = v128.xor(h, i32x4.shr_u(h, 13));
  h = i32x4.mul(h, i32x4.splat(0xc2b2ae35));
  return v128.xor(h, i32x4.shr_u(h, 16));
}

/**
 * Quantises `blocks` blocks of states in place. NaN stays NaN.
 *
 * Uniform: round(levels h) / levels, ties to even. Even levels (Wang et al., "HitNet", 2018, the uniform baseline):
 * 2 round(levels (h + 1) / 2) / levels - 1, which has no zero. Threshold: sign(h) where |h| > t, else 0, with
 * t = 1/2 + noise (random - 1/2): at noise 1 the sign comes with probability |h|, so that its mean is h (the Bernoulli
 * ternary of HitNet), at noise 0 always beyond a half. The random number depends on seed, place and step alone, not
 * on how the batch is cut: `first` counts the rows of all steps before this one, `width` their floats.
 */
export function quantise(
  state: usize, blockBytes: usize, blocks: i32, kind: i32, levels: f32, noise: f32, seed: i32, first: i32, width: i32,
): void {
  const end = state + blockBytes * <usize>blocks;
  if (kind == QUANTISE_UNIFORM) {
    const scale = f32x4.splat(levels);
    for (; state < end; state += 16) {
      v128.store(state, f32x4.div(f32x4.nearest(f32x4.mul(v128.load(state), scale)), scale));
    }
  } else if (kind == QUANTISE_EVEN_LEVELS) {
    const half = f32x4.splat(levels * 0.5), step = f32x4.splat(2 / levels), one = f32x4.splat(1);
    for (; state < end; state += 16) {
      const level = f32x4.nearest(f32x4.mul(f32x4.add(v128.load(state), one), half));
      v128.store(state, f32x4.sub(f32x4.mul(level, step), one));
    }
  } else if (kind == QUANTISE_THRESHOLD) {
    if (noise == 0) {
      // Within [-1, 1] rounding to the nearest integer, ties to even, is exactly |h| > 1/2 ? sign(h) : 0.
      const one = f32x4.splat(1), minusOne = f32x4.splat(-1);
      for (; state < end; state += 16) {
        v128.store(state, f32x4.nearest(f32x4.pmax(f32x4.pmin(v128.load(state), one), minusOne)));
      }
      return;
    }
    const lowest = f32x4.splat(0.5 - 0.5 * noise), spread = f32x4.splat(noise * <f32>5.9604644775390625e-8);
    const signBit = i32x4.splat(0x80000000), one = f32x4.splat(1), lanes = i32x4(0, 1, 2, 3);
    for (let block = 0; block < blocks; block++) {
      let counter = first * width + (block << 3);
      for (const blockEnd = state + blockBytes; state < blockEnd; state += 32, counter += width) {
        for (let half: usize = 0; half < 32; half += 16) {
          const h = v128.load(state + half);
          const place = i32x4.add(i32x4.splat(counter + <i32>(half >> 2)), lanes);
          const random = f32x4.convert_i32x4_u(i32x4.shr_u(scrambled(v128.xor(place, i32x4.splat(seed))), 8));
          const threshold = f32x4.add(lowest, f32x4.mul(random, spread));
          const sign = v128.or(v128.and(h, signBit), one);
          const kept = v128.and(f32x4.gt(f32x4.abs(h), threshold), sign);
          // h - h is 0, but NaN of NaN, which no comparison would keep.
          v128.store(state + half, f32x4.add(kept, f32x4.sub(h, h)));
        }
      }
    }
  }
}

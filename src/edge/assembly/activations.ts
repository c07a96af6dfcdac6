// tanh and sigmoid of pre-activations (int32, one = 2^14), four at a time, equal to the bit to fixedPoint.ts.
//
// An entry of the table is (step to the next value, value - 2^14) as two int16, so that one multiply-add of pairs
// gives value * 2^bits + step * rest. The table goes on to the largest pre-activation, so no index is out of it; it
// stands at address 0, below all else (see --memoryBase in the build), so that an index is an address.
// The constants lie in linear memory because V8 rebuilds splats inside hot loops.

const CONSTANTS: usize = memory.data<i32>(
  [
    262143, 262143, 262143, 262143,
    127, 127, 127, 127,
    8388608, 8388608, 8388608, 8388608,
    2097216, 2097216, 2097216, 2097216,
    255, 255, 255, 255,
    16777216, 16777216, 16777216, 16777216,
    4194432, 4194432, 4194432, 4194432,
    32768, 32768, 32768, 32768,
    2048, 2048, 2048, 2048,
    4095, 4095, 4095, 4095,
    1073741824, 1073741824, 1073741824, 1073741824,
  ],
  16,
);

/** Largest magnitude. */
const LARGEST: usize = 0;
/** Mask of the rest, 2^bits in the upper halves, 2^(bits + 14) + 2^(bits - 1). */
const TANH_REST: usize = 16;
const TANH_ONE: usize = 32;
const TANH_START: usize = 48;
const SIGMOID_REST: usize = 64;
const SIGMOID_ONE: usize = 80;
const SIGMOID_START: usize = 96;
const SIGMOID_MIDDLE: usize = 112;
/** Half of 2^12, the low twelve bits, half of 2^31. */
export const GATE_HALF: usize = 128;
export const LOW_BITS: usize = 144;
export const STEP_HALF: usize = 160;

// @ts-ignore: decorator
@inline
export function constant(offset: usize): v128 {
  return v128.load(CONSTANTS + offset);
}

// @ts-ignore: decorator
@inline
function entries(at: v128): v128 {
  let entry = v128.load_zero<u32>(<usize>i32x4.extract_lane(at, 0));
  entry = v128.load_lane<u32>(<usize>i32x4.extract_lane(at, 1), entry, 1);
  entry = v128.load_lane<u32>(<usize>i32x4.extract_lane(at, 2), entry, 2);
  return v128.load_lane<u32>(<usize>i32x4.extract_lane(at, 3), entry, 3);
}

/** tanh, one = 2^15. */
// @ts-ignore: decorator
@inline
export function tanhOf(a: v128): v128 {
  const magnitude = i32x4.min_s(i32x4.abs(a), constant(LARGEST));
  const entry = entries(i32x4.shl(i32x4.shr_u(magnitude, 7), 2));
  const weight = v128.or(v128.and(magnitude, constant(TANH_REST)), constant(TANH_ONE));
  const value = i32x4.shr_u(i32x4.add(i32x4.dot_i16x8_s(entry, weight), constant(TANH_START)), 7);
  const sign = i32x4.shr_s(a, 31);
  return i32x4.sub(v128.xor(value, sign), sign);
}

/** sigmoid, one = 2^16. */
// @ts-ignore: decorator
@inline
export function sigmoidOf(a: v128): v128 {
  const magnitude = i32x4.min_s(i32x4.abs(a), constant(LARGEST));
  const entry = entries(i32x4.shl(i32x4.shr_u(magnitude, 8), 2));
  const weight = v128.or(v128.and(magnitude, constant(SIGMOID_REST)), constant(SIGMOID_ONE));
  const value = i32x4.shr_u(i32x4.add(i32x4.dot_i16x8_s(entry, weight), constant(SIGMOID_START)), 8);
  const sign = i32x4.shr_s(a, 31);
  return i32x4.add(i32x4.sub(v128.xor(value, sign), sign), constant(SIGMOID_MIDDLE));
}

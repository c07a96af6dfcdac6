// tanh and sigmoid of pre-activations (int32, one = 2^14), in place, equal to the bit to fixedPoint.ts.
//
// An entry of the table is (step to the next value, value - 2^14) as two int16, so that one multiply-add of pairs
// gives value * 2^bits + step * rest. The table goes on to the largest pre-activation, so no index is out of it; it
// stands at address 0, below all else (see --memoryBase in the build), so that an index is an address.
// The constants lie in linear memory because V8 rebuilds splats inside hot loops; loaded before a loop, they stay in
// registers.

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
    32768, 32768, 32768, 32768,
    8192, 8192, 8192, 8192,
    -65536, -65536, -65536, -65536,
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
/** Half of 2^16, 2^13, the upper halves of the lanes. */
export const REST_HALF: usize = 176;
export const BORROW: usize = 192;
export const WHOLES: usize = 208;

// @ts-ignore: decorator
@inline
export function constant(offset: usize): v128 {
  return v128.load(CONSTANTS + offset);
}

/** Entries at four addresses. Two lanes leave a vector in one instruction. */
// @ts-ignore: decorator
@inline
function entries(at: v128): v128 {
  const low = i64x2.extract_lane(at, 0);
  const high = i64x2.extract_lane(at, 1);
  let entry = v128.load_zero<u32>(<usize>(<u32>low));
  entry = v128.load_lane<u32>(<usize>(<u32>(low >>> 32)), entry, 1);
  entry = v128.load_lane<u32>(<usize>(<u32>high), entry, 2);
  return v128.load_lane<u32>(<usize>(<u32>(high >>> 32)), entry, 3);
}

/** tanh of what lies from `from` to `end`, one = 2^15. */
export function tanhAll(from: usize, end: usize): void {
  const largest = constant(LARGEST);
  const rest = constant(TANH_REST);
  const one = constant(TANH_ONE);
  const start = constant(TANH_START);
  for (let at = from; at < end; at += 16) {
    const a = v128.load(at);
    const magnitude = i32x4.min_s(i32x4.abs(a), largest);
    const entry = entries(i32x4.shl(i32x4.shr_u(magnitude, 7), 2));
    const weight = v128.or(v128.and(magnitude, rest), one);
    const value = i32x4.shr_u(i32x4.add(i32x4.dot_i16x8_s(entry, weight), start), 7);
    const sign = i32x4.shr_s(a, 31);
    v128.store(at, i32x4.sub(v128.xor(value, sign), sign));
  }
}

/** sigmoid of what lies from `from` to `end`, one = 2^16. */
export function sigmoidAll(from: usize, end: usize): void {
  const largest = constant(LARGEST);
  const rest = constant(SIGMOID_REST);
  const one = constant(SIGMOID_ONE);
  const start = constant(SIGMOID_START);
  const middle = constant(SIGMOID_MIDDLE);
  for (let at = from; at < end; at += 16) {
    const a = v128.load(at);
    const magnitude = i32x4.min_s(i32x4.abs(a), largest);
    const entry = entries(i32x4.shl(i32x4.shr_u(magnitude, 8), 2));
    const weight = v128.or(v128.and(magnitude, rest), one);
    const value = i32x4.shr_u(i32x4.add(i32x4.dot_i16x8_s(entry, weight), start), 8);
    const sign = i32x4.shr_s(a, 31);
    v128.store(at, i32x4.add(i32x4.sub(v128.xor(value, sign), sign), middle));
  }
}

// Logistic sigmoid, hyperbolic tangent and exponential of four lanes, all from one 2^y.
//
// 2^y = 2^m * 2^f with m the nearest integer and |f| <= 1/2; 2^f is the degree-5 polynomial with p(0) = 1 of
// smallest largest relative error (9.1e-8), so that sigmoid(0) = 1/2 and tanh(0) = 0 hold exactly.
// The constants lie in linear memory because V8 rebuilds splats inside hot loops.
// NaN stays NaN: the clamps take the data first, and the polynomial carries the NaN on.

const CONSTANTS: usize = memory.data<f32>(
  [
    -1.4426950408889634, -1.4426950408889634, -1.4426950408889634, -1.4426950408889634,
    -2.8853900817779268, -2.8853900817779268, -2.8853900817779268, -2.8853900817779268,
    60, 60, 60, 60,
    -60, -60, -60, -60,
    12582912, 12582912, 12582912, 12582912,
    0.00132647272909, 0.00132647272909, 0.00132647272909, 0.00132647272909,
    0.00967151272909, 0.00967151272909, 0.00967151272909, 0.00967151272909,
    0.0555073374385, 0.0555073374385, 0.0555073374385, 0.0555073374385,
    0.24022242084, 0.24022242084, 0.24022242084, 0.24022242084,
    0.693146977598, 0.693146977598, 0.693146977598, 0.693146977598,
    1, 1, 1, 1,
    1.4426950408889634, 1.4426950408889634, 1.4426950408889634, 1.4426950408889634,
  ],
  16,
);

const MINUS_LOG2_E: usize = 0;
const MINUS_TWO_LOG2_E: usize = 16;
const LARGEST: usize = 32;
const SMALLEST: usize = 48;
/** 1.5 * 2^23: adding it leaves the nearest integer in the low mantissa bits. */
const ROUNDER: usize = 64;
const C5: usize = 80;
const C4: usize = 96;
const C3: usize = 112;
const C2: usize = 128;
const C1: usize = 144;
const ONE: usize = 160;
const LOG2_E: usize = 176;

// @ts-ignore: decorator
@inline
function constant(offset: usize): v128 {
  return v128.load(CONSTANTS + offset);
}

// @ts-ignore: decorator
@inline
function exp2(unclamped: v128): v128 {
  const y = f32x4.pmax(f32x4.pmin(unclamped, constant(LARGEST)), constant(SMALLEST));
  const shifted = f32x4.add(y, constant(ROUNDER));
  const f = f32x4.sub(y, f32x4.sub(shifted, constant(ROUNDER)));
  let p = f32x4.add(f32x4.mul(constant(C5), f), constant(C4));
  p = f32x4.add(f32x4.mul(p, f), constant(C3));
  p = f32x4.add(f32x4.mul(p, f), constant(C2));
  p = f32x4.add(f32x4.mul(p, f), constant(C1));
  p = f32x4.add(f32x4.mul(p, f), constant(ONE));
  return i32x4.add(p, i32x4.shl(shifted, 23));
}

/** e^a for a of at most 0, relative error below 1e-7 (1 + |a|); no less than 2^-60, which -Infinity gives too. */
// @ts-ignore: decorator
@inline
export function exponential(a: v128): v128 {
  return exp2(f32x4.mul(a, constant(LOG2_E)));
}

/** 1 / (1 + e^-a), absolute error below 1e-7. */
// @ts-ignore: decorator
@inline
export function sigmoid(a: v128): v128 {
  const one = constant(ONE);
  return f32x4.div(one, f32x4.add(one, exp2(f32x4.mul(a, constant(MINUS_LOG2_E)))));
}

/** (1 - e^-2a) / (1 + e^-2a), absolute error below 2e-7. */
// @ts-ignore: decorator
@inline
export function tanh(a: v128): v128 {
  const one = constant(ONE);
  const e = exp2(f32x4.mul(a, constant(MINUS_TWO_LOG2_E)));
  return f32x4.div(f32x4.sub(one, e), f32x4.add(one, e));
}

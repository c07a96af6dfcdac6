// One step of one cell, in the two halves of integerStep.ts. Products wider than 32 bits are formed in float64, where
// they are exact as in the reference; all else is int32.

import { constant, GATE_HALF, LOW_BITS, sigmoidOf, STEP_HALF, tanhOf } from "./activations";
import { CellRecord, ModelRecord } from "./records";
import { multiplyGatesTile, multiplyTile, RESET_SUMS, SUMS } from "./ternaryProducts";

/** 1.5 * 2^52: adding it leaves the nearest integer in the low half of the float64. */
const MAGIC: f64 = 6755399441055744.0;

/** Bytes of the coefficients of four rows: float64 alpha, beta1 less the magic, beta2, int32 bias. */
const COEFFICIENT_BYTES: usize = 112;
/** Bytes of four projected rows: float64 slopes, int32 offsets. */
const PROJECTED_BYTES: usize = 48;
const GATES: usize = 3;

// @ts-ignore: decorator
@inline
function highHalf(v: v128): v128 {
  return v128.shuffle<i32>(v, v, 2, 3, 2, 3);
}

/** The rounded integers of two pairs of lanes to which the magic was added. */
// @ts-ignore: decorator
@inline
function integers(low: v128, high: v128): v128 {
  return v128.shuffle<i32>(low, high, 0, 2, 4, 6);
}

// @ts-ignore: decorator
@inline
function rounded(v: v128, half: v128, magic: v128): v128 {
  return f64x2.add(f64x2.add(v, half), magic);
}

// @ts-ignore: decorator
@inline
function projectRows(
  sums: usize,
  coefficient: usize,
  projected: usize,
  slopeHalf: v128,
  slopeMagic: v128,
  offsetHalf: v128,
  magic: v128,
): void {
  const sum = v128.load(sums);
  const low = f64x2.convert_low_i32x4_s(sum);
  const high = f64x2.convert_low_i32x4_s(highHalf(sum));
  const lowSlope = rounded(f64x2.mul(low, v128.load(coefficient)), slopeHalf, slopeMagic);
  const highSlope = rounded(f64x2.mul(high, v128.load(coefficient + 16)), slopeHalf, slopeMagic);
  v128.store(projected, f64x2.add(lowSlope, v128.load(coefficient + 32)));
  v128.store(projected + 16, f64x2.add(highSlope, v128.load(coefficient + 48)));
  const lowOffset = rounded(f64x2.mul(low, v128.load(coefficient + 64)), offsetHalf, magic);
  const highOffset = rounded(f64x2.mul(high, v128.load(coefficient + 80)), offsetHalf, magic);
  v128.store(projected + 32, i32x4.add(integers(lowOffset, highOffset), v128.load(coefficient + 96)));
}

/** What `x` contributes to all rows, [four units][gate] of float64 slopes and int32 offsets. */
export function projectStep(cell: CellRecord, x: usize, projected: usize): void {
  const slopeHalf = f64x2.splat(cell.slopeHalf);
  const slopeMagic = f64x2.splat(cell.slopeMagic);
  const offsetHalf = f64x2.splat(cell.offsetHalf);
  const magic = f64x2.splat(MAGIC);
  const pairs = cell.inputPairs;
  const tileBytes = (<usize>pairs) << 6;
  let weights = cell.inputWeights;
  let coefficient = cell.coefficients;
  const end = projected + ((<usize>cell.units) >> 2) * (GATES * PROJECTED_BYTES);
  while (projected < end) {
    multiplyTile(weights, x, pairs);
    weights += tileBytes;
    projectRows(SUMS, coefficient, projected, slopeHalf, slopeMagic, offsetHalf, magic);
    projectRows(SUMS + 16, coefficient + COEFFICIENT_BYTES, projected + PROJECTED_BYTES, slopeHalf, slopeMagic, offsetHalf, magic);
    projectRows(SUMS + 32, coefficient + 2 * COEFFICIENT_BYTES, projected + 2 * PROJECTED_BYTES, slopeHalf, slopeMagic, offsetHalf, magic);
    projectRows(SUMS + 48, coefficient + 3 * COEFFICIENT_BYTES, projected + 3 * PROJECTED_BYTES, slopeHalf, slopeMagic, offsetHalf, magic);
    coefficient += 4 * COEFFICIENT_BYTES;
    projected += 4 * PROJECTED_BYTES;
  }
}

/** Pre-activations of four rows, int32. */
// @ts-ignore: decorator
@inline
function activationOf(sum: v128, half: v128, magic: v128, projected: usize): v128 {
  const low = f64x2.mul(f64x2.convert_low_i32x4_s(sum), v128.load(projected));
  const high = f64x2.mul(f64x2.convert_low_i32x4_s(highHalf(sum)), v128.load(projected + 16));
  const product = integers(rounded(low, half, magic), rounded(high, half, magic));
  return i32x4.add(product, v128.load(projected + 32));
}

// @ts-ignore: decorator
@inline
function storeNarrow(to: usize, v: v128): void {
  v128.store64_lane(to, i16x8.narrow_i32x4_s(v, v), 0);
}

/**
 * Moves the state of the cell on by a projected step. Pre-activations, activations and what they move are loops of their
 * own: a processor then has several short chains at work, not one long one.
 */
export function advanceStep(model: ModelRecord, cell: CellRecord, projected: usize): void {
  const state = cell.state;
  const pairs = cell.statePairs;
  const half = f64x2.splat(cell.productHalf);
  const magic = f64x2.splat(MAGIC);
  const tileBytes = (<usize>pairs) << 6;
  const units = <usize>cell.units;
  const gated = model.gated;
  const update = model.update;
  const reset = update + (units << 2);
  const candidate = update + (units << 3);

  let weights = cell.gateWeights;
  let own = projected;
  for (let to = update; to < reset; to += 64) {
    multiplyGatesTile(weights, state, pairs);
    weights += tileBytes;
    for (let at: usize = 0; at < 64; at += 16) {
      v128.store(to + at, activationOf(v128.load(SUMS + at), half, magic, own));
      const r = activationOf(v128.load(RESET_SUMS + at), half, magic, own + PROJECTED_BYTES);
      v128.store(to + at + (units << 2), r);
      own += GATES * PROJECTED_BYTES;
    }
  }
  for (let at = update; at < candidate; at += 16) v128.store(at, sigmoidOf(v128.load(at)));
  for (let unit: usize = 0; unit < units; unit += 4) {
    const h = v128.load_ext<i16>(state + (unit << 1));
    const passed = i32x4.add(i32x4.mul(v128.load(reset + (unit << 2)), h), constant(GATE_HALF));
    storeNarrow(gated + (unit << 1), i32x4.shr_s(passed, 12));
  }

  weights = cell.candidateWeights;
  own = projected + 2 * PROJECTED_BYTES;
  const end = candidate + (units << 2);
  for (let to = candidate; to < end; to += 64) {
    multiplyTile(weights, gated, pairs);
    weights += tileBytes;
    for (let at: usize = 0; at < 64; at += 16) {
      v128.store(to + at, activationOf(v128.load(SUMS + at), half, magic, own));
      own += GATES * PROJECTED_BYTES;
    }
  }
  for (let at = candidate; at < end; at += 16) v128.store(at, tanhOf(v128.load(at)));
  for (let unit: usize = 0; unit < units; unit += 4) {
    const c = v128.load(candidate + (unit << 2));
    const h = v128.load_ext<i16>(state + (unit << 1));
    const gap = i32x4.sub(i32x4.sub(i32x4.shl(c, 7), c), i32x4.shl(h, 15));
    // update * gap has 40 bits: its part above 2^12 and the rest, each within 31.
    const z = v128.load(update + (unit << 2));
    const above = i32x4.mul(z, i32x4.shr_s(gap, 12));
    const rest = i32x4.add(i32x4.mul(z, v128.and(gap, constant(LOW_BITS))), constant(STEP_HALF));
    const move = i32x4.shr_s(i32x4.add(above, i32x4.shr_u(rest, 12)), 19);
    storeNarrow(state + (unit << 1), i32x4.add(h, move));
  }
}

// One step of one cell, in the two halves of integerStep.ts. Products wider than 32 bits are formed in float64, where
// they are exact as in the reference; all else is int32.
//
// float64 lanes become integers by adding the magic, which rounds to nearest, but halves to even. What x contributes is
// alpha p plus a whole number, alpha a multiple of 2^-shift. It is formed as (alpha + e) (p + lift) with a tiny e > 0 and
// all that `lift` adds taken off the whole number (layoutModel sees to both): as p + lift is positive, the product
// is a little more than a multiple of 2^-shift, so that a half goes up.

import { BORROW, constant, GATE_HALF, LOW_BITS, REST_HALF, sigmoidAll, STEP_HALF, tanhAll, WHOLES } from "./activations";
import { CellRecord, ModelRecord } from "./records";
import { multiplyRows, PACKED_PAIRS, resetOf, updateOf, weightsBehind } from "./ternaryProducts";

/** 1.5 * 2^52: adding it leaves the nearest integer in the low half of the float64. */
const MAGIC: f64 = 6755399441055744.0;

/** Bytes of the coefficients of four rows, float64: alpha, beta1, beta2, bias, the whole numbers with their magic. */
const COEFFICIENT_BYTES: usize = 128;
/** Bytes of four projected rows of a gate: int32 slopes, see `gateOf`, and int32 offsets. */
const GATE_BYTES: usize = 32;
/** Bytes of four of the candidate: float64 slopes times 2^-productShift, int32 offsets. */
const CANDIDATE_BYTES: usize = 48;
/** Bytes of four projected units: update, reset, candidate. */
export const PROJECTED_BYTES: usize = 2 * GATE_BYTES + CANDIDATE_BYTES;

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

/** Two lanes of coefficients at `at` times `lifted` plus the whole numbers behind them. */
// @ts-ignore: decorator
@inline
function linear(lifted: v128, at: usize): v128 {
  return f64x2.add(f64x2.mul(lifted, v128.load(at)), v128.load(at + 32));
}

// @ts-ignore: decorator
@inline
function projectGate(sums: usize, coefficient: usize, projected: usize, lift: v128, flip: v128): void {
  const sum = i32x4.add(v128.load(sums), lift);
  const low = f64x2.convert_low_i32x4_s(sum);
  const high = f64x2.convert_low_i32x4_s(highHalf(sum));
  const slope = integers(linear(low, coefficient), linear(high, coefficient + 16));
  v128.store(projected, v128.xor(slope, flip));
  v128.store(projected + 16, integers(linear(low, coefficient + 64), linear(high, coefficient + 80)));
}

// @ts-ignore: decorator
@inline
function projectCandidate(sums: usize, coefficient: usize, projected: usize, lift: v128, slopeMagic: v128): void {
  const sum = i32x4.add(v128.load(sums), lift);
  const low = f64x2.convert_low_i32x4_s(sum);
  const high = f64x2.convert_low_i32x4_s(highHalf(sum));
  const lowSlope = f64x2.add(f64x2.mul(low, v128.load(coefficient)), slopeMagic);
  const highSlope = f64x2.add(f64x2.mul(high, v128.load(coefficient + 16)), slopeMagic);
  v128.store(projected, f64x2.add(lowSlope, v128.load(coefficient + 32)));
  v128.store(projected + 16, f64x2.add(highSlope, v128.load(coefficient + 48)));
  v128.store(projected + 32, integers(linear(low, coefficient + 64), linear(high, coefficient + 80)));
}

/** What `x` contributes to all rows, [four units][gate]. */
export function projectStep(cell: CellRecord, x: usize, sums: usize, projected: usize): void {
  multiplyRows(cell.inputWeights, x, cell.inputPairs, 3 * cell.units, sums);
  const lift = i32x4.splat(cell.lift);
  const slopeMagic = f64x2.splat(cell.slopeMagic);
  const flip = constant(REST_HALF);
  let at = cell.coefficients;
  const end = projected + ((<usize>cell.units) >> 2) * PROJECTED_BYTES;
  while (projected < end) {
    projectGate(sums, at, projected, lift, flip);
    projectGate(sums + 16, at + COEFFICIENT_BYTES, projected + GATE_BYTES, lift, flip);
    projectCandidate(sums + 32, at + 2 * COEFFICIENT_BYTES, projected + 2 * GATE_BYTES, lift, slopeMagic);
    sums += 48;
    at += 3 * COEFFICIENT_BYTES;
    projected += PROJECTED_BYTES;
  }
}

/**
 * Pre-activations of four rows of a gate from 2^16 times their sums. A slope is whole 2^16 + rest, rest an int16, kept as
 * these two; as sums have one = 127 here, not 2032, the product has 16 bits less to lose: whole sum, which loses none,
 * plus roundShift(rest sum, 16).
 */
// @ts-ignore: decorator
@inline
function gateOf(sum: v128, half: v128, projected: usize): v128 {
  const slope = v128.load(projected);
  const rest = i32x4.add(i32x4.dot_i16x8_s(slope, i32x4.shr_u(sum, 16)), half);
  const whole = i32x4.add(i32x4.dot_i16x8_s(slope, sum), v128.load(projected + 16));
  return i32x4.add(whole, i32x4.shr_s(rest, 16));
}

/** Pre-activations of four rows of the candidate from their sums. */
// @ts-ignore: decorator
@inline
function candidateOf(sum: v128, half: v128, magic: v128, projected: usize): v128 {
  const low = f64x2.mul(f64x2.convert_low_i32x4_s(sum), v128.load(projected));
  const high = f64x2.mul(f64x2.convert_low_i32x4_s(highHalf(sum)), v128.load(projected + 16));
  // With half of what a product is a multiple of, it is never half way between two integers.
  const product = integers(f64x2.add(f64x2.add(low, half), magic), f64x2.add(f64x2.add(high, half), magic));
  return i32x4.add(product, v128.load(projected + 32));
}

/** Pre-activations of both gates. */
// @ts-ignore: decorator
@inline
function activateGates(cell: CellRecord, sums: usize, update: usize, reset: usize, projected: usize): void {
  multiplyRows(cell.gateWeights, cell.state, cell.statePairs, cell.units, sums);
  const half = constant(REST_HALF);
  const borrow = constant(BORROW);
  const wholes = constant(WHOLES);
  for (let to = update; to < reset; to += 16) {
    const packed = v128.load(sums);
    v128.store(to, gateOf(updateOf(packed), half, projected));
    const r = gateOf(resetOf(packed, borrow, wholes), half, projected + GATE_BYTES);
    v128.store(to + (reset - update), r);
    sums += 16;
    projected += PROJECTED_BYTES;
  }
}

/** The same where rows are longer than two gates share a sum: in parts, which are added apart. */
function activateWideGates(cell: CellRecord, sums: usize, update: usize, reset: usize, projected: usize): void {
  const half = constant(REST_HALF);
  const borrow = constant(BORROW);
  const wholes = constant(WHOLES);
  const bytes = reset - update;
  memory.fill(update, 0, 2 * bytes);
  let weights = cell.gateWeights;
  for (let from = 0; from < cell.statePairs; from += PACKED_PAIRS) {
    const pairs = min(PACKED_PAIRS, cell.statePairs - from);
    multiplyRows(weights, cell.state + ((<usize>from) << 2), pairs, cell.units, sums);
    weights = weightsBehind(weights, pairs, cell.units);
    for (let at: usize = 0; at < bytes; at += 16) {
      const packed = v128.load(sums + at);
      v128.store(update + at, i32x4.add(v128.load(update + at), updateOf(packed)));
      v128.store(reset + at, i32x4.add(v128.load(reset + at), resetOf(packed, borrow, wholes)));
    }
  }
  for (let to = update; to < reset; to += 16) {
    v128.store(to, gateOf(v128.load(to), half, projected));
    v128.store(to + bytes, gateOf(v128.load(to + bytes), half, projected + GATE_BYTES));
    projected += PROJECTED_BYTES;
  }
}

/** New states of four units from update, candidate and state. */
// @ts-ignore: decorator
@inline
function moved(z: v128, c: v128, h: v128, lowBits: v128, stepHalf: v128): v128 {
  const gap = i32x4.sub(i32x4.sub(i32x4.shl(c, 7), c), i32x4.shl(h, 15));
  // update * gap has 40 bits: its part above 2^12 and the rest, each within 31.
  const above = i32x4.mul(z, i32x4.shr_s(gap, 12));
  const rest = i32x4.add(i32x4.mul(z, v128.and(gap, lowBits)), stepHalf);
  return i32x4.add(h, i32x4.shr_s(i32x4.add(above, i32x4.shr_u(rest, 12)), 19));
}

/**
 * Moves the state of the cell on by a projected step. Sums, pre-activations, activations and what they move are loops of
 * their own: a processor then has many short chains at work, not a few long ones.
 */
export function advanceStep(model: ModelRecord, cell: CellRecord, projected: usize): void {
  const state = cell.state;
  const pairs = cell.statePairs;
  const units = <usize>cell.units;
  const gated = model.gated;
  const update = model.update;
  const reset = update + (units << 2);
  const candidate = update + (units << 3);
  const end = candidate + (units << 2);

  if (pairs > PACKED_PAIRS) activateWideGates(cell, model.sums, update, reset, projected);
  else activateGates(cell, model.sums, update, reset, projected);
  sigmoidAll(update, candidate);
  const gateHalf = constant(GATE_HALF);
  for (let unit: usize = 0; unit < units; unit += 8) {
    const at = reset + (unit << 2);
    const low = i32x4.mul(v128.load(at), v128.load_ext<i16>(state + (unit << 1)));
    const high = i32x4.mul(v128.load(at, 16), v128.load_ext<i16>(state + (unit << 1), 8));
    const passed = i16x8.narrow_i32x4_s(
      i32x4.shr_s(i32x4.add(low, gateHalf), 12),
      i32x4.shr_s(i32x4.add(high, gateHalf), 12),
    );
    v128.store(gated + (unit << 1), passed);
  }

  let sums = model.sums;
  multiplyRows(cell.candidateWeights, gated, pairs, cell.units, sums);
  const half = f64x2.splat(cell.productHalf);
  const magic = f64x2.splat(MAGIC);
  let own = projected + 2 * GATE_BYTES;
  for (let to = candidate; to < end; to += 16) {
    v128.store(to, candidateOf(v128.load(sums), half, magic, own));
    sums += 16;
    own += PROJECTED_BYTES;
  }
  tanhAll(candidate, end);
  const lowBits = constant(LOW_BITS);
  const stepHalf = constant(STEP_HALF);
  for (let unit: usize = 0; unit < units; unit += 8) {
    const z = update + (unit << 2);
    const c = candidate + (unit << 2);
    const at = state + (unit << 1);
    const low = moved(v128.load(z), v128.load(c), v128.load_ext<i16>(at), lowBits, stepHalf);
    const high = moved(v128.load(z, 16), v128.load(c, 16), v128.load_ext<i16>(at, 8), lowBits, stepHalf);
    v128.store(at, i16x8.narrow_i32x4_s(low, high));
  }
}

// One step of one cell, in the two halves of integerStep.ts. Products wider than 32 bits are formed in float64, where
// they are exact as in the reference; all else is int32.

import { sigmoidOf, tanhOf } from "./activations";
import { CellRecord, ModelRecord, RoundingRecord } from "./records";
import { multiply, multiplyGates } from "./ternaryProducts";

/** 1.5 * 2^52: adding it leaves the nearest integer in the low half of the float64. */
const MAGIC: f64 = 6755399441055744.0;

/** Bytes of the coefficients of four rows: float64 alpha, beta1 less the magic, beta2, int32 bias. */
const COEFFICIENT_BYTES: usize = 112;
/** Bytes of four projected rows: float64 slopes, int32 offsets. */
const PROJECTED_BYTES: usize = 48;

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

/** Projects `groups` times four rows. */
// @ts-ignore: decorator
@inline
function projectRows(sums: usize, groups: i32, rounding: RoundingRecord, coefficient: usize, to: usize): void {
  const slopeHalf = f64x2.splat(rounding.slopeHalf);
  const slopeMagic = f64x2.splat(rounding.slopeMagic);
  const offsetHalf = f64x2.splat(rounding.offsetHalf);
  const magic = f64x2.splat(MAGIC);
  for (let group = 0; group < groups; group++) {
    const sum = v128.load(sums);
    const low = f64x2.convert_low_i32x4_s(sum);
    const high = f64x2.convert_low_i32x4_s(highHalf(sum));
    const lowSlope = rounded(f64x2.mul(low, v128.load(coefficient)), slopeHalf, slopeMagic);
    const highSlope = rounded(f64x2.mul(high, v128.load(coefficient, 16)), slopeHalf, slopeMagic);
    v128.store(to, f64x2.add(lowSlope, v128.load(coefficient, 32)));
    v128.store(to, f64x2.add(highSlope, v128.load(coefficient, 48)), 16);
    const lowOffset = rounded(f64x2.mul(low, v128.load(coefficient, 64)), offsetHalf, magic);
    const highOffset = rounded(f64x2.mul(high, v128.load(coefficient, 80)), offsetHalf, magic);
    v128.store(to, i32x4.add(integers(lowOffset, highOffset), v128.load(coefficient, 96)), 32);
    sums += 16;
    coefficient += COEFFICIENT_BYTES;
    to += PROJECTED_BYTES;
  }
}

/** What `x` contributes to all 3 units rows. */
export function projectStep(model: ModelRecord, cell: CellRecord, x: usize, projected: usize): void {
  const sums = model.sums;
  const groups = cell.units >> 2;
  multiply(cell.inputWeights, x, cell.inputPairs, (3 * cell.units) >> 4, sums);
  projectRows(sums, 2 * groups, cell.gate, cell.coefficients, projected);
  const gates = 2 * <usize>groups;
  projectRows(
    sums + (gates << 4),
    groups,
    cell.candidate,
    cell.coefficients + gates * COEFFICIENT_BYTES,
    projected + gates * PROJECTED_BYTES,
  );
}

/** Pre-activations of four rows, int32. */
// @ts-ignore: decorator
@inline
function activationOf(sums: usize, half: v128, magic: v128, projected: usize): v128 {
  const sum = v128.load(sums);
  const low = f64x2.mul(f64x2.convert_low_i32x4_s(sum), v128.load(projected));
  const high = f64x2.mul(f64x2.convert_low_i32x4_s(highHalf(sum)), v128.load(projected, 16));
  const product = integers(rounded(low, half, magic), rounded(high, half, magic));
  return i32x4.add(product, v128.load(projected, 32));
}

// @ts-ignore: decorator
@inline
function storeNarrow(to: usize, v: v128): void {
  v128.store64_lane(to, i16x8.narrow_i32x4_s(v, v), 0);
}

/** Moves the state of the cell on by a projected step. */
export function advanceStep(model: ModelRecord, cell: CellRecord, projected: usize): void {
  const sums = model.sums;
  const gated = model.gated;
  const update = model.update;
  const table = model.tanh;
  const state = cell.state;
  const units = <usize>cell.units;
  const tiles = cell.units >> 4;
  const gateBytes = (units >> 2) * PROJECTED_BYTES;
  const half = f64x2.splat(cell.gate.productHalf);
  const magic = f64x2.splat(MAGIC);

  multiplyGates(cell.gateWeights, state, cell.statePairs, tiles, sums);
  let at = projected;
  for (let unit: usize = 0; unit < units; unit += 4) {
    const z = activationOf(sums + (unit << 2), half, magic, at);
    v128.store(update + (unit << 2), sigmoidOf(table, z));
    const r = activationOf(sums + ((units + unit) << 2), half, magic, at + gateBytes);
    const held = v128.load_ext<i16>(state + (unit << 1));
    const passed = i32x4.add(i32x4.mul(sigmoidOf(table, r), held), i32x4.splat(2048));
    storeNarrow(gated + (unit << 1), i32x4.shr_s(passed, 12));
    at += PROJECTED_BYTES;
  }

  multiply(cell.candidateWeights, gated, cell.statePairs, tiles, sums);
  at = projected + 2 * gateBytes;
  for (let unit: usize = 0; unit < units; unit += 4) {
    const c = tanhOf(table, activationOf(sums + (unit << 2), half, magic, at));
    const held = v128.load_ext<i16>(state + (unit << 1));
    const gap = i32x4.sub(i32x4.sub(i32x4.shl(c, 7), c), i32x4.shl(held, 15));
    // update * gap has 40 bits: its part above 2^12 and the rest, each within 31.
    const z = v128.load(update + (unit << 2));
    const above = i32x4.mul(z, i32x4.shr_s(gap, 12));
    const rest = i32x4.add(i32x4.mul(z, v128.and(gap, i32x4.splat(4095))), i32x4.splat(1 << 30));
    const move = i32x4.shr_s(i32x4.add(above, i32x4.shr_u(rest, 12)), 19);
    storeNarrow(state + (unit << 1), i32x4.add(held, move));
    at += PROJECTED_BYTES;
  }
}

import { EXACT_MAXIMUM, FEATURE_MAXIMUM, GATED_STATE_ONE, STATE_ONE } from "./fixedPoint.ts";
import type { IntegerModel, IntegerWeights } from "./IntegerModel.ts";
import { projectionLift } from "./projectionLift.ts";

/** Two numbers below it have a sum of 31 bits. */
const PART_MAXIMUM = 2 ** 30;
const TANH_ONE = 2 ** 15;
const POWER_MAXIMUM = 2 ** 25;

/** A lifted product below it keeps three bits behind the point of a float64, which tell what rounds up from what does not. */
const LIFTED_MAXIMUM = 2 ** 50;
const LIFT_MAXIMUM = 2 ** 25;
/** Shift of the products of the gates, which is that of every cell whose slopes stay within 250. */
const PRODUCT_SHIFT = 20;
const INT16_MAXIMUM = 2 ** 15 - 1;

/**
 * True if the model fits the widths of the vectors for all inputs, as every trained one does by far:
 * products at most 2^52, both parts of a pre-activation, roundShift(slope q, productShift) and offset, below 2^30, so that
 * their sum needs no more than 32 bits before it is kept within its range, tables that rise within theirs, lifted
 * products (see `projectionLift`) at most 2^50, and gates whose slopes and sums are two int16 and one.
 */
export const fitsVectors = (model: IntegerModel): boolean =>
  rises(model.tanh, TANH_ONE, TANH_ONE - 1) &&
  rises(model.powers, POWER_MAXIMUM, 2 ** 18) &&
  fits(model, model.inputs, FEATURE_MAXIMUM, model.units) &&
  model.upper.every((cell) => fits(cell, model.units, STATE_ONE, model.units));

const rises = (table: ArrayLike<number>, maximum: number, largestStep: number): boolean => {
  for (let at = 0; at < table.length; at++) {
    const step = at === 0 ? 0 : table[at]! - table[at - 1]!;
    if (table[at]! > maximum || step < 0 || step > largestStep) return false;
  }
  return true;
};

const fits = (cell: IntegerWeights, columns: number, maximum: number, units: number): boolean => {
  const { gates, inputCodes, stateCodes } = cell;
  if (gates.productShift !== PRODUCT_SHIFT) return false;
  const lift = projectionLift(cell, columns, maximum);
  if (lift > LIFT_MAXIMUM) return false;
  for (let row = 0; row < 3 * units; row++) {
    const p = maximum * nonZero(inputCodes, row * columns, columns);
    const codes = nonZero(stateCodes, row * units, units);
    const q = GATED_STATE_ONE * codes;
    const alpha = Math.abs(gates.alpha[row]!);
    const beta2 = Math.abs(gates.beta2[row]!);
    if ((Math.max(alpha, beta2) + 1) * 1.5 * lift > LIFTED_MAXIMUM) return false;
    // Each rounding moves a part by at most one half.
    const slope = (alpha * p) / 2 ** gates.alphaShift + Math.abs(gates.beta1[row]!) + 1;
    const offset = (beta2 * p) / 2 ** gates.beta2Shift + Math.abs(gates.bias[row]!) + 1;
    if (slope * q > EXACT_MAXIMUM || slope >= 2 * PART_MAXIMUM - 2 ** 15) return false;
    if ((slope * q) / 2 ** gates.productShift + 1 >= PART_MAXIMUM || offset >= PART_MAXIMUM) return false;
    if (row < 2 * units && STATE_ONE * codes > INT16_MAXIMUM) return false;
  }
  return true;
};

const nonZero = (codes: Int8Array, from: number, count: number): number => {
  let found = 0;
  for (let at = from; at < from + count; at++) if (codes[at] !== 0) found++;
  return found;
};

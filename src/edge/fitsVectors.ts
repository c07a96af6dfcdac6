import { EXACT_MAXIMUM, FEATURE_MAXIMUM, GATED_STATE_ONE, STATE_ONE } from "./fixedPoint.ts";
import type { IntegerModel, IntegerWeights } from "./IntegerModel.ts";

/** Two numbers below it have a sum of 31 bits. */
const PART_MAXIMUM = 2 ** 30;
const TANH_ONE = 2 ** 15;
const POWER_MAXIMUM = 2 ** 25;

/**
 * True if the model fits the widths of the vectors for all inputs, as every trained one does by far:
 * products at most 2^52, both parts of a pre-activation, roundShift(slope q, productShift) and offset, below 2^30, so that
 * their sum needs no more than 32 bits before it is kept within its range, and tables that rise within theirs.
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

const fits = (
  { gates, inputCodes, stateCodes }: IntegerWeights,
  columns: number,
  maximum: number,
  units: number,
): boolean => {
  for (let row = 0; row < 3 * units; row++) {
    const p = maximum * nonZero(inputCodes, row * columns, columns);
    const q = GATED_STATE_ONE * nonZero(stateCodes, row * units, units);
    const alphaProduct = Math.abs(gates.alpha[row]!) * p;
    const beta2Product = Math.abs(gates.beta2[row]!) * p;
    // Each rounding moves a part by at most one half.
    const slope = alphaProduct / 2 ** gates.alphaShift + Math.abs(gates.beta1[row]!) + 1;
    const offset = beta2Product / 2 ** gates.beta2Shift + Math.abs(gates.bias[row]!) + 1;
    if (Math.max(alphaProduct, beta2Product, slope * q) > EXACT_MAXIMUM || slope >= 2 * PART_MAXIMUM)
      return false;
    if ((slope * q) / 2 ** gates.productShift + 1 >= PART_MAXIMUM || offset >= PART_MAXIMUM) return false;
  }
  return true;
};

const nonZero = (codes: Int8Array, from: number, count: number): number => {
  let found = 0;
  for (let at = from; at < from + count; at++) if (codes[at] !== 0) found++;
  return found;
};

import { FEATURE_MAXIMUM, GATED_STATE_ONE, STATE_ONE } from "./fixedPoint.ts";
import type { IntegerModel, IntegerWeights } from "./IntegerModel.ts";

/** Two numbers below it have a sum of 31 bits. */
const PART_MAXIMUM = 2 ** 30;

/**
 * True if both parts of every pre-activation, roundShift(slope q, productShift) and offset, are below 2^30 for all
 * inputs: then their sum needs no more than 32 bits before it is kept within its range.
 */
export const fitsVectors = (model: IntegerModel): boolean =>
  fits(model, model.inputs, FEATURE_MAXIMUM, model.units) &&
  model.upper.every((cell) => fits(cell, model.units, STATE_ONE, model.units));

const fits = (
  { gates, inputCodes, stateCodes }: IntegerWeights,
  columns: number,
  maximum: number,
  units: number,
): boolean => {
  for (let row = 0; row < 3 * units; row++) {
    const p = maximum * nonZero(inputCodes, row * columns, columns);
    const q = GATED_STATE_ONE * nonZero(stateCodes, row * units, units);
    // Each rounding moves a part by at most one half.
    const slope = (Math.abs(gates.alpha[row]!) * p) / 2 ** gates.alphaShift + Math.abs(gates.beta1[row]!) + 1;
    const offset = (Math.abs(gates.beta2[row]!) * p) / 2 ** gates.beta2Shift + Math.abs(gates.bias[row]!) + 1;
    if ((slope * q) / 2 ** gates.productShift + 1 >= PART_MAXIMUM || offset >= PART_MAXIMUM) return false;
  }
  return true;
};

const nonZero = (codes: Int8Array, from: number, count: number): number => {
  let found = 0;
  for (let at = from; at < from + count; at++) if (codes[at] !== 0) found++;
  return found;
};

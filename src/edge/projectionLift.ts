import type { IntegerWeights } from "./IntegerModel.ts";

/**
 * What assembly/cellStep.ts adds to sums of x before it multiplies them: a power of two, at least twice the largest sum,
 * so that they are positive, and such that alpha and beta2 times it, shifted, are whole numbers.
 *
 * @param columns length of x
 * @param maximum largest magnitude of a number of x
 */
export const projectionLift = (
  { gates, inputCodes }: IntegerWeights,
  columns: number,
  maximum: number,
): number => {
  let densest = 0;
  for (let row = 0; row < inputCodes.length; row += columns) {
    let codes = 0;
    for (let at = row; at < row + columns; at++) if (inputCodes[at] !== 0) codes++;
    densest = Math.max(densest, codes);
  }
  const bits = Math.max(
    Math.ceil(Math.log2(2 * maximum * densest + 1)),
    fractionBits(gates.alpha, gates.alphaShift),
    fractionBits(gates.beta2, gates.beta2Shift),
  );
  return 2 ** bits;
};

/** Bits behind the point of coefficients that are shifted right by `shift`. */
const fractionBits = (coefficients: Int32Array, shift: number): number => {
  const all = coefficients.reduce((bits, value) => bits | value, 0);
  const zeros = all === 0 ? shift : 31 - Math.clz32(all & -all);
  return Math.max(0, shift - zeros);
};

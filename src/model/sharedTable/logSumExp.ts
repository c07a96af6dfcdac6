/**
 * log(sum exp) of `classes` values from `start` on, in float64, without overflow.
 *
 * @example
 * logSumExp(Float32Array.of(7, 0, 0), 1, 2) === Math.log(2); // => true
 */
export const logSumExp = (values: Float32Array | Float64Array, start: number, classes: number): number => {
  let largest = -Infinity;
  for (let k = start; k < start + classes; k++) largest = Math.max(largest, values[k]!);
  let sum = 0;
  for (let k = start; k < start + classes; k++) sum += Math.exp(values[k]! - largest);
  return largest + Math.log(sum);
};

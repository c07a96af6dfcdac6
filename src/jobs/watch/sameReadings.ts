/** Steps in a row with the same reading. */
export interface SameReadings {
  readonly steps: number;
  /** First of them. */
  readonly from: number;
}

/**
 * The longest run of one and the same reading; a missing one ends it.
 *
 * @example
 * longestSame(Float64Array.of(1, 2, 2, 2, NaN, 2)); // => { steps: 3, from: 1 }
 */
export const longestSame = (values: Float64Array): SameReadings => {
  let longest = { steps: 0, from: 0 };
  let from = 0;
  values.forEach((value, step) => {
    if (Number.isNaN(value) || value !== values[step - 1]) from = step;
    const steps = Number.isNaN(value) ? 0 : step - from + 1;
    if (steps > longest.steps) longest = { steps, from };
  });
  return longest;
};

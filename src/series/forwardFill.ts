/**
 * Carries each reading forward over a gap of at most `holdSteps`; past that, and before the first reading, takes
 * the fallback.
 *
 * @param source readings, NaN where missing
 * @param filled receives the result for steps `from..to - 1`; earlier entries are left alone
 * @example
 * const filled = new Float64Array(5);
 * forwardFill(Float64Array.of(NaN, 2, NaN, NaN, 5), filled, 0, 5, 1, 9);
 * Array.from(filled); // => [9, 2, 2, 9, 5]
 */
export const forwardFill = (
  source: Float64Array,
  filled: Float64Array,
  from: number,
  to: number,
  holdSteps: number,
  fallback: number,
): void => {
  let lastStep = -1;
  for (let step = from - 1; step >= 0 && step >= from - holdSteps; step--) {
    if (!Number.isNaN(source[step]!)) {
      lastStep = step;
      break;
    }
  }
  for (let step = from; step < to; step++) {
    const reading = source[step]!;
    if (!Number.isNaN(reading)) lastStep = step;
    filled[step] = lastStep >= 0 && step - lastStep <= holdSteps ? source[lastStep]! : fallback;
  }
};

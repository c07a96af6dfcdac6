/**
 * Mean absolute error of the seasonal naive forecast within a span: mean |y(t) - y(t - season)| over the pairs that were
 * both observed. It scales the errors of MASE (Hyndman and Koehler 2006, "Another look at measures of forecast
 * accuracy", section 3).
 *
 * @param series readings, NaN where missing
 * @returns NaN where no pair was observed, or where all pairs are equal: there is no MASE then
 *
 * @example
 * seasonalScale(Float32Array.of(1, 2, 4, 2), 2, 0, 4); // => 1.5
 */
export const seasonalScale = (
  series: ArrayLike<number>,
  seasonSteps: number,
  from: number,
  to: number,
): number => {
  let sum = 0;
  let count = 0;
  for (let step = from + seasonSteps; step < to; step++) {
    const difference = Math.abs(series[step]! - series[step - seasonSteps]!);
    if (Number.isNaN(difference)) continue;
    sum += difference;
    count++;
  }
  return sum === 0 ? Number.NaN : sum / count;
};

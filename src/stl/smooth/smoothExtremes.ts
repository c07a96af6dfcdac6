/**
 * Smooth minima and maxima of a few values, with their derivatives.
 *
 * `logsumexp`: min = -log(sum exp(-T x)) / T, max = log(sum exp(T x)) / T. `softmax`: the mean of the values
 * weighted by exp(-T x) or exp(T x). The logsumexp minimum and the softmax maximum are lower bounds of the exact
 * ones (Gilpin, Kurtz and Lin, "A smooth robustness measure of signal temporal logic", 2021): together they
 * are `sound`.
 *
 * A value that is NaN is left out; where all are, the extreme is NaN. The minimum of no value at all is +inf, the
 * maximum -inf. Infinite values are neutral or decide.
 */

export type ExtremeKind = "exact" | "logsumexp" | "softmax";

/**
 * The extreme of `items[first .. first + count)`; `weights`, from `weightsFirst` on, receives its derivative by
 * each of them. `sign` is 1 for a maximum and -1 for a minimum.
 */
export const smoothExtreme = (
  items: Float64Array,
  first: number,
  weights: Float64Array,
  weightsFirst: number,
  count: number,
  sign: 1 | -1,
  kind: ExtremeKind,
  temperature: number,
): number => {
  if (count === 0) return -sign * Infinity;
  let best = NaN;
  let bestAt = -1;
  for (let i = 0; i < count; i++) {
    const value = items[first + i] as number;
    weights[weightsFirst + i] = 0;
    if (bestAt < 0 ? value === value : sign * value > sign * best) {
      best = value;
      bestAt = i;
    }
  }
  // No value at all, or infinite ones that decide: nothing to differentiate.
  if (bestAt < 0 || best === Infinity || best === -Infinity) return best;
  if (kind === "exact") {
    weights[weightsFirst + bestAt] = 1;
    return best;
  }
  const slope = sign * temperature;
  let sum = 0;
  for (let i = 0; i < count; i++) {
    const value = items[first + i] as number;
    if (value - value !== 0) continue;
    const weight = i === bestAt ? 1 : Math.exp(slope * (value - best));
    weights[weightsFirst + i] = weight;
    sum += weight;
  }
  if (kind === "logsumexp") {
    for (let i = 0; i < count; i++) weights[weightsFirst + i] = (weights[weightsFirst + i] as number) / sum;
    return best + Math.log(sum) / slope;
  }
  let mean = 0;
  for (let i = 0; i < count; i++) {
    const weight = (weights[weightsFirst + i] as number) / sum;
    weights[weightsFirst + i] = weight;
    if (weight !== 0) mean += weight * (items[first + i] as number);
  }
  for (let i = 0; i < count; i++) {
    const weight = weights[weightsFirst + i] as number;
    if (weight !== 0)
      weights[weightsFirst + i] = weight * (1 + slope * ((items[first + i] as number) - mean));
  }
  return mean;
};

import { type ExtremeKind, smoothExtreme } from "./smoothExtremes.ts";
import type { Tape } from "./Tape.ts";

/**
 * Smooth timed until at one step, or its dual or mirror image, with softmax within: outer extreme over
 * k = lower..last of the softmax extreme of q at k and p at 0..k-1, k counting from `step` in `direction`.
 *
 * One softmax over all values of a term, not one nested in another: the weighted sums of the terms grow by one
 * value a step, so cost and tape are linear. Sums are relative to the best value so far and scaled down where a
 * better one comes, so no exponential overflows.
 *
 * `p` and `q` are positions in `values` of step 0. Steps of p outside [pFirst, pLast], and what is missing, are
 * left out; a term without a witness is none. The tape gets five numbers a term, two a step, then the weights of
 * the terms.
 */
export const softmaxUntil = (
  values: Float64Array,
  p: number,
  pFirst: number,
  pLast: number,
  q: number,
  step: number,
  direction: 1 | -1,
  lower: number,
  last: number,
  inner: 1 | -1,
  outerKind: ExtremeKind,
  temperature: number,
  items: Float64Array,
  weights: Float64Array,
  tape: Tape,
): number => {
  // Of inner * p: the best value, and relative to it the sum of weights and of weighted distances.
  let best = -Infinity;
  let sum = 0;
  let moment = 0;
  let decided = false;
  let terms = 0;
  for (let k = 0; k <= last; k++) {
    if (k >= lower) {
      const witness = inner * (values[q + step + direction * k] as number);
      let term = NaN;
      let share = 0;
      let scale = 0;
      let mean = 0;
      if (witness === Infinity || (decided && witness === witness)) term = inner * Infinity;
      else if (witness === -Infinity && best === -Infinity) term = -inner * Infinity;
      else if (witness === witness) {
        const top = witness > best ? witness : best;
        scale = best === -Infinity ? 0 : Math.exp(temperature * (best - top));
        const weight = witness === -Infinity ? 0 : Math.exp(temperature * (witness - top));
        const total = sum * scale + weight;
        const distance =
          (scale === 0 ? 0 : scale * (moment + sum * (best - top))) +
          (weight === 0 ? 0 : weight * (witness - top));
        mean = top + distance / total;
        scale /= total;
        share = weight === 0 ? 0 : (weight / total) * (1 + temperature * (witness - mean));
        term = inner * mean;
      }
      items[terms++] = term;
      tape.keepOne(share);
      tape.keepOne(scale);
      tape.keepOne(mean);
    }
    tape.keepOne(best);
    const at = step + direction * k;
    const value = at >= pFirst && at <= pLast ? inner * (values[p + at] as number) : NaN;
    if (value === Infinity) decided = true;
    else if (value > best) {
      const scale = best === -Infinity ? 0 : Math.exp(temperature * (best - value));
      moment = scale === 0 ? 0 : scale * (moment + sum * (best - value));
      sum = sum * scale + 1;
      best = value;
    } else if (value - value === 0) {
      const weight = Math.exp(temperature * (value - best));
      sum += weight;
      moment += weight * (value - best);
    }
    tape.keepOne(best);
  }
  const value = smoothExtreme(items, 0, weights, 0, terms, inner < 0 ? 1 : -1, outerKind, temperature);
  tape.keep(weights, terms);
  return value;
};

/** Adds the derivatives of {@link softmaxUntil} times `slope` to `slopes`, reading its tape back. */
export const softmaxUntilBack = (
  values: Float64Array,
  slopes: Float64Array,
  slope: number,
  p: number,
  pFirst: number,
  pLast: number,
  q: number,
  step: number,
  direction: 1 | -1,
  lower: number,
  last: number,
  inner: 1 | -1,
  temperature: number,
  tape: Tape,
): void => {
  const outer = tape.back(Math.max(0, last - lower + 1));
  // Of all later terms, relative to the best value at hand: shares by their weights, and those times their means.
  let shares = 0;
  let means = 0;
  for (let k = last; k >= 0; k--) {
    const at = step + direction * k;
    const states = tape.back(2);
    const [before, after] = [tape.at(states), tape.at(states + 1)];
    const value = at >= pFirst && at <= pLast ? inner * (values[p + at] as number) : NaN;
    if (shares !== 0 && value - value === 0) {
      const weight = Math.exp(temperature * (value - after));
      const own = weight * (shares * (1 + temperature * value) - temperature * means);
      slopes[p + at] = (slopes[p + at] as number) + own;
    }
    if (after > before) {
      const scale = before === -Infinity ? 0 : Math.exp(temperature * (before - after));
      shares *= scale;
      means *= scale;
    }
    if (k < lower) continue;
    const term = tape.back(3);
    const weight = slope * tape.at(outer + k - lower);
    if (weight === 0) continue;
    slopes[q + at] = (slopes[q + at] as number) + weight * tape.at(term);
    const share = weight * tape.at(term + 1);
    shares += share;
    means += share * tape.at(term + 2);
  }
};

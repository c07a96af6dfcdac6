import { type ExtremeKind, smoothExtreme } from "./smoothExtremes.ts";
import type { Tape } from "./Tape.ts";

const pair = new Float64Array(2);
const pairWeights = new Float64Array(2);

/**
 * Smooth timed until at one step, or its dual or mirror image:
 * outer extreme over k = lower..last of inner extreme(q at k, running inner extreme of p at 0..k-1),
 * k counting from `step` in `direction`. The running extreme is taken two by two, so cost and tape are linear.
 *
 * `p` and `q` are positions in `values` of step 0. Steps of p outside [pFirst, pLast] are left out. The tape
 * gets two weights for every step of the running extreme, two for every term, then the weights of the terms.
 */
export const smoothUntil = (
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
  innerKind: ExtremeKind,
  outerKind: ExtremeKind,
  temperature: number,
  items: Float64Array,
  weights: Float64Array,
  tape: Tape,
): number => {
  let running = NaN;
  let terms = 0;
  for (let k = 0; k <= last; k++) {
    if (k >= lower) {
      const witness = values[q + step + direction * k] as number;
      pair[0] = running;
      pair[1] = witness;
      const term = smoothExtreme(pair, 0, pairWeights, 0, 2, inner, innerKind, temperature);
      // Without a witness there is no term, whatever held until then.
      items[terms++] = witness === witness ? term : NaN;
      tape.keep(pairWeights, 2);
    }
    const at = step + direction * k;
    pair[0] = running;
    pair[1] = at >= pFirst && at <= pLast ? (values[p + at] as number) : NaN;
    running = smoothExtreme(pair, 0, pairWeights, 0, 2, inner, innerKind, temperature);
    tape.keep(pairWeights, 2);
  }
  const value = smoothExtreme(items, 0, weights, 0, terms, inner < 0 ? 1 : -1, outerKind, temperature);
  tape.keep(weights, terms);
  return value;
};

/** Adds the derivatives of {@link smoothUntil} times `slope` to `slopes`, reading its tape back. */
export const smoothUntilBack = (
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
  tape: Tape,
): void => {
  const terms = Math.max(0, last - lower + 1);
  const outer = tape.back(terms);
  // Slope of the running extreme before and after p at k.
  let running = 0;
  for (let k = last; k >= 0; k--) {
    const at = step + direction * k;
    const update = tape.back(2);
    if (running !== 0) {
      if (at >= pFirst && at <= pLast) {
        slopes[p + at] = (slopes[p + at] as number) + running * tape.at(update + 1);
      }
      running *= tape.at(update);
    }
    if (k < lower) continue;
    const term = tape.back(2);
    const share = slope * tape.at(outer + k - lower);
    if (share === 0) continue;
    slopes[q + at] = (slopes[q + at] as number) + share * tape.at(term + 1);
    running += share * tape.at(term);
  }
};

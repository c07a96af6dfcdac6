import type { Tape } from "./Tape.ts";

/**
 * Smooth timed until of one row with two exponentials a step instead of several a step and window position.
 *
 * With a = exp(-T p) and b = exp(-T q), the logsumexp minimum z of q(k) and p(0..k-1) has
 * exp(-T z) = a(0) + .. + a(k-1) + b(k), and the maximum over k is log(sum of 1 / that) / T: sums and quotients.
 * The dual and the past have other signs. All is relative to the extreme of p and q, which is exact enough as
 * long as both span fewer than `greatestSpan` natural logarithms.
 */
const greatestSpan = 300;

let p = new Float64Array(0);
let q = new Float64Array(0);
let logarithms = new Float64Array(0);

export interface UntilRow {
  /** Positions of the values of p and q at a common first step; each is there on a part of `length` steps. */
  readonly left: number;
  readonly leftFrom: number;
  readonly leftTo: number;
  readonly right: number;
  readonly rightFrom: number;
  readonly rightTo: number;
  readonly length: number;
  /** Position of the result, its first step counted from the first of p and q, and how many. */
  readonly out: number;
  readonly first: number;
  readonly count: number;
  readonly direction: 1 | -1;
  readonly lower: number;
  readonly upper: number;
  /** -1: minimum within maximum, as until and since have it; 1: the dual. */
  readonly inner: 1 | -1;
}

/** False, with nothing done, where the row is not fit for it. `softmax` is of the outer extreme. */
export const fusedUntilForward = (
  values: Float64Array,
  row: UntilRow,
  softmax: boolean,
  temperature: number,
  tape: Tape,
): boolean => {
  const { left, leftFrom, leftTo, right, rightFrom, rightTo, length } = row;
  const { out, first, count, direction, lower, upper, inner } = row;
  let best = -Infinity;
  let worst = Infinity;
  for (let i = left + leftFrom; i < left + leftTo; i++) {
    const value = inner * (values[i] as number);
    if (value - value !== 0) return false;
    if (value > best) best = value;
    if (value < worst) worst = value;
  }
  for (let i = right + rightFrom; i < right + rightTo; i++) {
    const value = inner * (values[i] as number);
    if (value - value !== 0) return false;
    if (value > best) best = value;
    if (value < worst) worst = value;
  }
  if ((best - worst) * temperature > greatestSpan) return false;
  if (lower > reach(row, count - 1) || lower > reach(row, 0)) return false;
  if (p.length < length) {
    p = new Float64Array(2 * length);
    q = new Float64Array(2 * length);
  }
  p.fill(0, 0, length);
  q.fill(0, 0, length);
  for (let i = leftFrom; i < leftTo; i++) {
    p[i] = Math.exp(temperature * (inner * (values[left + i] as number) - best));
  }
  for (let i = rightFrom; i < rightTo; i++) {
    q[i] = Math.exp(temperature * (inner * (values[right + i] as number) - best));
  }
  const widest = Math.max(0, Math.min(upper, length) - lower + 1);
  if (logarithms.length < widest) logarithms = new Float64Array(2 * widest);
  for (let i = 0; i < count; i++) {
    const last = Math.min(upper, reach(row, i));
    const terms = last - lower + 1;
    const kept = tape.claim(terms);
    const shares = tape.numbers;
    let at = first + i;
    let sum = 0;
    for (let k = 0; k < lower; k++) {
      sum += p[at] as number;
      at += direction;
    }
    let total = 0;
    let moment = 0;
    if (softmax) {
      for (let k = 0; k < terms; k++) {
        const share = 1 / (sum + (q[at] as number));
        const logarithm = Math.log(share);
        shares[kept + k] = share;
        logarithms[k] = logarithm;
        total += share;
        moment += share * logarithm;
        sum += p[at] as number;
        at += direction;
      }
    } else {
      for (let k = kept; k < kept + terms; k++) {
        const share = 1 / (sum + (q[at] as number));
        shares[k] = share;
        total += share;
        sum += p[at] as number;
        at += direction;
      }
    }
    const scale = 1 / total;
    const above = softmax ? moment * scale : Math.log(total);
    // Outer values are counted the other way: -inner * (z - best / inner).
    values[out + i] = inner * (best - above / temperature);
    for (let k = 0; k < terms; k++) {
      const share = shares[kept + k] as number;
      const slope = softmax ? 1 + (logarithms[k] as number) - above : 1;
      shares[kept + k] = share * share * scale * slope;
    }
  }
  tape.keep(p, length);
  tape.keep(q, length);
  return true;
};

/** Steps from step number i of the result to the end that the operator looks to. */
const reach = (row: UntilRow, i: number): number =>
  row.direction > 0 ? row.rightTo - 1 - row.first - i : row.first + i - row.rightFrom;

/** Adds the derivatives, from what {@link fusedUntilForward} left on the tape, times the slopes at `out`. */
export const fusedUntilBack = (slopes: Float64Array, row: UntilRow, tape: Tape): void => {
  const { left, leftFrom, leftTo, right, rightFrom, rightTo, length } = row;
  const { out, first, count, direction, lower, upper } = row;
  const qPowers = tape.back(length);
  const pPowers = tape.back(length);
  const numbers = tape.numbers;
  // Slopes by the powers themselves; the power of each step comes in once, at the end.
  p.fill(0, 0, length);
  q.fill(0, 0, length);
  for (let i = count - 1; i >= 0; i--) {
    const last = Math.min(upper, reach(row, i));
    const kept = tape.back(last - lower + 1);
    const slope = slopes[out + i] as number;
    if (slope === 0) continue;
    let later = 0;
    let at = first + i + direction * last;
    for (let k = kept + last - lower; k >= kept; k--) {
      const share = slope * (numbers[k] as number);
      p[at] = (p[at] as number) + later;
      q[at] = (q[at] as number) + share;
      later += share;
      at -= direction;
    }
    for (let k = 0; k < lower; k++) {
      p[at] = (p[at] as number) + later;
      at -= direction;
    }
  }
  // Steps outside of an operand have no power and take no slope.
  for (let at = leftFrom; at < leftTo; at++) {
    slopes[left + at] = (slopes[left + at] as number) + (p[at] as number) * (numbers[pPowers + at] as number);
  }
  for (let at = rightFrom; at < rightTo; at++) {
    slopes[right + at] =
      (slopes[right + at] as number) + (q[at] as number) * (numbers[qPowers + at] as number);
  }
};

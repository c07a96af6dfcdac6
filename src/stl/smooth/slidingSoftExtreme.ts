import type { Tape } from "./Tape.ts";

/**
 * Smooth extremes over sliding windows of one row with one exponential a value instead of one a value and
 * window. All exponentials are taken relative to the row's extreme, which is exact enough as long as the row
 * spans fewer than `greatestSpan` natural logarithms.
 */
const greatestSpan = 500;

let powers = new Float64Array(0);
let shares = new Float64Array(0);

/**
 * Steps i = 0..count-1 get the extreme of source[clip(i + lower) .. clip(i + upper)], clipped to 0..length-1.
 * False, with nothing done, where the row is not fit for it: a value is not finite or the span too large.
 */
export const slideForward = (
  values: Float64Array,
  out: number,
  count: number,
  source: number,
  length: number,
  lower: number,
  upper: number,
  sign: 1 | -1,
  softmax: boolean,
  temperature: number,
  tape: Tape,
): boolean => {
  let best = -Infinity;
  let worst = Infinity;
  for (let i = source; i < source + length; i++) {
    const value = sign * (values[i] as number);
    if (!(value - value === 0)) return false;
    if (value > best) best = value;
    if (value < worst) worst = value;
  }
  if ((best - worst) * temperature > greatestSpan) return false;
  // Every window must have something in it.
  if (lower > length - 1 || count - 1 + lower > length - 1 || upper < 0) return false;
  if (powers.length < length) powers = new Float64Array(2 * length);
  if (shares.length < 2 * count) shares = new Float64Array(4 * count);
  for (let i = 0; i < length; i++)
    powers[i] = Math.exp(temperature * (sign * (values[source + i] as number) - best));
  for (let i = 0; i < count; i++) {
    const from = Math.max(0, i + lower);
    const to = Math.min(length - 1, i + upper);
    let sum = 0;
    let moment = 0;
    if (softmax) {
      for (let k = from; k <= to; k++) {
        const power = powers[k] as number;
        sum += power;
        moment += power * (sign * (values[source + k] as number) - best);
      }
    } else for (let k = from; k <= to; k++) sum += powers[k] as number;
    const above = softmax ? moment / sum : Math.log(sum) / temperature;
    values[out + i] = sign * (best + above);
    shares[2 * i] = 1 / sum;
    shares[2 * i + 1] = above;
  }
  tape.keep(powers, length);
  tape.keep(shares, 2 * count);
  tape.keepOne(best);
  return true;
};

/** Adds the derivatives, from what {@link slideForward} left on the tape, times the slopes at `out`. */
export const slideBack = (
  values: Float64Array,
  slopes: Float64Array,
  out: number,
  count: number,
  source: number,
  length: number,
  lower: number,
  upper: number,
  sign: 1 | -1,
  softmax: boolean,
  temperature: number,
  tape: Tape,
): void => {
  const best = tape.at(tape.back(1));
  const kept = tape.back(2 * count);
  const power = tape.back(length);
  if (shares.length < 2 * count) shares = new Float64Array(4 * count);
  for (let i = 0; i < count; i++) {
    const share = (slopes[out + i] as number) * tape.at(kept + 2 * i);
    shares[2 * i] = share;
    shares[2 * i + 1] = share * tape.at(kept + 2 * i + 1);
  }
  for (let k = 0; k < length; k++) {
    // The windows that value k lies in.
    const from = Math.max(0, k - upper);
    const to = Math.min(count - 1, k - lower);
    let sum = 0;
    let moment = 0;
    for (let i = from; i <= to; i++) sum += shares[2 * i] as number;
    if (sum === 0 && !softmax) continue;
    if (softmax) {
      for (let i = from; i <= to; i++) moment += shares[2 * i + 1] as number;
      const above = sign * (values[source + k] as number) - best;
      sum = sum * (1 + temperature * above) - temperature * moment;
    }
    slopes[source + k] = (slopes[source + k] as number) + tape.at(power + k) * sum;
  }
};

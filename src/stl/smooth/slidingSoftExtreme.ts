import type { Tape } from "./Tape.ts";
import { windowSums } from "./windowSums.ts";

/**
 * Smooth extremes over sliding windows of one row with one exponential a value instead of one a value and
 * window. All exponentials are taken relative to the row's extreme, which is exact enough as long as the row
 * spans fewer than `greatestSpan` natural logarithms.
 */
const greatestSpan = 500;

let powers = new Float64Array(0);
let moments = new Float64Array(0);
let shares = new Float64Array(0);
let aboves = new Float64Array(0);
let sums = new Float64Array(0);

const reserve = (count: number): void => {
  if (shares.length >= count) return;
  shares = new Float64Array(2 * count);
  aboves = new Float64Array(2 * count);
};

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
  reserve(count);
  for (let i = 0; i < length; i++)
    powers[i] = Math.exp(temperature * (sign * (values[source + i] as number) - best));
  windowSums(powers, length, count, lower, upper, shares);
  if (softmax) {
    if (moments.length < length) moments = new Float64Array(2 * length);
    for (let k = 0; k < length; k++) {
      moments[k] = (powers[k] as number) * (sign * (values[source + k] as number) - best);
    }
    windowSums(moments, length, count, lower, upper, aboves);
    for (let i = 0; i < count; i++) aboves[i] = (aboves[i] as number) / (shares[i] as number);
  } else {
    for (let i = 0; i < count; i++) aboves[i] = Math.log(shares[i] as number) / temperature;
  }
  for (let i = 0; i < count; i++) {
    values[out + i] = sign * (best + (aboves[i] as number));
    shares[i] = 1 / (shares[i] as number);
  }
  tape.keep(powers, length);
  tape.keep(shares, count);
  tape.keep(aboves, count);
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
  const keptAboves = tape.back(count);
  const keptShares = tape.back(count);
  const power = tape.back(length);
  const numbers = tape.numbers;
  reserve(count);
  for (let i = 0; i < count; i++)
    shares[i] = (slopes[out + i] as number) * (numbers[keptShares + i] as number);
  // Value k lies in the windows of the steps k - upper .. k - lower.
  if (sums.length < length) sums = new Float64Array(2 * length);
  windowSums(shares, count, length, -upper, -lower, sums);
  if (!softmax) {
    for (let k = 0; k < length; k++) {
      slopes[source + k] =
        (slopes[source + k] as number) + (numbers[power + k] as number) * (sums[k] as number);
    }
    return;
  }
  if (moments.length < length) moments = new Float64Array(2 * length);
  for (let i = 0; i < count; i++) shares[i] = (shares[i] as number) * (numbers[keptAboves + i] as number);
  windowSums(shares, count, length, -upper, -lower, moments);
  for (let k = 0; k < length; k++) {
    const above = sign * (values[source + k] as number) - best;
    const share = (sums[k] as number) * (1 + temperature * above) - temperature * (moments[k] as number);
    slopes[source + k] = (slopes[source + k] as number) + (numbers[power + k] as number) * share;
  }
};

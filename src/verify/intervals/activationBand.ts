import { integerSigmoid, integerTanh } from "../../edge/fixedPoint.ts";
import { SLACK } from "./AffineBlock.ts";

/** An activation lies within `slope * a + middle +- spread`, and within lower..upper. */
export interface ActivationBand {
  slope: number;
  middle: number;
  spread: number;
  lower: number;
  upper: number;
}

/**
 * Largest distance of the device's tables from 2^15 tanh: half a unit of an entry, half of the interpolation, and its
 * curve, at most 2^15 (1/128)^2 / 8 * max |tanh''| (0.77). Every pre-activation is tried in the tests.
 */
export const TABLE_ERROR = 1.2;
const ONE = 32_768;

/**
 * Band of the table sigmoid or tanh over whole pre-activations lower..upper: the slope of the secant, and the extremes of
 * what it leaves, which are at the ends or where the derivative has that slope.
 *
 * @param into receives the band
 */
export const activationBand = (
  kind: "sigmoid" | "tanh",
  table: Uint16Array,
  lower: number,
  upper: number,
  into: ActivationBand,
): void => {
  const read = kind === "tanh" ? integerTanh : integerSigmoid;
  into.lower = read(table, lower);
  into.upper = read(table, upper);
  into.slope = 0;
  into.middle = (into.lower + into.upper) / 2;
  into.spread = (into.upper - into.lower) / 2;
  if (into.spread <= 2 * TABLE_ERROR) return;
  // Both are offset + 2^15 tanh(a / scale).
  const scale = kind === "tanh" ? 16_384 : 32_768;
  const offset = kind === "tanh" ? 0 : ONE;
  const left = ONE * Math.tanh(lower / scale);
  const right = ONE * Math.tanh(upper / scale);
  const slope = (right - left) / (upper - lower);
  let least = Math.min(left - slope * lower, right - slope * upper);
  let most = Math.max(left - slope * lower, right - slope * upper);
  const turn = scale * Math.atanh(Math.sqrt(Math.max(0, 1 - (slope * scale) / ONE)));
  for (const place of [-turn, turn]) {
    if (!(place > lower && place < upper)) continue;
    const rest = ONE * Math.tanh(place / scale) - slope * place;
    least = Math.min(least, rest);
    most = Math.max(most, rest);
  }
  const spread = (most - least) / 2 + TABLE_ERROR + SLACK * 2 * ONE;
  if (spread >= into.spread) return;
  into.slope = slope;
  into.middle = offset + (least + most) / 2;
  into.spread = spread;
};

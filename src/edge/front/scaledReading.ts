import { clamp, EXPONENT_BITS, integerLogarithm, roundShift } from "../fixedPoint.ts";
import {
  type IntegerScaling,
  LEVEL_MAXIMUM,
  READING_LIMIT,
  READING_ONE,
  SPREAD_MAXIMUM,
} from "./IntegerFrontEnd.ts";

/** The part of a scaling that fixes the scale of the baseline. */
export type ReadingScale = Pick<IntegerScaling, "transform" | "inverseQuantum">;

const LOG_READING_ONE = Math.log2(READING_ONE) * 2 ** EXPONENT_BITS;

/**
 * A reading on the scale of the baseline: itself, or for log1p the exponent of two of (1 + reading) / quantum, mirrored
 * for readings below zero as `transformReading` mirrors them.
 */
export const scaledReading = (scale: ReadingScale, logarithms: Uint32Array, reading: number): number => {
  const kept = clamp(reading, -READING_LIMIT, READING_LIMIT);
  if (scale.transform === "identity") return kept;
  const exponent = (magnitude: number): number =>
    integerLogarithm(logarithms, magnitude + scale.inverseQuantum) - LOG_READING_ONE;
  return kept >= 0 ? exponent(kept) : 2 * exponent(0) - exponent(-kept);
};

/** Level of a scaled reading: its distance from the mean in deviations, one = 2^16, within +-2^22. */
export const levelOf = (scaling: IntegerScaling, scaled: number): number => {
  const spread = clamp(scaled - scaling.centre, -SPREAD_MAXIMUM, SPREAD_MAXIMUM);
  return clamp(roundShift(spread * scaling.gain, scaling.gainShift), -LEVEL_MAXIMUM, LEVEL_MAXIMUM);
};

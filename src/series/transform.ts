import type { Transform } from "./FeaturePlan.ts";

/** Largest value of log1p space that is mapped back; exp(15) is past any reading of a city sensor. */
const LARGEST_LOG = 15;

/**
 * Maps a reading to the scale on which it is learned: itself, or log(1 + x).
 *
 * Negative readings under log1p are mirrored (sign(x) log(1 + |x|)), so that the map stays one to one.
 *
 * @example
 * transformReading("log1p", 0); // => 0
 */
export const transformReading = (transform: Transform, reading: number): number =>
  transform === "identity" ? reading : reading < 0 ? -Math.log1p(-reading) : Math.log1p(reading);

/** Inverse of {@link transformReading}. */
export const invertTransform = (transform: Transform, value: number): number =>
  transform === "identity"
    ? value
    : value < 0
      ? -Math.expm1(Math.min(-value, LARGEST_LOG))
      : Math.expm1(Math.min(value, LARGEST_LOG));

/** Derivative of {@link invertTransform} at `value`. */
export const invertTransformSlope = (transform: Transform, value: number): number =>
  transform === "identity" ? 1 : Math.abs(value) > LARGEST_LOG ? 0 : Math.exp(Math.abs(value));

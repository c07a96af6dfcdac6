import type { Transform } from "../../series/FeaturePlan.ts";

/**
 * What stands before the recurrent cell, in integers: a feature plan as the device computes it.
 *
 * A reading enters as a whole number of 1/256 of its channel's quantum (see `integerReadings.ts`); all after that is
 * integer arithmetic in the formats of fixedPoint.ts.
 */
export interface IntegerFrontEnd {
  readonly sensors: number;
  readonly windowSteps: number;
  readonly horizonSteps: number;
  /** A reading is carried forward over a gap for at most this many steps; then the fallback is taken. */
  readonly holdSteps: number;
  /** Steps up to and including the origin that a forecast reads. */
  readonly contextSteps: number;
  /** Whether the time of week is a feature. */
  readonly weekly: boolean;
  /** Channels of the readings, in this order: targets, covariates, angles. */
  readonly targets: readonly IntegerTarget[];
  readonly covariates: readonly IntegerScaling[];
  readonly angles: readonly IntegerAngle[];
  /** Sensors whose mean level each sensor sees. */
  readonly neighbours: readonly Int32Array[];
  readonly baseline: IntegerBaseline;
  /** One = 1024, [sensor][dimension]. */
  readonly embedding: Int16Array;
  /** Tables of `integerLogarithm` and `integerSine`. */
  readonly logarithms: Uint32Array;
  readonly sines: Uint16Array;
}

/**
 * From a reading r (one = 256 quanta) to a level, its distance from the mean in deviations (one = 2^16):
 *   scaled = r for identity; for log1p the exponent of two of (1 + reading) / quantum (one = 2^20)
 *   level = roundShift(gain (scaled - centre), gainShift), the difference kept within +-2^29, the level within +-2^22
 */
export interface IntegerScaling {
  readonly transform: Transform;
  /** Reading that stands where there is none. */
  readonly fallback: number;
  /** 256 / quantum for log1p, 0 for identity. */
  readonly inverseQuantum: number;
  readonly centre: number;
  readonly gain: number;
  readonly gainShift: number;
}

export interface IntegerTarget extends IntegerScaling {
  /** Level against the sensor's own mean (one = 1024): roundShift(ownGain (level - ownCentre), ownShift), by sensor. */
  readonly ownCentre: Int32Array;
  readonly ownGain: Int32Array;
  readonly ownShift: Uint8Array;
  /** Sensors whose level, less the own, is a feature of every sensor. */
  readonly columns: Int32Array;
}

/** From degrees (one = 256 quanta) to turns (one = 2^20): roundShift(gain r, gainShift), modulo one turn. */
export interface IntegerAngle {
  readonly gain: number;
  readonly gainShift: number;
}

/** Forecast that the model corrects, as scaled readings; see `Baseline` of the feature plan. */
export type IntegerBaseline =
  | { readonly kind: "persistence" }
  | { readonly kind: "seasonal"; readonly periodSteps: number }
  | {
      readonly kind: "linear";
      readonly lagSteps: number;
      readonly periodSteps: number;
      readonly targets: readonly IntegerLinearBaseline[];
    };

/**
 * scaled now + intercept + roundShift(sum of weight * (scaled - mean), weightShift), each difference kept within
 * +-2^26; the weights of a lead are those of its lags and of the season.
 */
export interface IntegerLinearBaseline {
  readonly weightShift: number;
  /** [lead][lag 0, 1, ..., season] */
  readonly weights: Int32Array;
  /** By lead, as a scaled reading. */
  readonly intercepts: Int32Array;
  /** By sensor, as a scaled reading. */
  readonly means: Int32Array;
}

/** A reading: one = 256 quanta. Beyond this it is known to be large, no more. */
export const READING_ONE = 256;
export const READING_LIMIT = 2 ** 29;
/** Stands for a reading that is not there. */
export const MISSING_READING = -(2 ** 31);

/** A level: one = 2^16 deviations, at most 64 of them. */
export const LEVEL_BITS = 16;
export const LEVEL_MAXIMUM = 2 ** 22;
/** Largest difference between a scaled reading and the centre of its channel. */
export const SPREAD_MAXIMUM = 2 ** 29;
/** Largest difference between a scaled reading and the mean of its sensor in a linear baseline. */
export const LINEAR_SPREAD_MAXIMUM = 2 ** 26;
/** Baselines are kept within this: 2^20 quanta, or 2^8 doublings. */
export const BASELINE_MAXIMUM = 2 ** 28;

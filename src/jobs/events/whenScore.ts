import type { Calibration, WhenScore } from "../../report/events/EventSummary.ts";

/** What a model said of the time to the next event, in minutes since the event before. */
export interface GapForecast {
  /** Logarithm of the density at what came, per minute. */
  readonly logDensity: number;
  /** The time that is exceeded with a probability. */
  readonly exceeded: (probability: number) => number;
}

/** Counts how well the time of the next event was foretold. */
export interface WhenTally {
  readonly add: (forecast: GapForecast, gap: number) => void;
  readonly score: () => WhenScore;
  /** Share of the gaps below each quantile of {@link CALIBRATION_LEVELS}. */
  readonly calibration: () => readonly Calibration[];
}

export const CALIBRATION_LEVELS = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9];

const medianOf = (values: readonly number[]): number => {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  return (sorted[Math.floor(middle - 0.5)]! + sorted[Math.ceil(middle - 0.5)]!) / 2;
};

export const tallyWhen = (model: string): WhenTally => {
  let [loss, inside] = [0, 0];
  const errors: number[] = [];
  const below = CALIBRATION_LEVELS.map(() => 0);
  return {
    add: ({ exceeded, logDensity }, gap) => {
      loss -= logDensity;
      const quantiles = CALIBRATION_LEVELS.map((level) => exceeded(1 - level));
      quantiles.forEach((quantile, k) => (below[k]! += Number(gap <= quantile)));
      errors.push(Math.abs(gap - quantiles[4]!));
      inside += Number(gap >= quantiles[0]! && gap <= quantiles[8]!);
    },
    score: () => ({
      model,
      nats: loss / errors.length,
      medianAbsoluteError: medianOf(errors),
      meanAbsoluteError: errors.reduce((sum, error) => sum + error, 0) / errors.length,
      coverage80: inside / errors.length,
    }),
    calibration: () => CALIBRATION_LEVELS.map((level, k) => ({ level, share: below[k]! / errors.length })),
  };
};

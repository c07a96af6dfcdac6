import { type LocalClock, localClock } from "../LocalClock.ts";

const MINUTES_PER_DAY = 1440;
const HARMONICS = 3;

/** Numbers of {@link writeFeatures}: sine and cosine of three harmonics of the day, the weekend, the last gap. */
export const TIMING_FEATURES = 2 * HARMONICS + 2;

/** Times of a stream in steps of its panel, on the clock of its city. */
export interface EventTimes {
  /** One entry a step, from step 0 and past the last reading. */
  readonly clock: LocalClock;
  readonly minutesPerStep: number;
  /** Mean and deviation of log(1 + minutes) of the gaps of the training span. */
  readonly logGap: { readonly mean: number; readonly deviation: number };
}

/**
 * @param steps as many as the clock is asked for
 * @param gaps minutes, of the training span
 */
export const eventTimes = (
  panel: { readonly zone: string; readonly startMs: number; readonly stepMs: number },
  steps: number,
  gaps: Float64Array,
): EventTimes => {
  const logs = gaps.map(Math.log1p);
  const mean = logs.reduce((sum, value) => sum + value, 0) / Math.max(1, logs.length);
  const squares = logs.reduce((sum, value) => sum + (value - mean) ** 2, 0) / Math.max(1, logs.length);
  return {
    clock: localClock(panel.zone, panel.startMs, panel.stepMs, steps),
    minutesPerStep: panel.stepMs / 60_000,
    logGap: { mean, deviation: Math.max(Math.sqrt(squares), 1e-3) },
  };
};

/** The local hour, 0..23, at an instant in steps; that of the last step beyond it. */
export const hourAt = ({ clock: { minuteOfDay } }: EventTimes, instant: number): number =>
  Math.floor(minuteOfDay[Math.min(minuteOfDay.length - 1, Math.floor(instant))]! / 60);

/**
 * What a model is told with an event: the time of day, whether it is a weekend, and how long the event before it was ago.
 *
 * @param instant in steps
 * @param gap minutes since the event before
 * @param into gets {@link TIMING_FEATURES} numbers from `offset` on
 */
export const writeFeatures = (
  { clock, logGap, minutesPerStep }: EventTimes,
  instant: number,
  gap: number,
  into: Float32Array,
  offset: number,
): void => {
  const step = Math.min(clock.minuteOfDay.length - 1, Math.floor(instant));
  const minute = clock.minuteOfDay[step]! + (instant - step) * minutesPerStep;
  for (let harmonic = 1; harmonic <= HARMONICS; harmonic++) {
    const angle = (2 * Math.PI * harmonic * minute) / MINUTES_PER_DAY;
    into[offset + 2 * harmonic - 2] = Math.sin(angle);
    into[offset + 2 * harmonic - 1] = Math.cos(angle);
  }
  into[offset + 2 * HARMONICS] = clock.weekday[step]! > 5 ? 1 : 0;
  into[offset + 2 * HARMONICS + 1] = (Math.log1p(gap) - logGap.mean) / logGap.deviation;
};

/** [events], minutes from the event before to each; the first, which has none, has 0. */
export const gapsOf = (instants: Float64Array, minutesPerStep: number): Float64Array =>
  instants.map((instant, k) => (k === 0 ? 0 : (instant - instants[k - 1]!) * minutesPerStep));

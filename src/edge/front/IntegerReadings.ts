import type { Readings } from "../../series/features.ts";
import type { LocalClock } from "../../series/LocalClock.ts";
import { MISSING_READING, READING_LIMIT, READING_ONE } from "./IntegerFrontEnd.ts";

/** Readings as the device holds them: [channel][sensor][step], one = 256 quanta, `MISSING_READING` where missing. */
export interface IntegerReadings {
  readonly values: Int32Array;
  readonly steps: number;
  /** Local time of each step; it goes on past the last one where rules read it. */
  readonly clock: LocalClock;
}

/** A reading this near to a quantum (in quanta) lies on it: decimals are not exact in binary. */
const ON_GRID = 1e-9;
const QUANTA_LIMIT = READING_LIMIT / READING_ONE;

/**
 * The border between a sensor and the device: a reading in 1/256 of its quantum, to nearest.
 *
 * A reading between two quanta stays between them: only one that lies on a quantum becomes a multiple of 256. One of
 * more than 2^21 quanta becomes +-(2^29 + 1); NaN is `MISSING_READING`.
 *
 * @example
 * [47.3, 47.34, 47.3001, NaN].map((reading) => integerReading(reading, 0.1));
 * // => [121088, 121190, 121089, -2147483648]
 */
export const integerReading = (reading: number, quantum: number): number => {
  const quanta = reading / quantum;
  if (Number.isNaN(quanta)) return MISSING_READING;
  if (Math.abs(quanta) > QUANTA_LIMIT) return quanta > 0 ? READING_LIMIT + 1 : -READING_LIMIT - 1;
  const whole = Math.round(quanta);
  if (Math.abs(quanta - whole) <= ON_GRID) return READING_ONE * whole;
  const nearest = Math.floor(READING_ONE * quanta + 0.5);
  return nearest === READING_ONE * whole ? nearest + (quanta > whole ? 1 : -1) : nearest;
};

/** The steps `from..to - 1` of readings, each channel by its own quantum. */
export const integerReadings = (
  readings: Readings,
  quanta: readonly number[],
  from: number,
  to: number,
): IntegerReadings => {
  const { clock, steps, values } = readings;
  const count = to - from;
  const rows = values.length / steps;
  const sensors = rows / quanta.length;
  const integers = new Int32Array(rows * count);
  for (let row = 0; row < rows; row++) {
    const quantum = quanta[Math.floor(row / sensors)]!;
    for (let step = 0; step < count; step++) {
      integers[row * count + step] = integerReading(values[row * steps + from + step]!, quantum);
    }
  }
  return {
    values: integers,
    steps: count,
    clock: {
      minuteOfDay: clock.minuteOfDay.subarray(from),
      weekday: clock.weekday.subarray(from),
      dayNumber: clock.dayNumber.subarray(from),
    },
  };
};

/** Readings of one channel of one sensor. */
export const integerSeries = (readings: IntegerReadings, row: number): Int32Array =>
  readings.values.subarray(row * readings.steps, (row + 1) * readings.steps);

/**
 * Carries each reading forward over a gap of at most `holdSteps`; past that, and before the first one, takes the
 * fallback: forwardFill of the feature plan, in integers.
 *
 * @param filled receives the steps `from..`; earlier entries are left alone
 */
export const holdReadings = (
  series: Int32Array,
  filled: Int32Array,
  from: number,
  holdSteps: number,
  fallback: number,
): void => {
  let last = from - 1;
  while (last >= Math.max(0, from - holdSteps) && series[last] === MISSING_READING) last--;
  for (let step = from; step < series.length; step++) {
    if (series[step] !== MISSING_READING) last = step;
    filled[step] = last >= 0 && step - last <= holdSteps ? series[last]! : fallback;
  }
};

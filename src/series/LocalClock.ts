/**
 * Wall-clock readings of a run of instants in a zone, as plain arrays.
 *
 * Rules by the clock and calendar features read these arrays, so that neither the rule engine nor the device
 * runtime needs a time-zone library.
 */
import { Temporal } from "temporal-polyfill";

export interface LocalClock {
  /** Minutes since local midnight, 0..1439. */
  readonly minuteOfDay: Int16Array;
  /** 1 = Monday .. 7 = Sunday (ISO 8601). */
  readonly weekday: Int8Array;
  /** Days since 1970-01-01 of the local date (for holiday lists). */
  readonly dayNumber: Int32Array;
}

const MS_PER_MINUTE = 60_000;
const MINUTES_PER_DAY = 1440;

/**
 * Reads the clock of `zone` at `startMs + k * stepMs`, k = 0..steps-1.
 *
 * The zone's offset is looked up once per stretch between two transitions, so a year of 5 min steps costs
 * a handful of library calls.
 *
 * @example
 * const clock = localClock("Europe/Berlin", Date.UTC(2026, 2, 29, 0, 0), 3_600_000, 3);
 * Array.from(clock.minuteOfDay); // => [60, 180, 240]
 */
export const localClock = (zone: string, startMs: number, stepMs: number, steps: number): LocalClock => {
  const minuteOfDay = new Int16Array(steps);
  const weekday = new Int8Array(steps);
  const dayNumber = new Int32Array(steps);
  let offsetMs = 0;
  let validUntilMs = -Infinity;
  for (let k = 0; k < steps; k++) {
    const instantMs = startMs + k * stepMs;
    if (instantMs >= validUntilMs) {
      const zoned = Temporal.Instant.fromEpochMilliseconds(instantMs).toZonedDateTimeISO(zone);
      offsetMs = zoned.offsetNanoseconds / 1e6;
      const transition = zoned.getTimeZoneTransition("next");
      validUntilMs = transition === null ? Infinity : transition.epochMilliseconds;
    }
    const localMinutes = Math.floor((instantMs + offsetMs) / MS_PER_MINUTE);
    const day = Math.floor(localMinutes / MINUTES_PER_DAY);
    minuteOfDay[k] = localMinutes - day * MINUTES_PER_DAY;
    dayNumber[k] = day;
    // 1970-01-01 was a Thursday.
    weekday[k] = ((((day + 3) % 7) + 7) % 7) + 1;
  }
  return { minuteOfDay, weekday, dayNumber };
};

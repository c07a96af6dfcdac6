import { localClock } from "../series/LocalClock.ts";

const MS_PER_MINUTE = 60_000;

/**
 * How far the clock of a zone is ahead of UTC at an instant, in ms.
 *
 * @example
 * zoneOffsetMs("Europe/Berlin", Date.UTC(2025, 6, 1)); // => 7200000
 */
export const zoneOffsetMs = (zone: string, instantMs: number): number => {
  const minute = Math.floor(instantMs / MS_PER_MINUTE);
  const clock = localClock(zone, minute * MS_PER_MINUTE, MS_PER_MINUTE, 1);
  const local = clock.dayNumber[0]! * 1440 + clock.minuteOfDay[0]!;
  return (local - minute) * MS_PER_MINUTE;
};

import { localClock } from "../../series/LocalClock.ts";
import { formatDay } from "../format/formatInstant.ts";
import type { Tick } from "./numberTicks.ts";

const MINUTE = 60_000;
const MINUTES_PER_DAY = 1440;
/** Minutes between ticks, finest first; each divides a day. */
const WITHIN_A_DAY = [1, 5, 10, 15, 30, 60, 120, 180, 360, 720];
const DAYS = [1, 2, 7, 14, 28, 91, 364];
/** All zones in use today stand a multiple of 15 min from UTC, so local midnights lie on this grid. */
const GRID_MINUTES = 15;

const twoDigits = (value: number): string => String(value).padStart(2, "0");

/**
 * Ticks at round readings of the clock of `zone` between two instants, at most about `count` of them.
 *
 * Within a day a label is the hour, and the first tick of each day has the day on a second line, unless the next tick
 * begins another day; further apart a label is the day. On the day of a clock change ticks stay on round local hours.
 *
 * @example
 * timeTicks("Europe/Berlin", Date.UTC(2026, 0, 1), Date.UTC(2026, 0, 1, 12), 4).map((tick) => tick.label);
 * // => ["03:00\nThu 1 Jan", "06:00", "09:00", "12:00"]
 */
export const timeTicks = (zone: string, fromMs: number, toMs: number, count: number): Tick[] => {
  const spanMinutes = (toMs - fromMs) / MINUTE;
  const interval = WITHIN_A_DAY.find((minutes) => spanMinutes / minutes <= count);
  const days = DAYS.find((each) => spanMinutes / (each * MINUTES_PER_DAY) <= count) ?? 3640;
  const gridMs = Math.min(interval ?? GRID_MINUTES, GRID_MINUTES) * MINUTE;
  const startMs = Math.ceil(fromMs / gridMs) * gridMs;
  const steps = Math.max(0, Math.floor((toMs - startMs) / gridMs) + 1);
  const clock = localClock(zone, startMs, gridMs, steps);
  const ticks: Tick[] = [];
  let labelledDay: number | undefined;
  for (let k = 0; k < steps; k++) {
    const minute = clock.minuteOfDay[k] ?? 0;
    const day = clock.dayNumber[k] ?? 0;
    const at = startMs + k * gridMs;
    if (interval === undefined) {
      if (minute === 0 && day % days === 0) ticks.push({ at, label: formatDay(at, zone) });
    } else if (minute % interval === 0) {
      const hour = `${twoDigits(Math.floor(minute / 60))}:${twoDigits(minute % 60)}`;
      const previous = ticks.at(-1);
      // Two days side by side would overlap: the one that ends keeps its hour alone.
      if (day !== labelledDay && previous?.label.includes("\n")) {
        ticks[ticks.length - 1] = { ...previous, label: previous.label.split("\n")[0]! };
      }
      ticks.push({ at, label: day === labelledDay ? hour : `${hour}\n${formatDay(at, zone)}` });
      labelledDay = day;
    }
  }
  return ticks;
};

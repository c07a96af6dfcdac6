import { Temporal } from "temporal-polyfill";
import type { PanelTrace, Site } from "../compile/Site.ts";

const minuteMs = 60_000;
const dayMinutes = 1440;
const dayMs = dayMinutes * minuteMs;
/** 2024-01-01, a Monday. */
const mondayMs = Date.UTC(2024, 0, 1);

/** Origins in a week at the step of a site, at least one. */
export const originsInWeek = (site: Site): number => Math.max(1, Math.ceil((7 * dayMs) / site.stepMs));

/**
 * The clock of a week's origins and of `before` and `after` steps about them, in the zone of the site: origin k is step
 * `before + k`, the first one the first step on the Monday of an ordinary week, in which no clock is changed.
 */
export const weekClock = (site: Site, before: number, after: number): NonNullable<PanelTrace["clock"]> => {
  const zoned = Temporal.Instant.fromEpochMilliseconds(mondayMs).toZonedDateTimeISO(site.zone);
  const offsetMs = zoned.offsetNanoseconds / 1e6;
  // Steps stand on multiples of the step in UTC.
  const firstMs = Math.ceil((mondayMs - offsetMs) / site.stepMs) * site.stepMs + offsetMs;
  const steps = before + originsInWeek(site) + after;
  const minuteOfDay = new Int16Array(steps);
  const weekday = new Int8Array(steps);
  const dayNumber = new Int32Array(steps);
  for (let k = 0; k < steps; k++) {
    const minutes = Math.floor((firstMs + (k - before) * site.stepMs) / minuteMs);
    const day = Math.floor(minutes / dayMinutes);
    minuteOfDay[k] = minutes - day * dayMinutes;
    dayNumber[k] = day;
    weekday[k] = 1 + ((day + 3) % 7);
  }
  return { minuteOfDay, weekday, dayNumber };
};

import { NOT_JUDGED } from "./formatNumber.ts";

const localParts = (instantMs: number, zone: string): Readonly<Record<string, string>> =>
  Object.fromEntries(
    new Intl.DateTimeFormat("en-US", {
      timeZone: zone,
      weekday: "short",
      day: "numeric",
      month: "short",
      year: "numeric",
      hour: "2-digit",
      minute: "2-digit",
      hourCycle: "h23",
      timeZoneName: "shortOffset",
    })
      .formatToParts(instantMs)
      .map((part) => [part.type, part.value]),
  );

/**
 * An instant on the clock of `zone` with its offset, which tells the two hours of an autumn night apart.
 *
 * @example
 * formatInstant(Date.UTC(2026, 9, 25, 1, 0), "Europe/Berlin"); // => "Sun 25 Oct 2026, 02:00 UTC+1"
 */
export const formatInstant = (instantMs: number, zone: string): string => {
  if (!Number.isFinite(instantMs)) return NOT_JUDGED;
  const { weekday, day, month, year, hour, minute, timeZoneName = "" } = localParts(instantMs, zone);
  // Runtimes differ in whether they write GMT or GMT+0.
  const offset = timeZoneName.replace("GMT", "UTC").replace(/^UTC\+0$/u, "UTC");
  return `${weekday} ${day} ${month} ${year}, ${hour}:${minute} ${offset}`;
};

/**
 * The local day of an instant.
 *
 * @example
 * formatDay(Date.UTC(2026, 9, 24, 23, 0), "Europe/Berlin"); // => "Sun 25 Oct"
 */
export const formatDay = (instantMs: number, zone: string): string => {
  const { weekday, day, month } = localParts(instantMs, zone);
  return `${weekday} ${day} ${month}`;
};

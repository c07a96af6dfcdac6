import { Temporal } from "temporal-polyfill";

/** Offsets of a zone as plain lists: from minute `fromMinutes[k]` since 1970-01-01T00:00Z on, local time is `offsets[k]` minutes ahead of UTC. */
export interface ZoneOffsets {
  /** Ascending. */
  readonly fromMinutes: readonly number[];
  readonly offsets: readonly number[];
}

const MS_PER_MINUTE = 60_000;

/**
 * The offsets of `zone` that hold at some instant from `fromMs` to `toMs`, one entry a change.
 *
 * @example
 * zoneOffsets("Europe/Berlin", Date.UTC(2026, 0, 1), Date.UTC(2026, 11, 31)).offsets; // => [60, 120, 60]
 */
export const zoneOffsets = (zone: string, fromMs: number, toMs: number): ZoneOffsets => {
  const fromMinutes: number[] = [];
  const offsets: number[] = [];
  let zoned: Temporal.ZonedDateTime | null =
    Temporal.Instant.fromEpochMilliseconds(fromMs).toZonedDateTimeISO(zone);
  while (zoned !== null && zoned.epochMilliseconds <= toMs) {
    fromMinutes.push(Math.floor(zoned.epochMilliseconds / MS_PER_MINUTE));
    offsets.push(Math.round(zoned.offsetNanoseconds / (MS_PER_MINUTE * 1e6)));
    zoned = zoned.getTimeZoneTransition("next");
  }
  return { fromMinutes, offsets };
};

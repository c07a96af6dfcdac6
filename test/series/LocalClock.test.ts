import { Temporal } from "temporal-polyfill";
import { describe, expect, it } from "vitest";
import { localClock } from "../../src/series/LocalClock.ts";

const HOUR_MS = 3_600_000;

describe("localClock", () => {
  it.each([
    ["spring forward in Berlin", "Europe/Berlin", Date.UTC(2026, 2, 28, 20), 12],
    ["fall back in Berlin", "Europe/Berlin", Date.UTC(2026, 9, 24, 20), 12],
    ["fall back in Melbourne", "Australia/Melbourne", Date.UTC(2021, 3, 3, 10), 12],
    ["half-hour zone", "Asia/Kolkata", Date.UTC(2024, 1, 28, 12), 48],
    ["before 1970", "America/New_York", Date.UTC(1969, 11, 31, 0), 48],
    ["two years over all transitions", "America/Los_Angeles", Date.UTC(2012, 0, 1), 2 * 8784],
  ])("reads what Temporal reads: %s", (_, zone, startMs, steps) => {
    const clock = localClock(zone, startMs, HOUR_MS, steps);
    for (let k = 0; k < steps; k += steps > 100 ? 37 : 1) {
      const expected = Temporal.Instant.fromEpochMilliseconds(startMs + k * HOUR_MS).toZonedDateTimeISO(zone);
      expect([clock.minuteOfDay[k], clock.weekday[k]]).toEqual([
        expected.hour * 60 + expected.minute,
        expected.dayOfWeek,
      ]);
      expect(clock.dayNumber[k]).toBe(
        expected.toPlainDate().since(Temporal.PlainDate.from("1970-01-01"), { largestUnit: "day" }).days,
      );
    }
  });

  it("gives empty arrays for no steps", () => {
    expect(localClock("UTC", 0, 1000, 0).minuteOfDay.length).toBe(0);
  });
});

import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ZoneClock } from "../../src/ingest/ZoneClock.ts";

const HOUR = 3_600_000;

/** Wall clock of an instant by Intl, as milliseconds counted as if it were UTC: another way to the same end. */
const wallByIntl = (zone: string, instantMs: number): number => {
  const parts = new Intl.DateTimeFormat("en-US", {
    timeZone: zone,
    hourCycle: "h23",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
    second: "numeric",
  }).formatToParts(new Date(instantMs));
  const part = (type: string) => Number(parts.find((candidate) => candidate.type === type)!.value);
  return Date.UTC(part("year"), part("month") - 1, part("day"), part("hour"), part("minute"), part("second"));
};

describe("ZoneClock", () => {
  it.each([
    // Zone, first wall-clock hour of the day, instants of 01:00, 02:00 and 03:00; NaN does not exist.
    ["Australia/Melbourne", "2021-10-03", ["2021-10-02T15:00Z", "", "2021-10-02T16:00Z"], 1, 0],
    [
      "Australia/Melbourne",
      "2021-04-04",
      ["2021-04-03T14:00Z", "2021-04-03T15:00Z", "2021-04-03T17:00Z"],
      0,
      1,
    ],
    ["Europe/Berlin", "2021-03-28", ["2021-03-28T00:00Z", "", "2021-03-28T01:00Z"], 1, 0],
    ["Europe/Berlin", "2021-10-31", ["2021-10-30T23:00Z", "2021-10-31T00:00Z", "2021-10-31T02:00Z"], 0, 1],
  ])("%s on %s", (zone, day, expected, nonexistent, ambiguous) => {
    for (const mode of ["local", "local-folded"] as const) {
      const clock = new ZoneClock(zone, mode);
      const midnight = Date.parse(`${day}T00:00Z`);
      const instants = [1, 2, 3].map((hour) => clock.instantMs(midnight + hour * HOUR, 0));
      expect(instants).toEqual(expected.map((text) => (text === "" ? NaN : Date.parse(text))));
      expect(clock.tally).toEqual({ nonexistent, ambiguous, repeated: 0 });
    }
  });

  it("reads the repeated hour as the later instant when a sensor shows it again", () => {
    const clock = new ZoneClock("Europe/Berlin", "local");
    const wall = Date.parse("2021-10-31T02:30Z");
    expect(clock.instantMs(wall, 0)).toBe(Date.parse("2021-10-31T00:30Z"));
    expect(clock.instantMs(wall, 1)).toBe(Date.parse("2021-10-31T00:30Z"));
    expect(clock.instantMs(wall, 0)).toBe(Date.parse("2021-10-31T01:30Z"));
    expect(clock.tally).toEqual({ nonexistent: 0, ambiguous: 2, repeated: 1 });
    const folded = new ZoneClock("Europe/Berlin", "local-folded");
    expect(folded.instantMs(wall, 0)).toBe(folded.instantMs(wall, 0));
  });

  it("is the inverse of the wall clock that Intl shows, in any order", () => {
    const zones = [
      "Europe/Berlin",
      "Australia/Melbourne",
      "America/Los_Angeles",
      "Asia/Kolkata",
      "Asia/Shanghai",
    ];
    // Hours around the transitions of 2021 come often, all others now and then.
    const near = [
      "2021-03-14T10:00Z",
      "2021-03-28T01:00Z",
      "2021-04-03T16:00Z",
      "2021-10-02T16:00Z",
      "2021-10-31T01:00Z",
      "2021-11-07T09:00Z",
    ];
    const instant = fc.oneof(
      fc.integer({ min: 0, max: 365 * 96 }).map((quarter) => Date.UTC(2021, 0, 1) + quarter * 900_000),
      fc
        .tuple(fc.constantFrom(...near), fc.integer({ min: -20, max: 20 }))
        .map(([text, quarters]) => Date.parse(text) + quarters * 900_000),
    );
    fc.assert(
      fc.property(
        fc.constantFrom(...zones),
        fc.array(instant, { minLength: 1, maxLength: 20 }),
        (zone, all) => {
          const clock = new ZoneClock(zone, "local-folded");
          for (const ms of all) {
            const wall = wallByIntl(zone, ms);
            const read = clock.instantMs(wall, 0);
            expect(wallByIntl(zone, read)).toBe(wall);
            expect(read === ms || read === ms - HOUR).toBe(true);
          }
        },
      ),
      { seed: 3, numRuns: 150 },
    );
  });
});

import * as fc from "fast-check";
import { Temporal } from "temporal-polyfill";
import { describe, expect, it } from "vitest";
import { StampReader } from "../../../src/ingest/trace/StampReader.ts";

const utc = (): StampReader => new StampReader({ zone: "UTC" });
const noon = Date.UTC(2026, 2, 1, 12);

describe("StampReader", () => {
  it.each([
    ["2026-03-01T12:00", "text"],
    ["2026-03-01 12:00:00Z", "text"],
    ["2026-03-01T13:00:00+01:00", "text"],
    [noon / 1000, "seconds"],
    [String(noon / 1000), "seconds"],
    [noon, "milliseconds"],
    [BigInt(noon) * 1000n, "microseconds"],
    [BigInt(noon) * 1_000_000n, "nanoseconds"],
    [new Date(noon), "milliseconds"],
  ])("reads %s as noon", (stamp, kind) => {
    const reader = utc();
    expect([reader.value(stamp, -1), reader.kind]).toEqual([noon, kind]);
  });

  it("counts small numbers from the beginning, in seconds", () => {
    const reader = utc();
    expect([reader.value(0, -1), reader.value("2.5", -1), reader.kind]).toEqual([0, 2500, "elapsed"]);
  });

  it("keeps the meaning that the first stamp has", () => {
    const numbers = utc();
    numbers.value(10, -1);
    // By itself it would count milliseconds.
    expect(numbers.value(noon, -1)).toBe(noon * 1000);
    const texts = utc();
    texts.value("2026-03-01", -1);
    expect(texts.value(noon, -1)).toBeNaN();
  });

  it.each(["", "soon", "2026-13-01", "2026-02-30", "12:00", "1e999", null, undefined, true, {}])(
    "takes %j for no time",
    (stamp) => {
      expect(utc().value(stamp, -1)).toBeNaN();
    },
  );

  it("reads local times as the zone's own calendar does, save those that it skips or repeats", () => {
    const zone = "Europe/Berlin";
    const minutes = fc.integer({ min: Date.UTC(2026, 0) / 60_000, max: Date.UTC(2027, 0) / 60_000 });
    fc.assert(
      fc.property(minutes, (minute) => {
        const plain = Temporal.Instant.fromEpochMilliseconds(minute * 60_000)
          .toZonedDateTimeISO("UTC")
          .toPlainDateTime();
        const [earlier, later] = (["earlier", "later"] as const).map(
          (disambiguation) => plain.toZonedDateTime(zone, { disambiguation }).epochMilliseconds,
        );
        fc.pre(earlier === later);
        expect(new StampReader({ zone }).value(plain.toString(), -1)).toBe(earlier);
      }),
      { seed: 61, numRuns: 300 },
    );
  });

  it("reads a given form", () => {
    const reader = new StampReader({ zone: "UTC", format: "DD/MM/YYYY HH:mm" });
    expect([reader.value("01/03/2026 12:00", -1), reader.value("2026-03-01T12:00", -1)]).toEqual([noon, NaN]);
  });
});

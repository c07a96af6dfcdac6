import { describe, expect, it } from "vitest";
import { formatDay, formatInstant } from "../../../src/report/format/formatInstant.ts";

describe("formatInstant", () => {
  it.each([
    [Date.UTC(2026, 9, 25, 0, 0), "Europe/Berlin", "Sun 25 Oct 2026, 02:00 UTC+2"],
    [Date.UTC(2026, 9, 25, 1, 0), "Europe/Berlin", "Sun 25 Oct 2026, 02:00 UTC+1"],
    [Date.UTC(2026, 0, 1, 0, 0), "America/Los_Angeles", "Wed 31 Dec 2025, 16:00 UTC-8"],
    [Date.UTC(2026, 8, 1, 18, 30), "Asia/Kathmandu", "Wed 2 Sep 2026, 00:15 UTC+5:45"],
    [Date.UTC(2026, 0, 1, 12, 0), "UTC", "Thu 1 Jan 2026, 12:00 UTC"],
    [Number.NaN, "UTC", "not judged"],
  ])("%d in %s", (instantMs, zone, text) => expect(formatInstant(instantMs, zone)).toBe(text));
});

describe("formatDay", () => {
  it("is the local day", () => {
    expect(formatDay(Date.UTC(2026, 9, 24, 23), "Europe/Berlin")).toBe("Sun 25 Oct");
  });
});

import { describe, expect, it } from "vitest";
import { localClock } from "../../../src/series/LocalClock.ts";
import { originsInWeek, weekClock } from "../../../src/stl/satisfy/weekClock.ts";

const hour = 3_600_000;

describe.each(["UTC", "Asia/Kolkata", "America/Los_Angeles", "Pacific/Auckland"])("a week in %s", (zone) => {
  it.each([300_000, hour, 6 * hour])("is that of the local clock, in steps of %i ms", (stepMs) => {
    const site = { sensors: ["a"], channels: [], stepMs, zone };
    const [before, after] = [5, 7];
    // The first step on the Monday, among the steps from two days ahead of it.
    const start = Date.UTC(2023, 11, 30);
    const around = localClock(zone, start, stepMs, (4 * 24 * hour) / stepMs);
    const monday = around.weekday.indexOf(1);
    const clock = weekClock(site, before, after);
    const steps = before + originsInWeek(site) + after;
    expect(clock).toEqual(localClock(zone, start + (monday - before) * stepMs, stepMs, steps));
  });
});

it("has an origin where a step is longer than a week", () => {
  const site = { sensors: ["a"], channels: [], stepMs: 30 * 24 * hour, zone: "UTC" };
  expect(originsInWeek(site)).toBe(1);
  expect(weekClock(site, 0, 0).weekday).toHaveLength(1);
});

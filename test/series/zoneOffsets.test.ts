import { describe, expect, it } from "vitest";
import { localClock } from "../../src/series/LocalClock.ts";
import { zoneOffsets } from "../../src/series/zoneOffsets.ts";

const MINUTE = 60_000;
const from = Date.UTC(2025, 6, 1);
const to = Date.UTC(2029, 0, 1);

/** Minute of the day by the offsets alone, as a device computes it. */
const minuteOfDay = (zone: ReturnType<typeof zoneOffsets>, minute: number): number => {
  let entry = 0;
  while (entry + 1 < zone.fromMinutes.length && zone.fromMinutes[entry + 1]! <= minute) entry++;
  return (((minute + zone.offsets[entry]!) % 1440) + 1440) % 1440;
};

describe("zoneOffsets", () => {
  it.each([
    ["Europe/Berlin", [120, 60, 120, 60, 120, 60, 120, 60]],
    ["Asia/Shanghai", [480]],
    ["UTC", [0]],
    ["Australia/Lord_Howe", [630, 660, 630, 660, 630, 660, 630, 660]],
    ["America/St_Johns", [-150, -210, -150, -210, -150, -210, -150, -210]],
  ])("of %s tells the local time of every quarter of an hour", (zone, offsets) => {
    const found = zoneOffsets(zone, from, to);
    expect(found.offsets).toEqual(offsets);
    const step = 15 * MINUTE;
    const steps = (to - from) / step;
    const clock = localClock(zone, from, step, steps);
    let wrong = 0;
    for (let k = 0; k < steps; k++) {
      if (minuteOfDay(found, (from + k * step) / MINUTE) !== clock.minuteOfDay[k]) wrong++;
    }
    expect(wrong).toBe(0);
  });
});

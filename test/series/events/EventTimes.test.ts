import { describe, expect, it } from "vitest";
import {
  eventTimes,
  gapsOf,
  hourAt,
  TIMING_FEATURES,
  writeFeatures,
} from "../../../src/series/events/EventTimes.ts";

const panel = { zone: "Europe/Berlin", startMs: Date.UTC(2026, 2, 27, 23), stepMs: 1_800_000 };
const times = eventTimes(panel, 200, Float64Array.of(0, Math.E - 1, Math.E ** 2 - 1));

describe("EventTimes", () => {
  it("measures gaps in minutes", () => {
    expect([...gapsOf(Float64Array.of(1, 1.5, 4), 30)]).toEqual([0, 15, 75]);
  });

  it("reads the local hour, also where the clock is set forward, and stays at the last step beyond it", () => {
    // Saturday 28 March 00:00; the clock jumps from 2 to 3 on Sunday.
    expect([0, 1, 47, 48, 51.9, 52, 500].map((step) => hourAt(times, step))).toEqual([
      0,
      0,
      23,
      0,
      1,
      3,
      hourAt(times, 199),
    ]);
  });

  it("tells the time of day on a circle, the weekend and the last gap", () => {
    const into = new Float32Array(TIMING_FEATURES + 2);
    // Saturday at 6:15.
    writeFeatures(times, 12.5, Math.E ** 2 - 1, into, 1);
    const angle = (2 * Math.PI * 375) / 1440;
    const expected = [1, 2, 3].flatMap((k) => [Math.sin(k * angle), Math.cos(k * angle)]);
    [...expected, 1, (2 - 1) / Math.sqrt(2 / 3)].forEach((value, k) =>
      expect(into[1 + k]).toBeCloseTo(value, 6),
    );
    expect([into[0], into.at(-1)]).toEqual([0, 0]);
    // Monday at midnight, after the lost hour.
    writeFeatures(times, 94, 0, into, 1);
    expect(into[1]).toBeCloseTo(0, 6);
    expect(into[7]).toBe(0);
  });
});

import { describe, expect, it } from "vitest";
import { timeTicks } from "../../../src/report/plots/timeTicks.ts";

const HOUR = 3_600_000;
const labels = (zone: string, fromMs: number, hours: number, count: number) =>
  timeTicks(zone, fromMs, fromMs + hours * HOUR, count).map((tick) => tick.label);

describe("timeTicks", () => {
  it("stands on local hours and names each day once", () => {
    expect(labels("Europe/Berlin", Date.UTC(2026, 0, 1), 12, 4)).toEqual([
      "03:00\nThu 1 Jan",
      "06:00",
      "09:00",
      "12:00",
    ]);
    expect(labels("Asia/Kathmandu", Date.UTC(2026, 0, 1), 24, 4)).toEqual([
      "06:00\nThu 1 Jan",
      "12:00",
      "18:00",
      "00:00\nFri 2 Jan",
    ]);
  });

  it("keeps round local hours over both clock changes", () => {
    const autumn = timeTicks("Europe/Berlin", Date.UTC(2026, 9, 24, 22), Date.UTC(2026, 9, 25, 11), 3);
    expect(autumn.map(({ label }) => label)).toEqual(["00:00\nSun 25 Oct", "06:00", "12:00"]);
    expect(autumn.map(({ at }) => (at - Date.UTC(2026, 9, 24, 22)) / HOUR)).toEqual([0, 7, 13]);
    expect(labels("Europe/Berlin", Date.UTC(2026, 2, 29, 0), 3, 4)).toEqual([
      "01:00\nSun 29 Mar",
      "03:00",
      "04:00",
      "05:00",
    ]);
    expect(labels("Europe/Berlin", Date.UTC(2026, 9, 24, 23), 3, 4)).toEqual([
      "01:00\nSun 25 Oct",
      "02:00",
      "02:00",
      "03:00",
    ]);
  });

  it("labels days where the span is long", () => {
    expect(labels("Europe/Berlin", Date.UTC(2026, 0, 1, 0), 24 * 4, 5)).toEqual([
      "Fri 2 Jan",
      "Sat 3 Jan",
      "Sun 4 Jan",
      "Mon 5 Jan",
    ]);
  });

  it("never has many more than asked for, from minutes to years", () => {
    for (const hours of [0.1, 0.5, 1, 3, 12, 24, 48, 96, 240, 1000, 5000, 20_000]) {
      const ticks = labels("America/New_York", Date.UTC(2026, 1, 20), hours, 6);
      expect(ticks.length).toBeLessThanOrEqual(7);
      expect(ticks.length).toBeGreaterThanOrEqual(hours < 5000 ? 2 : 1);
    }
  });
});

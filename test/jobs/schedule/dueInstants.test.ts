import { Cron } from "effect";
import { describe, expect, it } from "vitest";
import { dueInstants } from "../../../src/jobs/schedule/dueInstants.ts";

const HOUR_MS = 3_600_000;
const all = { max: 10_000, windowMs: Infinity };
const texts = (instants: readonly number[]): string[] =>
  instants.map((instant) => new Date(instant).toISOString());

describe("dueInstants", () => {
  const hourly = Cron.parseUnsafe("0 * * * *", "UTC");

  it.each([
    ["excludes the instant after which it counts", HOUR_MS, 2 * HOUR_MS, [2 * HOUR_MS]],
    ["includes the instant that is now", HOUR_MS - 1, HOUR_MS, [HOUR_MS]],
    ["is empty before the first", HOUR_MS, 2 * HOUR_MS - 1, []],
    ["is empty where the clock was set back", 5 * HOUR_MS, HOUR_MS, []],
  ])("%s", (_what, after, now, due) => {
    expect(dueInstants(hourly, after, now, all)).toEqual({ due, dropped: 0 });
  });

  it("keeps the newest within the bounds and counts the others", () => {
    expect(dueInstants(hourly, 0, 10 * HOUR_MS, { max: 3, windowMs: Infinity })).toEqual({
      due: [8, 9, 10].map((hour) => hour * HOUR_MS),
      dropped: 7,
    });
    expect(dueInstants(hourly, 0, 10 * HOUR_MS, { max: 99, windowMs: 2 * HOUR_MS })).toEqual({
      due: [8, 9, 10].map((hour) => hour * HOUR_MS),
      dropped: 7,
    });
    expect(dueInstants(hourly, 0, 10 * HOUR_MS, { max: 0, windowMs: Infinity })).toEqual({
      due: [],
      dropped: 10,
    });
  });

  it("comes to an end after many years of minutes", () => {
    const minutely = Cron.parseUnsafe("* * * * *", "UTC");
    const now = Date.UTC(2026, 0, 1);
    const { due, dropped } = dueInstants(minutely, 0, now, { max: 5, windowMs: HOUR_MS });
    expect(due).toEqual([4, 3, 2, 1, 0].map((minutes) => now - minutes * 60_000));
    expect(dropped).toBeGreaterThanOrEqual(5000);
  });

  it("runs a local time that occurs twice once, and one that does not occur after the gap", () => {
    const nightly = Cron.parseUnsafe("30 2 * * *", "Europe/Berlin");
    const days = (from: string, to: string): string[] =>
      texts(dueInstants(nightly, Date.parse(from), Date.parse(to), all).due);
    expect(days("2026-10-24T12:00Z", "2026-10-26T12:00Z")).toEqual([
      "2026-10-25T00:30:00.000Z",
      "2026-10-26T01:30:00.000Z",
    ]);
    expect(days("2026-03-28T12:00Z", "2026-03-30T12:00Z")).toEqual([
      "2026-03-29T01:30:00.000Z",
      "2026-03-30T00:30:00.000Z",
    ]);
  });
});

import { describe, expect, it } from "vitest";
import { compileRule } from "../../src/edge/compileRule.ts";
import { type ClockEdgeReason, clockEdges, readEdgeClock, ruleMinutes } from "../../src/verify/ClockEdge.ts";
import { unrolled } from "../edge/fixture.ts";

const HOUR = 3_600_000;
const from = Date.UTC(2026, 5, 1);
const instants = (zone: string, reason: ClockEdgeReason): string[] =>
  clockEdges(zone, from, [])
    .filter((edge) => edge.reason === reason)
    .map(({ atMs }) => new Date(atMs).toISOString());

describe("clockEdges", () => {
  it("finds the transitions of a zone, in their direction", () => {
    const forward = instants("Europe/Berlin", "the clocks go forward");
    const back = instants("Europe/Berlin", "the clocks go back");
    expect(forward).toHaveLength(8);
    expect(forward[0]).toBe("2027-03-28T01:00:00.000Z");
    expect(back).toHaveLength(8);
    expect(back[0]).toBe("2026-10-25T01:00:00.000Z");
    // On the other half of the earth summer begins in October.
    expect(instants("Australia/Melbourne", "the clocks go forward")[0]).toBe("2026-10-03T16:00:00.000Z");
    expect(instants("Asia/Shanghai", "the clocks go forward")).toEqual([]);
    expect(instants("Asia/Shanghai", "the clocks go back")).toEqual([]);
  });

  it("finds leap days, years and days by the local calendar", () => {
    expect(instants("Asia/Shanghai", "a leap day begins or ends")).toEqual([
      "2028-02-28T16:00:00.000Z",
      "2028-02-29T16:00:00.000Z",
      "2032-02-28T16:00:00.000Z",
      "2032-02-29T16:00:00.000Z",
    ]);
    expect(instants("America/Los_Angeles", "a year begins")[1]).toBe("2027-01-01T08:00:00.000Z");
    expect(instants("America/Los_Angeles", "a day begins").slice(0, 2)).toEqual([
      "2026-05-31T07:00:00.000Z",
      "2026-06-01T07:00:00.000Z",
    ]);
  });

  it("finds the hours of rules", () => {
    const rule = compileRule(
      {
        unrolled: unrolled("rush", {
          any: [
            { clock: { field: "minuteOfDay", step: 1, lower: 420, upper: 539 } },
            { clock: { field: "minuteOfDay", step: 2, lower: 0, upper: 419 } },
            { clock: { field: "weekday", step: 2, lower: 1, upper: 5 } },
          ],
        }),
        text: "rush",
        enforced: true,
      },
      { channels: [], ruleChannels: [], targets: 0, sensors: 0, horizonSteps: 2 },
    );
    const minutes = ruleMinutes([rule]);
    expect(minutes).toEqual([420, 540]);
    const hours = clockEdges("UTC", from, minutes)
      .filter(({ reason }) => reason === "the hours of a rule begin or end")
      .map(({ atMs }) => (atMs / HOUR) % 24);
    expect(new Set(hours)).toEqual(new Set([7, 9]));
    expect(hours).toHaveLength(2 * 14);
  });
});

describe("readEdgeClock", () => {
  const forward = clockEdges("Europe/Berlin", from, []).find(
    ({ reason }) => reason === "the clocks go forward",
  )!;

  it("puts the edge where it says", () => {
    const hoursAt = (step: number): number[] =>
      Array.from(readEdgeClock({ ...forward, step }, "Europe/Berlin", HOUR, 2, 5).minuteOfDay, (m) => m / 60);
    // The origin is the third of five hours; at the edge one o'clock is followed by three.
    expect(hoursAt(0)).toEqual([0, 1, 3, 4, 5]);
    expect(hoursAt(1)).toEqual([23, 0, 1, 3, 4]);
    expect(hoursAt(-2)).toEqual([3, 4, 5, 6, 7]);
  });

  it("counts days and weekdays over the end of a leap day", () => {
    const [, end] = clockEdges("Asia/Kolkata", from, []).filter(
      ({ reason }) => reason === "a leap day begins or ends",
    );
    const clock = readEdgeClock({ ...end!, step: 0 }, "Asia/Kolkata", HOUR / 2, 1, 3);
    expect([...clock.minuteOfDay]).toEqual([1410, 0, 30]);
    expect([...clock.dayNumber]).toEqual([
      Date.UTC(2028, 1, 29) / (24 * HOUR),
      Date.UTC(2028, 2, 1) / (24 * HOUR),
      Date.UTC(2028, 2, 1) / (24 * HOUR),
    ]);
    expect([...clock.weekday]).toEqual([2, 3, 3]);
  });
});

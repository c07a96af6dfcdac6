import { describe, expect, it } from "vitest";
import { instantIso, instantText, type StepClock } from "../../../src/cli/stl-check/instantText.ts";

const clock: StepClock = {
  zone: "Europe/Berlin",
  startMs: Date.UTC(2026, 2, 29, 0, 30),
  stepMs: 1_800_000,
  clocked: true,
  timed: true,
};

describe("instantText", () => {
  it("is the local time, over the hour that spring skips", () => {
    expect([0, 1, 2].map((step) => instantText(step, clock))).toEqual([
      "2026-03-29 01:30",
      "2026-03-29 03:00",
      "2026-03-29 03:30",
    ]);
    expect(instantIso(1, clock)).toBe("2026-03-29T01:00:00.000Z");
  });

  it("has seconds and their parts where the steps have", () => {
    expect(instantText(1, { ...clock, stepMs: 1000 })).toBe("2026-03-29 01:30:01");
    expect(instantText(1, { ...clock, stepMs: 250 })).toBe("2026-03-29 01:30:00.250");
  });

  it("counts seconds where there is no date, and rows where there is no time", () => {
    expect(instantText(2, { ...clock, startMs: 0, clocked: false })).toBe("3600 s");
    expect(instantText(2, { ...clock, timed: false })).toBe("row 3");
    expect(instantIso(2, { ...clock, timed: false })).toBeUndefined();
  });
});

import { describe, expect, it } from "vitest";
import { Demand, inboundProfile } from "../../../src/series/arterial/Demand.ts";
import { drawRoadPlan } from "../../../src/series/arterial/RoadPlan.ts";
import { random } from "../../../src/series/random.ts";

describe("inboundProfile", () => {
  const minutes = Array.from({ length: 1440 }, (_, minute) => minute);
  const peakOf = (weekday: number): number =>
    minutes.reduce((best, m) => (inboundProfile(m, weekday) > inboundProfile(best, weekday) ? m : best), 0);

  it("peaks in the morning of working days, and later and lower at weekends", () => {
    for (const weekday of [1, 2, 3, 4, 5]) expect(Math.abs(peakOf(weekday) - 475)).toBeLessThan(25);
    for (const weekday of [6, 7]) {
      expect(peakOf(weekday)).toBeGreaterThan(12 * 60);
      expect(inboundProfile(peakOf(weekday), weekday)).toBeLessThan(0.7);
    }
  });

  it("has a second hill in the evening, an hour earlier on Fridays", () => {
    expect(inboundProfile(17 * 60, 2)).toBeGreaterThan(1.4 * inboundProfile(12 * 60, 2));
    expect(inboundProfile(15 * 60, 5)).toBeGreaterThan(inboundProfile(15 * 60, 4));
  });

  it("stays within 0 and 1.1 and does not jump at midnight", () => {
    for (let weekday = 1; weekday <= 7; weekday++) {
      for (const minute of minutes) {
        expect(inboundProfile(minute, weekday)).toBeGreaterThan(0);
        expect(inboundProfile(minute, weekday)).toBeLessThan(1.1);
      }
      const next = (weekday % 7) + 1;
      expect(Math.abs(inboundProfile(1439, weekday) - inboundProfile(0, next))).toBeLessThan(0.04);
    }
  });
});

describe("Demand", () => {
  it("draws arrivals around the profile, never negative", () => {
    const plan = drawRoadPlan(random(1), 8);
    const demand = new Demand(random(2), plan);
    let total = 0;
    const draws = 4000;
    for (let k = 0; k < draws; k++) {
      demand.advance(12 * 60, 2, Math.floor(k / 4));
      expect(demand.entryArrivals).toBeGreaterThanOrEqual(0);
      for (const side of demand.sideArrivals) expect(side).toBeGreaterThanOrEqual(0);
      total += demand.entryArrivals / draws;
    }
    expect((total * 720) / (2000 * inboundProfile(12 * 60, 2))).toBeCloseTo(1, 1);
  });
});

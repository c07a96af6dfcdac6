import { describe, expect, it } from "vitest";
import { valueDomain } from "../../../src/report/plots/valueDomain.ts";

describe("valueDomain", () => {
  it("starts at zero where the values begin near it, and only there", () => {
    expect(valueDomain([10, 100], [])[0]).toBe(0);
    expect(valueDomain([90, 100], [])[0]).toBeGreaterThan(80);
    expect(valueDomain([-5, 100], [])[0]).toBeLessThan(-5);
  });

  it("takes in a limit that is near and leaves out one that would press the curves flat", () => {
    expect(valueDomain([0, 100], [130])[1]).toBeGreaterThan(130);
    expect(valueDomain([0, 100], [900])[1]).toBeLessThan(120);
    expect(valueDomain([0, 100], [900, 130])[1]).toBeGreaterThan(130);
  });

  it.each([
    ["nothing", [], []],
    ["only missing", [Number.NaN, Number.NaN], []],
    ["only limits", [], [5, 50]],
    ["flat", [7, 7, 7], []],
    ["zero", [0, 0], [0]],
  ])("is a proper interval for %s", (_, values, limits) => {
    const [low, high] = valueDomain(values, limits);
    expect(high).toBeGreaterThan(low);
    for (const value of [...values, ...limits].filter(Number.isFinite)) {
      expect(value).toBeGreaterThanOrEqual(low);
      expect(value).toBeLessThanOrEqual(high);
    }
  });
});

import { describe, expect, it } from "vitest";
import { conformalCoverage, type RobustnessPairs } from "../../src/verify/conformalCoverage.ts";
import { uniform } from "../edge/fixture.ts";

/** Windows of `days` days, 24 each, whose forecasts are too robust by some noise and by what their day has in common. */
const windowsOf = (days: number, common: number, seed: number): RobustnessPairs => {
  const random = uniform(seed);
  const truth = new Float64Array(24 * days);
  const forecast = new Float64Array(24 * days);
  const day = new Int32Array(24 * days);
  for (let window = 0, shift = 0; window < truth.length; window++) {
    if (window % 24 === 0) shift = common * (random() - 0.5);
    day[window] = 100 + Math.floor(window / 24);
    truth[window] = 10 * random();
    forecast[window] = truth[window]! + random() + shift;
  }
  return { forecast, truth, day };
};

describe("conformal coverage", () => {
  it("covers as often as it says where windows are exchangeable, and both intervals say so", () => {
    const found = conformalCoverage("rule", windowsOf(80, 0, 1), windowsOf(80, 0, 2), 0.9, 0.95, 3);
    expect(found).toMatchObject({ calibrationWindows: 1920, testWindows: 1920, days: 80 });
    expect(found.margin).toBeCloseTo(0.9, 1);
    const share = found.covered / 1920;
    expect(found.coverage).toBe(share);
    const deviation = Math.sqrt((share * (1 - share)) / 1920);
    for (const { lower, upper } of [found.independent, found.byDays]) {
      expect(lower).toBeLessThan(0.9);
      expect(upper).toBeGreaterThan(0.9);
      expect((upper - lower) / (2 * 1.96 * deviation)).toBeGreaterThan(0.8);
      expect((upper - lower) / (2 * 1.96 * deviation)).toBeLessThan(1.2);
    }
  });

  it("is far less sure by days than by windows where a day's windows err together", () => {
    const { byDays, independent } = conformalCoverage(
      "rule",
      windowsOf(30, 8, 1),
      windowsOf(30, 8, 2),
      0.9,
      0.95,
      3,
    );
    expect(byDays.upper - byDays.lower).toBeGreaterThan(2.5 * (independent.upper - independent.lower));
  });

  it("leaves out what cannot be judged, and counts what the margin does not reach", () => {
    const day = Int32Array.of(1, 1, 2, 2, 3);
    const calibration = {
      forecast: Float64Array.of(5, 4, Number.NaN, 3, 9),
      truth: Float64Array.of(4, 4, 1, 1, Infinity),
      day,
    };
    const test = {
      forecast: Float64Array.of(5, 5, 5, Infinity, 5),
      truth: Float64Array.of(3, 2.9, 9, 9, 4),
      day,
    };
    const found = conformalCoverage("rule", calibration, test, 0.75, 0.95, 1);
    expect(found).toMatchObject({
      calibrationWindows: 3,
      margin: 2,
      testWindows: 4,
      covered: 3,
      coverage: 0.75,
      days: 3,
    });
    const nothing = conformalCoverage("rule", calibration, calibration, 0.99, 0.95, 1);
    expect(nothing).toMatchObject({ margin: null, covered: 3, coverage: 1 });
    // Two days, all covered: 0.025^(1/2).
    expect(nothing.byDays.lower).toBeCloseTo(0.025 ** (1 / 2), 9);
    expect(nothing.byDays.upper).toBe(1);
  });
});

import { assert, double, property } from "fast-check";
import { describe, expect, it } from "vitest";
import { numberTicks } from "../../../src/report/plots/numberTicks.ts";

describe("numberTicks", () => {
  it.each([
    [0, 2, 4, ["0.0", "0.5", "1.0", "1.5", "2.0"]],
    [0, 2000, 4, ["0", "500", "1,000", "1,500", "2,000"]],
    [-0.31, 0.31, 6, ["−0.3", "−0.2", "−0.1", "0.0", "0.1", "0.2", "0.3"]],
    [1, 14, 5, ["2", "4", "6", "8", "10", "12", "14"]],
    [3, 3, 5, []],
    [0, Number.NaN, 5, []],
  ])("%d..%d", (low, high, count, labels) => {
    expect(numberTicks(low, high, count).map((tick) => tick.label)).toEqual(labels);
  });

  it("stays within the ends, evenly apart, with labels that say the value", () => {
    const finite = double({ min: -1e6, max: 1e6, noNaN: true });
    assert(
      property(finite, double({ min: 1e-3, max: 1e6, noNaN: true }), (low, range) => {
        const ticks = numberTicks(low, low + range, 5);
        expect(ticks.length).toBeGreaterThanOrEqual(3);
        expect(ticks.length).toBeLessThanOrEqual(9);
        for (const { at, label } of ticks) {
          expect(at).toBeGreaterThanOrEqual(low - 1e-6 * range);
          expect(at).toBeLessThanOrEqual(low + range * (1 + 1e-6));
          expect(Number(label.replaceAll(",", "").replace("−", "-"))).toBeCloseTo(at, 6);
        }
      }),
      { seed: 5, numRuns: 300 },
    );
  });
});

import { describe, expect, it } from "vitest";
import { learningRate } from "../../src/train/learningRate.ts";

const schedule = { peak: 0.2, warmupSteps: 10, totalSteps: 110 };

describe("learningRate", () => {
  it.each([
    [0, 0.02],
    [4, 0.1],
    [9, 0.2],
    [10, 0.2],
    [60, 0.2 * (0.01 + 0.99 / 2)],
    [110, 0.002],
    [1000, 0.002],
  ])("at step %i is %d", (step, rate) => {
    expect(learningRate(schedule, step)).toBeCloseTo(rate, 12);
  });

  it("rises to its peak, then never rises", () => {
    const rates = Array.from({ length: 120 }, (_, step) => learningRate(schedule, step));
    rates.slice(1).forEach((rate, k) => {
      if (k + 1 < 10) expect(rate).toBeGreaterThan(rates[k]!);
      else expect(rate).toBeLessThanOrEqual(rates[k]!);
    });
    expect(Math.max(...rates)).toBe(0.2);
  });

  it("stays finite where the warm-up is longer than the training, and without a warm-up", () => {
    expect(learningRate({ peak: 1, warmupSteps: 10, totalSteps: 4 }, 3)).toBeCloseTo(0.4, 12);
    expect(learningRate({ peak: 1, warmupSteps: 10, totalSteps: 10 }, 10)).toBe(1);
    expect(learningRate({ peak: 1, warmupSteps: 0, totalSteps: 1 }, 0)).toBe(1);
  });
});

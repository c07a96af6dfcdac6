import { describe, expect, it } from "vitest";
import { clopperPearsonUpper } from "../../src/verify/clopperPearson.ts";

describe("clopperPearsonUpper", () => {
  it("is 1 - alpha^(1/n) without a failure", () => {
    for (const trials of [1, 10, 300, 10_000, 1_000_000]) {
      for (const confidence of [0.9, 0.95, 0.999]) {
        const expected = -Math.expm1(Math.log1p(-confidence) / trials);
        expect(clopperPearsonUpper(0, trials, confidence) / expected).toBeCloseTo(1, 9);
      }
    }
  });

  it("is (1 - alpha)^(1/n) with one success, 1 with none and without trials", () => {
    expect(clopperPearsonUpper(9, 10, 0.95)).toBeCloseTo(0.95 ** (1 / 10), 12);
    expect(clopperPearsonUpper(10, 10, 0.95)).toBe(1);
    expect(clopperPearsonUpper(0, 0, 0.95)).toBe(1);
  });

  it("leaves the binomial tail at alpha, summed in exact products", () => {
    for (const [failures, trials] of [
      [1, 20],
      [5, 50],
      [30, 60],
    ] as const) {
      const rate = clopperPearsonUpper(failures, trials, 0.95);
      let tail = 0;
      let choose = 1;
      for (let count = 0; count <= failures; count++) {
        tail += choose * rate ** count * (1 - rate) ** (trials - count);
        choose = (choose * (trials - count)) / (count + 1);
      }
      expect(tail).toBeCloseTo(0.05, 10);
    }
  });

  it("stays finite for many failures of many trials", () => {
    const bound = clopperPearsonUpper(5000, 100_000, 0.95);
    expect(bound).toBeGreaterThan(0.05);
    expect(bound).toBeLessThan(0.0513);
  });
});

import { describe, expect, it } from "vitest";
import { random } from "../../src/series/random.ts";
import { baselineErrors } from "../../src/train/baselineErrors.ts";
import { fitLinearBaseline } from "../../src/train/fitLinearBaseline.ts";
import { dataOf, panelOf } from "./smallData.ts";

/** Two sensors around their own means: x' = mean + 0.9 (x - mean) - 0.4 (x one before - mean) + noise. */
const autoregression = (steps: number, missing: number) => {
  const source = random(11);
  const rows = [20, 50].map((mean) => {
    const row: number[] = [mean, mean];
    while (row.length < steps) {
      row.push(mean + 0.9 * (row.at(-1)! - mean) - 0.4 * (row.at(-2)! - mean) + source.normal());
    }
    return row.map((value) => (source.uniform() < missing ? Number.NaN : value));
  });
  return dataOf(panelOf([rows], ["flow"]), { targets: ["flow"], horizonSteps: 2, windowSteps: 6 });
};

describe("fitLinearBaseline", () => {
  it("finds the weights of an autoregression, and what they are two steps ahead", () => {
    const data = autoregression(20_000, 0);
    const { lagSteps, weights } = fitLinearBaseline(data, { from: 0, to: 14_000 }, 24);
    expect(lagSteps).toBe(6);
    const [one, two] = weights[0]!;
    // The level now is added outside, so its weight is less by 1. The penalty is a thousandth of the rows.
    [0.9 - 1, -0.4, 0, 0, 0, 0, 0, 0].forEach((weight, k) =>
      expect(Math.abs(one![k]! - weight)).toBeLessThan(0.05),
    );
    [0.9 ** 2 - 0.4 - 1, -0.4 * 0.9, 0, 0, 0, 0, 0, 0].forEach((weight, k) =>
      expect(Math.abs(two![k]! - weight)).toBeLessThan(0.08),
    );
  });

  it("errs less than persistence on what it did not see, with gaps too, and is near the noise", () => {
    const data = autoregression(6000, 0.1);
    const baseline = fitLinearBaseline(data, { from: 0, to: 4200 }, 24);
    const linear = baselineErrors({ ...data, plan: { ...data.plan, baseline } }, 4200, 6000);
    const persistence = baselineErrors(data, 4200, 6000);
    expect(linear[0]! / persistence[0]!).toBeLessThan(0.95);
    expect(linear[1]! / persistence[1]!).toBeLessThan(0.85);
    // The mean size of a standard normal is 0.8.
    expect(linear[0]).toBeGreaterThan(0.75);
  });

  it("looks at its span alone, and stays at persistence where nothing was read", () => {
    const data = autoregression(600, 0);
    const before = fitLinearBaseline(data, { from: 0, to: 300 }, 24);
    const later = { ...data, level: data.level.map((value, k) => (k % 600 < 300 ? value : 1e3)) };
    expect(fitLinearBaseline(later, { from: 0, to: 300 }, 24)).toEqual(before);
    const silent = { ...data, truth: new Float32Array(data.truth.length).fill(Number.NaN) };
    const { weights } = fitLinearBaseline(silent, { from: 0, to: 300 }, 24);
    expect(weights.flat(2).every((weight) => weight === 0)).toBe(true);
  });
});

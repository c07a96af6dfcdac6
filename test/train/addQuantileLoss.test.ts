import { describe, expect, it } from "vitest";
import { random } from "../../src/series/random.ts";
import { addQuantileLoss } from "../../src/train/addQuantileLoss.ts";
import { forecastLoss } from "../../src/train/forecastLoss.ts";
import { dataOf, panelOf, wavyData } from "./smallData.ts";

const missing = Number.NaN;

/** One sensor whose reading at step 1 is 10 and at step 2 what is given; two leads, of which the second is missing. */
const pointData = (truth: number) =>
  dataOf(panelOf([[[10, 10, truth, missing, 13]]], ["flow"]), {
    targets: ["flow"],
    horizonSteps: 2,
    trainSteps: 5,
  });

/** Loss and gradient of quantiles given as readings, at the one cell of {@link pointData}; scale 4. */
const pointLoss = (truth: number, levels: readonly number[], readings: readonly number[]) => {
  const data = pointData(truth);
  const { deviation } = data.plan.targets[0]!;
  const outputs = Float32Array.from([
    0,
    0,
    ...readings.flatMap((reading) => [(reading - 10) / deviation, 0]),
  ]);
  const gradient = new Float32Array(outputs.length);
  const loss = addQuantileLoss(
    data,
    outputs,
    Int32Array.of(0),
    Int32Array.of(1),
    Float64Array.of(4, 4),
    levels,
    gradient,
  );
  return { loss, gradient: Array.from(gradient, (each) => each / deviation) };
};

describe("addQuantileLoss", () => {
  it("is twice the pinball loss in units of the scale, averaged over levels", () => {
    // Truth 14, quantiles 11 and 15: 2 * (0.1 * 3 + 0.1 * 1) / 4 / 2 levels.
    const { gradient, loss } = pointLoss(14, [0.1, 0.9], [11, 15]);
    expect(loss).toBeCloseTo(0.1, 6);
    // Each pulls by its level from below, by one less it from above; missing truths and the median by nothing.
    [0, 0, -0.1 / 4, 0, 0.1 / 4, 0].forEach((pull, k) => expect(gradient[k]).toBeCloseTo(pull, 7));
  });

  it("judges quantiles that cross in sorted order, and sends each gradient to the output it came from", () => {
    const straight = pointLoss(14, [0.1, 0.6, 0.9], [11, 13, 17]);
    const crossed = pointLoss(14, [0.1, 0.6, 0.9], [17, 11, 13]);
    expect(crossed.loss).toBe(straight.loss);
    expect(crossed.gradient[2]).toBe(straight.gradient[6]);
    expect(crossed.gradient[4]).toBe(straight.gradient[2]);
    expect(crossed.gradient[6]).toBe(straight.gradient[4]);
  });

  it("pulls equal quantiles apart in the order of their levels", () => {
    const { gradient } = pointLoss(14, [0.1, 0.9], [10, 10]);
    expect(gradient[2]).toBeCloseTo(-0.1 / 4, 7);
    expect(gradient[4]).toBeCloseTo(-0.9 / 4, 7);
  });

  it("is least where the share of truths below it is the level", () => {
    const level = 0.8;
    const truths = [3, 9, 4, 1, 7, 12, 5, 20, 8, 6];
    const costs = truths.map((candidate) =>
      truths.reduce((sum, truth) => sum + pointLoss(truth, [level], [candidate]).loss, 0),
    );
    const least = truths[costs.indexOf(Math.min(...costs))]!;
    // 0.8 of ten: between the eighth and the ninth smallest every value costs the same.
    expect([9, 12]).toContain(least);
  });

  it("at level 0.5 is the absolute error of the median", () => {
    const data = wavyData(60, 7);
    const source = random(8);
    const rows = 6;
    const single = Float32Array.from({ length: rows * 6 }, () => source.normal());
    const doubled = new Float32Array(rows * 12);
    for (let row = 0; row < rows; row++) {
      for (const block of [0, 1]) doubled.set(single.subarray(row * 6, row * 6 + 6), (row * 2 + block) * 6);
    }
    const sensors = Int32Array.from({ length: rows }, (_, row) => row % 3);
    const origins = Int32Array.from({ length: rows }, (_, row) => 10 + 5 * row);
    const scale = Float64Array.from({ length: 6 }, (_, k) => 1 + k);
    const alone = forecastLoss(data, single, sensors, origins, scale);
    const both = forecastLoss(data, doubled, sensors, origins, scale, "absolute", [0.5]);
    expect(both.loss).toBeCloseTo(2 * alone.loss, 10);
    for (let row = 0; row < rows; row++) {
      for (let k = 0; k < 6; k++) {
        expect(both.gradient[row * 12 + k]).toBe(alone.gradient[row * 6 + k]);
        expect(both.gradient[row * 12 + 6 + k]).toBeCloseTo(alone.gradient[row * 6 + k]!, 6);
      }
    }
  });

  it.each([{ kind: "persistence" } as const, { kind: "seasonal", periodSteps: 4 } as const])(
    "has the gradient that central differences of the outputs give, crossings included, baseline $kind",
    (baseline) => {
      const levels = [0.1, 0.25, 0.9];
      const data = wavyData(80, 3, { baseline });
      const source = random(4);
      const rows = 12;
      const width = 6 * (1 + levels.length);
      const sensorOf = Int32Array.from({ length: rows }, (_, row) => row % 3);
      const originOf = Int32Array.from({ length: rows }, (_, row) => 10 + 5 * row);
      const scale = Float64Array.from({ length: 6 }, (_, k) => 1 + k / 2);
      const step = 2 ** -10;
      // Multiples of 2^-6 and steps of 2^-10 are exact in float32; no two of a cell are equal, where the loss has a kink.
      const outputs = Float32Array.from({ length: rows * width }, (_, k) => {
        const block = Math.floor((k % width) / 6);
        return (Math.round(source.normal() * 16) * 4 + block) / 64;
      });
      const at = (values: Float32Array) =>
        forecastLoss(data, values, sensorOf, originOf, scale, "absolute", levels);
      const { gradient } = at(outputs);
      const largest = Math.max(...gradient.map(Math.abs));
      let crossings = 0;
      for (let k = 0; k < outputs.length; k++) {
        const later = outputs[k + 6];
        if (k % width >= 6 && k % width < width - 6 && outputs[k]! > later!) crossings++;
        const shifted = (by: number): number => at(outputs.with(k, outputs[k]! + by)).loss;
        const difference = (shifted(step) - shifted(-step)) / (2 * step);
        expect(Math.abs(difference - gradient[k]!)).toBeLessThan(1e-6 * largest);
      }
      expect(crossings).toBeGreaterThan(20);
    },
  );
});

import { describe, expect, it } from "vitest";
import { random } from "../../src/series/random.ts";
import { forecastLoss } from "../../src/train/forecastLoss.ts";
import { dataOf, panelOf, wavyData } from "./smallData.ts";

const missing = Number.NaN;

describe("forecastLoss", () => {
  it("is the mean of |forecast - truth| / scale over what was observed", () => {
    const data = dataOf(
      panelOf(
        [
          [
            [10, 12, missing, 17, 11],
            [0, 1, 2, 3, 4],
          ],
        ],
        ["flow"],
      ),
      { targets: ["flow"], horizonSteps: 2, trainSteps: 5 },
    );
    // Zero outputs repeat the reading at the origin. Sensor 0 at origin 1: step 2 missing, |12 - 17| / 4;
    // sensor 1 at origin 2: |2 - 3| / 2, |2 - 4| / 4.
    const { gradient, loss } = forecastLoss(
      data,
      new Float32Array(4),
      Int32Array.of(0, 1),
      Int32Array.of(1, 2),
      Float64Array.of(2, 4),
    );
    expect(loss).toBeCloseTo((5 / 4 + 1 / 2 + 2 / 4) / 3, 12);
    // Each output pulls up by deviation / scale over three points; the missing one does not pull.
    const { deviation } = data.plan.targets[0]!;
    expect(gradient[0]).toBe(0);
    [deviation / 4, deviation / 2, deviation / 4].forEach((pull, k) =>
      expect(gradient[k + 1]).toBeCloseTo(-pull / 3, 6),
    );
  });

  it("squared has the derivative that central differences show", () => {
    const data = wavyData(40, 3);
    const width = data.plan.targets.length * data.plan.horizonSteps;
    const source = random(4);
    const outputs = Float32Array.from({ length: 2 * width }, () => source.normal());
    const [sensors, origins] = [Int32Array.of(0, 2), Int32Array.of(12, 20)];
    const scale = Float64Array.from({ length: width }, (_, k) => 1 + k);
    const at = (values: Float32Array) => forecastLoss(data, values, sensors, origins, scale, "squared");
    const { gradient } = at(outputs);
    gradient.forEach((slope, k) => {
      const step = 2 ** -8;
      const shifted = (by: number): number => at(outputs.with(k, outputs[k]! + by)).loss;
      expect(slope).toBeCloseTo((shifted(step) - shifted(-step)) / (2 * step), 2);
    });
  });

  it("is 0 and pulls nowhere where no truth was observed", () => {
    const data = dataOf(panelOf([[[1, 2, missing, missing]]], ["flow"]), {
      targets: ["flow"],
      horizonSteps: 2,
      trainSteps: 2,
    });
    const { gradient, loss } = forecastLoss(
      data,
      Float32Array.of(3, 4),
      Int32Array.of(0),
      Int32Array.of(1),
      Float64Array.of(1, 1),
    );
    expect(loss).toBe(0);
    expect(Array.from(gradient)).toEqual([0, 0]);
  });

  it("a forecast that hits the truth exactly costs nothing and pulls nowhere", () => {
    const data = dataOf(panelOf([[[1, 5, 5, 5]]], ["flow"]), {
      targets: ["flow"],
      horizonSteps: 2,
      trainSteps: 4,
    });
    const result = forecastLoss(
      data,
      new Float32Array(2),
      Int32Array.of(0),
      Int32Array.of(1),
      Float64Array.of(1, 1),
    );
    expect(result.loss).toBe(0);
    expect(result.gradient.every((value) => value === 0)).toBe(true);
  });

  it.each([{ kind: "persistence" } as const, { kind: "seasonal", periodSteps: 4 } as const])(
    "has the gradient that central differences of the outputs give, baseline $kind",
    (baseline) => {
      const data = wavyData(80, 3, { baseline });
      const source = random(4);
      const rows = 12;
      const sensorOf = Int32Array.from({ length: rows }, (_, row) => row % 3);
      const originOf = Int32Array.from({ length: rows }, (_, row) => 10 + 5 * row);
      const scale = Float64Array.from({ length: 6 }, (_, k) => 1 + k / 2);
      const step = 2 ** -10;
      // Multiples of 2^-6 and steps of 2^-10 are exact in float32, so nothing is rounded on the way in.
      const outputs = Float32Array.from({ length: rows * 6 }, () => Math.round(source.normal() * 64) / 64);
      const lossAt = (k: number, shift: number): number =>
        forecastLoss(data, outputs.with(k, outputs[k]! + shift), sensorOf, originOf, scale).loss;
      const { gradient } = forecastLoss(data, outputs, sensorOf, originOf, scale);
      const largest = Math.max(...gradient.map(Math.abs));
      expect(largest).toBeGreaterThan(0);
      for (let k = 0; k < outputs.length; k++) {
        const difference = (lossAt(k, step) - lossAt(k, -step)) / (2 * step);
        // Truncation of a log scale: step^2 / 6 = 1.6e-7 of the slope; the gradient is stored in float32.
        expect(Math.abs(difference - gradient[k]!)).toBeLessThan(1e-6 * largest);
      }
    },
  );
});

import { describe, expect, it } from "vitest";
import { decodeOutput } from "../../src/train/decodeOutput.ts";
import type { TrainingData } from "../../src/train/TrainingData.ts";
import { dataOf, panelOf, wavyData } from "./smallData.ts";

const missing = Number.NaN;

const decoded = (
  data: TrainingData,
  outputs: Float32Array,
  row: number,
  sensor: number,
  origin: number,
): { values: number[]; slopes: number[] } => {
  const width = data.plan.targets.length * data.plan.horizonSteps;
  const values = new Float64Array(width);
  const slopes = new Float64Array(width);
  decodeOutput(data, outputs, row, sensor, origin, values, slopes);
  return { values: Array.from(values), slopes: Array.from(slopes) };
};

describe("decodeOutput", () => {
  it("adds deviations to the last reading, on the scale of the target", () => {
    const data = dataOf(
      panelOf(
        [
          [
            [1, 1, 1, 1],
            [10, 20, missing, 40],
          ],
          [
            [1, 1, 1, 1],
            [-3, -1, 5, 2],
          ],
        ],
        ["flow", "temperature"],
      ),
      { targets: ["flow", "temperature"], log: ["flow"], horizonSteps: 2, trainSteps: 4 },
    );
    const [flow, temperature] = data.plan.targets;
    // Row 1; at step 2 the flow of sensor 1 is missing, so that of step 1 is held.
    const outputs = Float32Array.of(9, 9, 9, 9, 0.5, -8, 2, -1);
    const { slopes, values } = decoded(data, outputs, 1, 1, 2);
    const ups = 21 * Math.exp(0.5 * flow!.deviation);
    // Eight deviations down, past zero: mirrored.
    const downs = Math.exp(8 * flow!.deviation - Math.log(21));
    expect(values[0]).toBeCloseTo(ups - 1, 4);
    expect(values[1]! / (1 - downs)).toBeCloseTo(1, 5);
    expect(values[2]).toBeCloseTo(5 + 2 * temperature!.deviation, 6);
    expect(values[3]).toBeCloseTo(5 - temperature!.deviation, 6);
    expect(slopes[0]! / (ups * flow!.deviation)).toBeCloseTo(1, 5);
    expect(slopes[1]! / (downs * flow!.deviation)).toBeCloseTo(1, 5);
    expect(slopes[2]).toBe(temperature!.deviation);
  });

  it("starts from the reading one period before the instant forecast with a seasonal baseline", () => {
    const data = dataOf(panelOf([[[0, 1, 2, 3, 4, 5, 6, 7]]], ["flow"]), {
      targets: ["flow"],
      baseline: { kind: "seasonal", periodSteps: 2 },
      horizonSteps: 3,
    });
    // Origin 6: leads 1, 2, 3 look at steps 5, 6, 5 (two periods before step 9).
    expect(decoded(data, new Float32Array(3), 0, 0, 6).values).toEqual([5, 6, 5]);
    // Before the recording starts, its first step stands in.
    expect(decoded(data, new Float32Array(3), 0, 0, 0).values).toEqual([0, 0, 0]);
  });

  it("has the slope that central differences of the outputs give", () => {
    const data = wavyData(60, 2);
    const width = 6;
    // Sixteenths and steps of 2^-10 are exact in float32, so the difference is that of the function itself.
    const outputs = Float32Array.from({ length: width }, (_, k) => (k - 3) / 4 + 1 / 16);
    const { slopes } = decoded(data, outputs, 0, 1, 30);
    const step = 2 ** -10;
    for (let k = 0; k < width; k++) {
      const moved = (shift: number): number =>
        decoded(data, outputs.with(k, outputs[k]! + shift), 0, 1, 30).values[k]!;
      const difference = (moved(step) - moved(-step)) / (2 * step);
      expect(Math.abs(difference / slopes[k]! - 1)).toBeLessThan(1e-6);
    }
  });
});

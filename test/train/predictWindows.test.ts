import { describe, expect, it } from "vitest";
import { runFused } from "../../src/model/runFused.ts";
import { predictWindows } from "../../src/train/predictWindows.ts";
import { plainOutputs } from "../model/plainForecaster.ts";
import { movedParameters } from "../model/smallForecaster.ts";
import { shapeOf, wavyData } from "./smallData.ts";

describe("predictWindows", () => {
  const data = wavyData(150, 2);
  const shape = shapeOf(data);
  const parameters = movedParameters(shape, 3);

  it.each([false, true])("runs each window from a zero state to its origin (ternary: %o)", (ternary) => {
    const sensorOf = Int32Array.of(2, 0, 1);
    const originOf = Int32Array.of(5, 149, 60);
    const outputs = predictWindows(runFused, parameters, shape, data, sensorOf, originOf, ternary);
    sensorOf.forEach((sensor, row) => {
      const window = Array.from({ length: 6 }, (_, k) => {
        const from = (sensor * data.steps + originOf[row]! - 5 + k) * data.observed;
        return Array.from(data.features.subarray(from, from + data.observed));
      });
      const [expected] = plainOutputs(parameters, shape, window, sensor, 5, { ternary });
      expected!.forEach((value, k) =>
        expect(Math.abs(outputs[row * shape.outputs + k]! - value)).toBeLessThan(5e-5),
      );
    });
  });

  it("gives a window the same outputs alone and among more than a call holds", () => {
    const windows = 600;
    const sensorOf = Int32Array.from({ length: windows }, (_, k) => k % 3);
    const originOf = Int32Array.from({ length: windows }, (_, k) => 5 + ((k * 7) % 140));
    const all = predictWindows(runFused, parameters, shape, data, sensorOf, originOf, true);
    expect(all).toHaveLength(windows * shape.outputs);
    for (const k of [0, 255, 256, 511, 512, 599]) {
      const alone = predictWindows(
        runFused,
        parameters,
        shape,
        data,
        sensorOf.subarray(k, k + 1),
        originOf.subarray(k, k + 1),
        true,
      );
      alone.forEach((value, output) =>
        // A matrix product may add in another order for another batch.
        expect(all[k * shape.outputs + output]).toBeCloseTo(value, 5),
      );
    }
  });

  it("gives nothing for no window", () => {
    expect(
      predictWindows(runFused, parameters, shape, data, new Int32Array(0), new Int32Array(0), false),
    ).toEqual(new Float32Array(0));
  });
});

import * as tf from "@tensorflow/tfjs";
import { beforeAll, describe, expect, it } from "vitest";
import { selectBackend } from "../../src/model/backend.ts";
import { forecastOutputs, type TensorOptions, type ParameterTensors } from "../../src/model/forecaster.ts";
import { initialParameters } from "../../src/model/initialParameters.ts";
import {
  type ForecasterShape,
  parameterNames,
  type Parameters,
  parameterShapes,
} from "../../src/model/Parameters.ts";
import { random } from "../../src/series/random.ts";
import { plainOutputs } from "./plainForecaster.ts";
import { movedParameters, randomWindows, smallShape } from "./smallForecaster.ts";

beforeAll(async () => {
  await selectBackend();
});

type Windows = ReturnType<typeof randomWindows>;

const tensorsOf = (parameters: Parameters, shape: ForecasterShape): ParameterTensors =>
  Object.fromEntries(
    parameterNames.map((name) => [name, tf.tensor2d(parameters[name], parameterShapes(shape)[name])]),
  ) as ParameterTensors;

const outputsOf = (
  tensors: ParameterTensors,
  shape: ForecasterShape,
  windows: Windows,
  sensors: readonly number[],
  scoredFrom: number,
  options: TensorOptions,
): tf.Tensor2D =>
  forecastOutputs(
    tensors,
    shape,
    {
      features: tf.tensor3d(windows as number[][][]),
      sensors: tf.tensor1d([...sensors], "int32"),
      scoredFrom,
    },
    options,
  );

/** Reference outputs in the order of the tensor form: step after step, window after window. */
const referenceRows = (
  parameters: Parameters,
  shape: ForecasterShape,
  windows: Windows,
  sensors: readonly number[],
  scoredFrom: number,
  ternary: boolean,
): number[] => {
  const perWindow = sensors.map((sensor, index) =>
    plainOutputs(
      parameters,
      shape,
      windows.map((step) => step[index]!),
      sensor,
      scoredFrom,
      { ternary },
    ),
  );
  return Array.from({ length: windows.length - scoredFrom }, (_, step) =>
    perWindow.map((rows) => rows[step]!),
  ).flat(2);
};

const largestDifference = (actual: ArrayLike<number>, expected: readonly number[]): number => {
  expect(actual.length).toBe(expected.length);
  return expected.reduce((largest, value, k) => Math.max(largest, Math.abs(actual[k]! - value)), 0);
};

describe("forecastOutputs", () => {
  const sensors = [2, 0];

  it("gives a row for each scored step and window", () => {
    tf.tidy(() => {
      const tensors = tensorsOf(movedParameters(smallShape, 1), smallShape);
      const windows = randomWindows(6, 2, smallShape.observed, 1);
      expect(outputsOf(tensors, smallShape, windows, sensors, 4, { ternary: false }).shape).toEqual([4, 6]);
      expect(outputsOf(tensors, smallShape, windows, sensors, 5, { ternary: true }).shape).toEqual([2, 6]);
    });
  });

  it.each([false, true])("starts at the baseline: every output is 0 (ternary: %o)", (ternary) => {
    const source = random(3);
    const start = initialParameters(smallShape, () => source.normal());
    const outputs = tf.tidy(() =>
      outputsOf(
        tensorsOf(start, smallShape),
        smallShape,
        randomWindows(6, 2, smallShape.observed, 2),
        sensors,
        2,
        { ternary },
      ).dataSync(),
    );
    expect(outputs.every((value) => value === 0)).toBe(true);
  });

  it.each([
    [1, false],
    [1, true],
    [2, false],
    [2, true],
    [4, true],
  ])("agrees with the same equations in float64 (layers: %i, ternary: %o)", (layers, ternary) => {
    const shape = { ...smallShape, layers };
    for (let seed = 1; seed <= 6; seed++) {
      const parameters = movedParameters(shape, seed);
      const windows = randomWindows(6, 2, shape.observed, seed);
      const outputs = tf.tidy(() =>
        outputsOf(tensorsOf(parameters, shape), shape, windows, sensors, 3, { ternary }).dataSync(),
      );
      const expected = referenceRows(parameters, shape, windows, sensors, 3, ternary);
      // Rounding to float32; a state rounded to the other multiple of 1/127 would show as some 1e-3.
      expect(largestDifference(outputs, expected)).toBeLessThan(2e-5);
    }
  });

  it("needs no embedding, and takes one window of one step", () => {
    const shape = { ...smallShape, embedding: 0, sensors: 1, outputs: 1 };
    const parameters = movedParameters(shape, 4);
    const windows = randomWindows(1, 1, shape.observed, 4);
    const outputs = tf.tidy(() =>
      outputsOf(tensorsOf(parameters, shape), shape, windows, [0], 0, { ternary: false }).dataSync(),
    );
    expect(largestDifference(outputs, referenceRows(parameters, shape, windows, [0], 0, false))).toBeLessThan(
      1e-5,
    );
  });

  it("hides dropped states from the head, not from the recurrence", () => {
    const parameters = movedParameters(smallShape, 5);
    const windows = randomWindows(4, 1, smallShape.observed, 5);
    const masks = [
      [0, 2, 2, 0],
      [2, 0, 2, 2],
    ];
    const outputs = tf.tidy(() =>
      outputsOf(tensorsOf(parameters, smallShape), smallShape, windows, [1], 2, {
        ternary: false,
        dropout: tf.tensor2d(masks),
      }).dataSync(),
    );
    const expected = plainOutputs(
      parameters,
      smallShape,
      windows.map((step) => step[0]!),
      1,
      2,
      {
        ternary: false,
        dropout: masks,
      },
    );
    expect(largestDifference(outputs, expected.flat())).toBeLessThan(1e-5);
  });

  it.each([1, 2])(
    "has the gradient of every parameter that central differences in float64 give (layers: %i)",
    (layers) => {
      const shape = { ...smallShape, layers };
      const parameters = movedParameters(shape, 7);
      const windows = randomWindows(5, 2, shape.observed, 7);
      const source = random(8);
      const scoredFrom = 2;
      const weights = Array.from({ length: 3 * 2 * shape.outputs }, () => source.normal());
      const gradients = tf.tidy(() => {
        const { grads } = tf.valueAndGrads((...values: tf.Tensor[]) => {
          const tensors = Object.fromEntries(parameterNames.map((name, k) => [name, values[k]!]));
          const outputs = outputsOf(tensors as ParameterTensors, shape, windows, sensors, scoredFrom, {
            ternary: false,
          });
          return tf.sum(tf.mul(outputs, tf.tensor2d(weights, outputs.shape)));
        })(parameterNames.map((name) => tf.tensor2d(parameters[name], parameterShapes(shape)[name])));
        return parameterNames.map((name, k) => [name, grads[k]!.dataSync()] as const);
      });

      const scalarAt = (name: (typeof parameterNames)[number], index: number, shift: number): number => {
        const moved = { ...parameters, [name]: Float64Array.from(parameters[name]) };
        moved[name][index] = moved[name][index]! + shift;
        return referenceRows(moved, shape, windows, sensors, scoredFrom, false).reduce(
          (sum, value, k) => sum + value * weights[k]!,
          0,
        );
      };
      // Away from a kink of the readout's relu, the step costs some 1e-10; what is left is float32.
      const step = 1e-5;
      for (const [name, gradient] of gradients) {
        const expected = Array.from(
          gradient,
          (_, k) => (scalarAt(name, k, step) - scalarAt(name, k, -step)) / (2 * step),
        );
        const size = Math.max(...expected.map(Math.abs));
        expect(size, name).toBeGreaterThan(0);
        expect(largestDifference(gradient, expected) / size, name).toBeLessThan(1e-4);
      }
    },
  );

  it("gives no gradient to the embedding of a sensor that is not in the batch", () => {
    const gradient = tf.tidy(() => {
      const tensors = tensorsOf(movedParameters(smallShape, 9), smallShape);
      const windows = randomWindows(3, 2, smallShape.observed, 9);
      return tf
        .grad((embedding) =>
          tf.sum(
            outputsOf({ ...tensors, embedding: embedding as tf.Tensor2D }, smallShape, windows, sensors, 1, {
              ternary: true,
            }),
          ),
        )(tensors.embedding)
        .dataSync();
    });
    expect(Array.from(gradient.slice(2, 4))).toEqual([0, 0]);
    expect([...gradient.slice(0, 2), ...gradient.slice(4)].every((value) => value !== 0)).toBe(true);
  });
});

import { describe, expect, it } from "vitest";
import type { TernaryModel } from "../../src/edge/TernaryModel.ts";
import { exportTernaryModel, withEmbedding } from "../../src/train/exportTernaryModel.ts";
import { plainOutputs } from "../model/plainForecaster.ts";
import { movedParameters, randomWindows, smallShape } from "../model/smallForecaster.ts";
import { wavyData } from "./smallData.ts";

const readout = {
  channel: "flow",
  unit: "1",
  transform: "identity",
  gain: 1,
  quantum: 0.1,
  minimum: 0,
  maximum: 100,
} as const;

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));

/** Outputs of a window by the equations at the head of TernaryModel, in float64. */
const deviceOutputs = (model: TernaryModel, window: readonly (readonly number[])[]): number[] => {
  const { head, units } = model;
  const cells = [model, ...model.upper];
  const row = (matrix: ArrayLike<number>, width: number, index: number, read: readonly number[]): number =>
    read.reduce((sum, value, k) => sum + value * matrix[index * width + k]!, 0);
  const states = cells.map(() => Array.from({ length: units }, () => 0));
  for (const features of window) {
    cells.forEach((cell, layer) => {
      const x = layer === 0 ? features : states[layer - 1]!;
      const before = states[layer]!;
      const gate = (index: number, s: readonly number[]): number => {
        const p = row(cell.inputCodes, x.length, index, x);
        const q = row(cell.stateCodes, units, index, s);
        return (
          cell.alpha[index]! * p * q + cell.beta1[index]! * q + cell.beta2[index]! * p + cell.bias[index]!
        );
      };
      const reset = before.map((h, unit) => sigmoid(gate(units + unit, before)) * h);
      states[layer] = before.map((h, unit) => {
        const z = sigmoid(gate(unit, before));
        return Math.round(127 * ((1 - z) * h + z * Math.tanh(gate(2 * units + unit, reset)))) / 127;
      });
    });
  }
  const state = states.at(-1)!;
  const read = [...state, ...window.at(-1)!];
  const hidden = Array.from({ length: head.hiddenUnits }, (_, unit) =>
    Math.max(0, row(head.hidden, read.length, unit, read) + head.hiddenBias[unit]!),
  );
  return Array.from(
    head.outputBias,
    (bias, output) =>
      row(head.skip, read.length, output, read) + row(head.output, head.hiddenUnits, output, hidden) + bias,
  );
};

describe("exportTernaryModel", () => {
  it.each([1, 2, 3])(
    "folds the scales exactly: the folded model computes what the ternary one does (layers: %i)",
    (layers) => {
      const shape = { ...smallShape, layers };
      for (let seed = 1; seed <= 8; seed++) {
        const parameters = movedParameters(shape, seed);
        const model = exportTernaryModel(parameters, shape, 3, [readout, readout]);
        const windows = randomWindows(8, 1, smallShape.observed, seed);
        const sensor = seed % 3;
        const embedding = Array.from(parameters.embedding.subarray(sensor * 2, sensor * 2 + 2));
        const expected = plainOutputs(
          parameters,
          shape,
          windows.map((step) => step[0]!),
          sensor,
          7,
          {
            ternary: true,
          },
        )[0]!;
        const actual = deviceOutputs(
          model,
          windows.map((step) => [...step[0]!, ...embedding]),
        );
        // The scales are stored in float32: 6e-8 of each; one state rounded otherwise would show as some 1e-3.
        expected.forEach((value, k) => expect(Math.abs(actual[k]! - value)).toBeLessThan(2e-6));
      }
    },
  );

  it("has codes alone as weights, by output unit, and tells sizes and targets", () => {
    const parameters = movedParameters(smallShape, 9);
    const model = exportTernaryModel(parameters, smallShape, 3, [readout, readout]);
    expect(model).toMatchObject({ inputs: 7, units: 4, horizonSteps: 3, targets: [readout, readout] });
    expect(model.inputCodes).toHaveLength(12 * 7);
    expect(model.stateCodes).toHaveLength(12 * 4);
    expect(new Set([...model.inputCodes, ...model.stateCodes])).toEqual(new Set([-1, 0, 1]));
    // A code that is kept has the sign of its weight: weight [input][gate], code [gate][input].
    for (let input = 0; input < 7; input++) {
      for (let gate = 0; gate < 12; gate++) {
        const code = model.inputCodes[gate * 7 + input]!;
        if (code !== 0) expect(code).toBe(Math.sign(parameters.inputWeights[input * 12 + gate]!));
      }
    }
  });

  it("a row whose weights are all zero reads nothing", () => {
    const parameters = movedParameters(smallShape, 10);
    for (let input = 0; input < 7; input++) parameters.inputWeights[input * 12 + 5] = 0;
    const model = exportTernaryModel(parameters, smallShape, 6, [readout]);
    expect([model.alpha[5], model.beta2[5]]).toEqual([0, 0]);
    expect(model.beta1[5]).not.toBe(0);
    expect(model.bias[5]).toBe(parameters.integration[3 * 12 + 5]);
  });
});

describe("withEmbedding", () => {
  it("puts each sensor's learned vector into the plan", () => {
    const { plan } = wavyData(40);
    const parameters = { ...movedParameters(smallShape, 1), embedding: Float32Array.of(1, 2, 3, 4, 5, 6) };
    expect(withEmbedding(plan, parameters, smallShape).embedding).toEqual([
      [1, 2],
      [3, 4],
      [5, 6],
    ]);
    const none = { ...smallShape, embedding: 0 };
    expect(withEmbedding(plan, movedParameters(none, 1), none).embedding).toEqual([[], [], []]);
  });
});

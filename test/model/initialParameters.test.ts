import { describe, expect, it } from "vitest";
import { initialParameters } from "../../src/model/initialParameters.ts";
import { type ForecasterShape, parameterNames, type Parameters } from "../../src/model/Parameters.ts";
import { random } from "../../src/series/random.ts";
import { sizeOf, smallShape } from "./smallForecaster.ts";

const start = (shape: ForecasterShape, seed = 1): Parameters => {
  const source = random(seed);
  return initialParameters(shape, () => source.normal());
};

const deviationOf = (values: Float32Array): number =>
  Math.sqrt(values.reduce((sum, value) => sum + value * value, 0) / values.length);

describe("initialParameters", () => {
  it.each([
    smallShape,
    { ...smallShape, layers: 4 },
    { ...smallShape, embedding: 0, units: 1, headUnits: 1, outputs: 1, sensors: 1 },
  ])("fills every shape of %o", (shape) => {
    const parameters = start(shape);
    for (const name of parameterNames) expect(parameters[name]).toHaveLength(sizeOf(shape, name));
  });

  it.each([1, 2, 5, 16])("has an orthogonal matrix in each gate of the state weights, %i units", (units) => {
    const { stateWeights } = start({ ...smallShape, units });
    for (let gate = 0; gate < 3; gate++) {
      const row = (index: number): Float32Array =>
        stateWeights.subarray(index * 3 * units + gate * units, index * 3 * units + (gate + 1) * units);
      for (let a = 0; a < units; a++) {
        for (let b = 0; b < units; b++) {
          const product = row(a).reduce((sum, value, k) => sum + value * row(b)[k]!, 0);
          // Sixteen products of entries rounded to float32.
          expect(Math.abs(product - (a === b ? 1 : 0))).toBeLessThan(1e-6);
        }
      }
    }
  });

  it("draws another matrix for each gate", () => {
    const { stateWeights } = start(smallShape);
    const gates = [0, 1, 2].map((gate) =>
      Array.from(stateWeights)
        .filter((_, k) => Math.floor((k % 12) / 4) === gate)
        .join(),
    );
    expect(new Set(gates).size).toBe(3);
  });

  it("scales input and hidden weights by 1 / sqrt(inputs)", () => {
    // Deviation of a sample of n: within 4 / sqrt(2 n) of its own.
    const parameters = start({ ...smallShape, observed: 62, units: 64, headUnits: 128 });
    expect(Math.abs(deviationOf(parameters.inputWeights) * Math.sqrt(64) - 1)).toBeLessThan(0.03);
    expect(Math.abs(deviationOf(parameters.hiddenWeights) * Math.sqrt(128) - 1)).toBeLessThan(0.03);
  });

  it("starts as an additive GRU with a second-order term whose update gate is nearly shut", () => {
    const { integration } = start({ ...smallShape, units: 2 });
    expect(Array.from(integration)).toEqual(
      [
        [0.5, 0.5, 0.5, 0.5, 0.5, 0.5],
        [1, 1, 1, 1, 1, 1],
        [1, 1, 1, 1, 1, 1],
        [-1, -1, 0, 0, 0, 0],
      ].flat(),
    );
  });

  it("starts every layer as it starts one: by the inputs of its own, orthogonal, the update gate nearly shut", () => {
    const shape = { ...smallShape, units: 32, layers: 3 };
    const { inputWeights, integration, stateWeights } = start(shape);
    const one = start({ ...smallShape, units: 32 });
    const columns = 96;
    expect(inputWeights.subarray(0, 7 * columns)).toEqual(one.inputWeights);
    for (const layer of [1, 2]) {
      const from = 7 + (layer - 1) * 32;
      const upper = inputWeights.subarray(from * columns, (from + 32) * columns);
      expect(Math.abs(deviationOf(upper) * Math.sqrt(32) - 1)).toBeLessThan(0.06);
    }
    for (const layer of [0, 1, 2]) {
      expect(integration.subarray(layer * 4 * columns, (layer + 1) * 4 * columns)).toEqual(one.integration);
      const row = (index: number): Float32Array =>
        stateWeights.subarray((layer * 32 + index) * columns, (layer * 32 + index) * columns + 32);
      const product = (a: number, b: number): number =>
        row(a).reduce((sum, value, k) => sum + value * row(b)[k]!, 0);
      expect(product(3, 3)).toBeCloseTo(1, 5);
      expect(product(3, 8)).toBeCloseTo(0, 5);
    }
    const block = (layer: number): string =>
      stateWeights.subarray(layer * 32 * columns, (layer + 1) * 32 * columns).join();
    expect(new Set([0, 1, 2].map(block)).size).toBe(3);
  });

  it("is the same for the same seed and another for another", () => {
    expect(start(smallShape, 5)).toEqual(start(smallShape, 5));
    expect(start(smallShape, 6).inputWeights).not.toEqual(start(smallShape, 5).inputWeights);
  });
});

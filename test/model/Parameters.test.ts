import { describe, expect, it } from "vitest";
import {
  copyParameters,
  decayedParameters,
  parameterNames,
  parameterShapes,
} from "../../src/model/Parameters.ts";
import { movedParameters, smallShape } from "./smallForecaster.ts";

describe("parameterShapes", () => {
  it("has the layer sizes of the forecaster", () => {
    // 5 observed + 2 embedding = 7 inputs; 4 units, three gates; head of 3; 6 outputs; 3 sensors.
    expect(parameterShapes(smallShape)).toEqual({
      inputWeights: [7, 12],
      stateWeights: [4, 12],
      integration: [4, 12],
      hiddenWeights: [11, 3],
      hiddenBias: [1, 3],
      outputWeights: [3, 6],
      skipWeights: [11, 6],
      outputBias: [1, 6],
      embedding: [3, 2],
    });
  });

  it("has a block a layer in the matrices of the cell, the upper ones as wide as the state, and nowhere else", () => {
    const one = parameterShapes(smallShape);
    expect(parameterShapes({ ...smallShape, layers: 1 })).toEqual(one);
    expect(parameterShapes({ ...smallShape, layers: 3 })).toEqual({
      ...one,
      inputWeights: [7 + 2 * 4, 12],
      stateWeights: [3 * 4, 12],
      integration: [3 * 4, 12],
    });
  });

  it("names every parameter once", () => {
    expect(Object.keys(parameterShapes(smallShape)).sort()).toEqual([...parameterNames].sort());
  });
});

describe("decayedParameters", () => {
  it("are the weight matrices, and nothing that stands for a level", () => {
    expect([...decayedParameters].sort()).toEqual(
      parameterNames.filter((name) => name.endsWith("Weights")).sort(),
    );
  });
});

describe("copyParameters", () => {
  it("copies values, and shares no memory", () => {
    const original = movedParameters(smallShape, 1);
    const copy = copyParameters(original);
    expect(copy).toEqual(original);
    for (const name of parameterNames) {
      const before = original[name][0];
      copy[name].fill(7);
      expect(original[name][0]).toBe(before);
    }
  });
});

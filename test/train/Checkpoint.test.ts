import { describe, expect, it } from "vitest";
import { parameterNames } from "../../src/model/Parameters.ts";
import { type Checkpoint, decodeCheckpoint, encodeCheckpoint } from "../../src/train/Checkpoint.ts";
import { movedParameters, smallShape } from "../model/smallForecaster.ts";

const odd = movedParameters(smallShape, 1);
odd.inputWeights.set([-0, 1e-45, -1e-45, 3.4028234663852886e38, Infinity, -Infinity, Number.NaN, 0.1]);

const checkpoint: Checkpoint = {
  fingerprint: "abc",
  phase: "ternary",
  epoch: 3,
  step: 17,
  parameters: odd,
  average: movedParameters(smallShape, 2),
  optimiser: {
    step: 17,
    firstMoment: movedParameters(smallShape, 3),
    secondMoment: movedParameters(smallShape, 4),
  },
  randomState: Int32Array.of(-2147483648, 2147483647, 0, -1),
  best: { loss: 0.1 + 0.2, epoch: 2, parameters: movedParameters(smallShape, 5) },
  float: movedParameters(smallShape, 6),
  history: [
    {
      phase: "float",
      epoch: 1,
      trainingLoss: 1 / 3,
      ruleLoss: 0,
      validationLoss: 5e-324,
      ruleSatisfaction: Number.NaN,
    },
    {
      phase: "ternary",
      epoch: 1,
      trainingLoss: 2 / 3,
      ruleLoss: 1e-9,
      validationLoss: 0.7,
      ruleSatisfaction: 0.125,
    },
  ],
};

const bits = (values: Float32Array): Uint32Array => new Uint32Array(values.slice().buffer);

describe("a checkpoint", () => {
  it("is the same after writing and reading, to the bit", () => {
    const back = decodeCheckpoint(encodeCheckpoint(checkpoint));
    expect(back).toEqual(checkpoint);
    // toEqual takes every NaN for equal.
    for (const name of parameterNames) {
      expect(bits(back!.parameters[name])).toEqual(bits(checkpoint.parameters[name]));
    }
    expect(Object.is(back!.parameters.inputWeights[0], -0)).toBe(true);
  });

  it("without a best and a float result has none after reading", () => {
    const { best: _best, float: _float, ...early } = checkpoint;
    const back = decodeCheckpoint(encodeCheckpoint(early));
    expect(back).toEqual(early);
    expect(back).not.toHaveProperty("best");
    expect(back).not.toHaveProperty("float");
  });

  it("keeps parameters that are views of a larger array apart from their neighbours", () => {
    const shared = new Float32Array(10).map((_, k) => k);
    const average = { ...checkpoint.average, hiddenBias: shared.subarray(3, 6) };
    const back = decodeCheckpoint(encodeCheckpoint({ ...checkpoint, average }));
    expect(Array.from(back!.average.hiddenBias)).toEqual([3, 4, 5]);
  });

  const text = encodeCheckpoint(checkpoint);
  it.each<[string, string]>([
    ["nothing", ""],
    ["no JSON", "PAR1"],
    ["a text that breaks off", text.slice(0, -100)],
    ["another kind of JSON", "[1, 2]"],
    ["null", "null"],
    ["a number", "1"],
    ["another format", text.replace('"format":1', '"format":2')],
    ["no more than the format", '{"format":1}'],
    ["a missing part", text.replace('"optimiser"', '"optimizer"')],
    ["a missing parameter", text.replaceAll('"embedding"', '"embeddings"')],
    ["an array of odd length", text.replace(/"outputBias":"[^"]*"/, '"outputBias":"AAA="')],
  ])("is not read from %s", (_, foreign) => {
    expect(foreign).not.toBe(text);
    expect(decodeCheckpoint(foreign)).toBeUndefined();
  });
});

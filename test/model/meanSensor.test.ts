import { describe, expect, it } from "vitest";
import { extendEmbedding } from "../../src/model/extendEmbedding.ts";
import { MEAN_SENSOR, meanSensorVector } from "../../src/model/meanSensor.ts";
import { mapParameters } from "../../src/model/Parameters.ts";
import { runFused } from "../../src/model/runFused.ts";
import { movedParameters, randomWindows, smallShape } from "./smallForecaster.ts";

const parameters = movedParameters(smallShape, 3);
const [steps, batch] = [4, 2];
const features = Float32Array.from(randomWindows(steps, batch, smallShape.observed, 4).flat(2));
const outputsOf = (vectors: Float32Array, sensors: number, chosen: readonly number[]): Float32Array =>
  runFused(
    mapParameters((name) => (name === "embedding" ? vectors : parameters[name])),
    { ...smallShape, sensors },
    { features, steps, sensors: Int32Array.from(chosen), scoredFrom: 2 },
    { ternary: false },
  ).outputs;

/** Means of the columns of a table of three rows and two columns, one plain sum each. */
const means = [0, 1].map(
  (k) => [0, 1, 2].reduce((sum, row) => sum + parameters.embedding[2 * row + k]!, 0) / 3,
);

describe("meanSensorVector", () => {
  it("is the mean of the learned vectors", () => {
    expect(Array.from(meanSensorVector(parameters.embedding, 2))).toEqual(
      means.map((value) => expect.closeTo(value, 6)),
    );
    expect(meanSensorVector(new Float32Array(0), 0)).toEqual(new Float32Array(0));
  });

  it("is what the forecaster reads for MEAN_SENSOR", () => {
    const wider = Float32Array.of(...parameters.embedding, ...means);
    const expected = outputsOf(wider, 4, [3, 1]);
    const found = outputsOf(parameters.embedding, 3, [MEAN_SENSOR, 1]);
    found.forEach((value, k) => expect(value).toBeCloseTo(expected[k]!, 5));
  });
});

describe("extendEmbedding", () => {
  it("puts learned vectors to their places and the mean to all others, and leaves the rest alone", () => {
    const extended = extendEmbedding(parameters, [1, 2, 4], 5);
    const [first, second, third] = [0, 2, 4].map((from) => [
      ...parameters.embedding.subarray(from, from + 2),
    ]);
    const mean = [...meanSensorVector(parameters.embedding, 2)];
    expect([...extended.embedding]).toEqual([mean, first, second, mean, third].flat());
    expect(extended.inputWeights).toBe(parameters.inputWeights);
  });

  it("has nothing to place where sensors have no vectors", () => {
    const none = { ...parameters, embedding: new Float32Array(0) };
    expect(extendEmbedding(none, [0, 2], 4).embedding).toEqual(new Float32Array(0));
  });
});

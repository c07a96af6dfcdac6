import { describe, expect, it } from "vitest";
import { createEventKernels } from "../../../src/model/eventModel/eventKernels.ts";
import { type EventModelShape, initialEventParameters } from "../../../src/model/eventModel/EventModel.ts";
import { runEventModel } from "../../../src/model/eventModel/runEventModel.ts";
import { quantisedMatrix } from "../../../src/model/quantiseWeights.ts";
import { random } from "../../../src/series/random.ts";

const kernels = createEventKernels();
const shape: EventModelShape = { cell: "gru", multiplicative: true, units: 5, inputs: 4, codes: [6] };
const parameters = initialEventParameters(shape, random(2));
const matrices = {
  ...parameters,
  inputWeights: quantisedMatrix("rowScale", parameters.inputWeights, 4, 15),
  stateWeights: quantisedMatrix("rowScale", parameters.stateWeights, 5, 15),
};
const input = { batch: 1, steps: 1, codes: [Int32Array.of(1, 4)] };
const stateOf = (own: EventModelShape, values: typeof parameters): Float32Array => {
  const run = runEventModel(kernels, own, values, input);
  run.release();
  return run.state;
};

describe("a ternary model of events", () => {
  it("is the model of its ternary matrices, its state rounded to eight bits", () => {
    const exact = stateOf(shape, matrices);
    const ternary = stateOf({ ...shape, ternary: true }, parameters);
    ternary.forEach((value, k) => expect(127 * value).toBeCloseTo(Math.round(127 * exact[k]!), 4));
    expect(stateOf(shape, parameters)).not.toEqual(exact);
  });

  it("passes the gradient straight through, as if the ternary matrices were the weights", () => {
    const straight = runEventModel(kernels, { ...shape, ternary: true }, parameters, input).backward();
    const exact = runEventModel(kernels, shape, matrices, input).backward();
    const largest = Math.max(...exact.inputWeights.map(Math.abs));
    straight.inputWeights.forEach((value, k) =>
      // The state that the softmax reads is rounded to 1/127.
      expect(Math.abs(value - exact.inputWeights[k]!)).toBeLessThan(0.03 * largest),
    );
    expect(largest).toBeGreaterThan(0.001);
  });
});

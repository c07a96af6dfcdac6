import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { RecurrentCallError } from "../../src/kernels/RecurrentCallError.ts";
import { createSoftmaxKernel, type SoftmaxCall } from "../../src/kernels/SoftmaxKernel.ts";
import { uniformFrom } from "./randomRecurrentCall.ts";

const kernel = createSoftmaxKernel();

const randomCall = (positions: number, classes: number, units: number, seed: number): SoftmaxCall => {
  const next = uniformFrom(seed);
  const matrix = (length: number): Float32Array => Float32Array.from({ length }, next);
  return {
    positions,
    classes,
    units,
    states: matrix(positions * units),
    vectors: matrix(classes * units),
    biases: matrix(classes),
    targets: Int32Array.from({ length: positions }, () => Math.abs(Math.floor(1e6 * next())) % classes),
  };
};

/** Loss and gradients by their definition, in float64. */
const reference = ({ biases, classes, positions, states, targets, units, vectors }: SoftmaxCall) => {
  const [ofStates, ofVectors, ofBiases] = [states, vectors, biases].map(
    ({ length }) => new Float64Array(length),
  ) as [Float64Array, Float64Array, Float64Array];
  let loss = 0;
  for (let position = 0; position < positions; position++) {
    const logits = Array.from({ length: classes }, (_, k) => {
      let sum = biases[k]!;
      for (let u = 0; u < units; u++) sum += states[position * units + u]! * vectors[k * units + u]!;
      return sum;
    });
    const largest = Math.max(...logits);
    const exponentials = logits.map((logit) => Math.exp(logit - largest));
    const total = exponentials.reduce((sum, value) => sum + value, 0);
    const target = targets[position]!;
    loss += largest + Math.log(total) - logits[target]!;
    exponentials.forEach((value, k) => {
      const slope = value / total - Number(k === target);
      ofBiases[k]! += slope;
      for (let u = 0; u < units; u++) {
        ofVectors[k * units + u]! += slope * states[position * units + u]!;
        ofStates[position * units + u]! += slope * vectors[k * units + u]!;
      }
    });
  }
  return { loss, states: ofStates, vectors: ofVectors, biases: ofBiases };
};

const furthest = (actual: Float32Array, expected: Float64Array, weight: number): number =>
  actual.reduce((most, value, k) => Math.max(most, Math.abs(value - weight * expected[k]!)), 0);

describe("SoftmaxKernel", () => {
  it("has the loss and the gradients of float64, of any sizes", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 70 }),
        fc.integer({ min: 1, max: 600 }),
        fc.integer({ min: 1, max: 19 }),
        fc.nat(1000),
        (positions, classes, units, seed) => {
          const call = randomCall(positions, classes, units, seed);
          const expected = reference(call);
          const weight = 1 / positions;
          const { biases, loss, states, vectors } = kernel.gradients(call, weight);
          expect(Math.abs(loss - expected.loss)).toBeLessThan(1e-6 * (1 + expected.loss));
          expect(kernel.loss(call)).toBe(loss);
          expect(furthest(states, expected.states, weight)).toBeLessThan(2e-6);
          expect(furthest(vectors, expected.vectors, weight)).toBeLessThan(2e-6);
          expect(furthest(biases, expected.biases, weight)).toBeLessThan(2e-6);
        },
      ),
      { seed: 5, numRuns: 60 },
    );
  });

  it("does not overflow where logits are large, and gives the unlikely their loss", () => {
    const call: SoftmaxCall = {
      positions: 2,
      classes: 3,
      units: 1,
      states: Float32Array.of(1, 1),
      vectors: Float32Array.of(500, -500, 499),
      biases: new Float32Array(3),
      targets: Int32Array.of(1, 0),
    };
    const { loss, vectors } = kernel.gradients(call, 1);
    expect(loss).toBeCloseTo(1000 + 2 * Math.log(1 + Math.exp(-1)), 3);
    expect(vectors[1]).toBeCloseTo(-1, 6);
  });

  it("shows a NaN in its loss, and is clean afterwards", () => {
    const call = randomCall(40, 30, 8, 1);
    const clean = kernel.loss(call);
    const states = call.states.slice();
    states[9] = Number.NaN;
    expect(kernel.loss({ ...call, states })).toBeNaN();
    expect(kernel.loss(call)).toBe(clean);
  });

  it("names every size and target that does not fit", () => {
    const call = randomCall(2, 3, 4, 1);
    const wrong = { ...call, biases: new Float32Array(2), targets: Int32Array.of(0, 3) };
    expect(() => kernel.loss(wrong)).toThrow(RecurrentCallError);
    expect(() => kernel.loss(wrong)).toThrow(/biases has 2 values[^]*target 1 is 3/);
  });
});

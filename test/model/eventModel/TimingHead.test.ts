import { describe, expect, it } from "vitest";
import { createEventKernels } from "../../../src/model/eventModel/eventKernels.ts";
import {
  arraysOf,
  cellNumbers,
  copyEventParameters,
  type EventModelShape,
  type EventParameters,
  initialEventParameters,
  tableNumbers,
  whenNumbers,
} from "../../../src/model/eventModel/EventModel.ts";
import { type EventBatch, runEventModel } from "../../../src/model/eventModel/runEventModel.ts";
import { random } from "../../../src/series/random.ts";

const kernels = createEventKernels();
const shape: EventModelShape = {
  cell: "rnn",
  multiplicative: true,
  units: 4,
  inputs: 3,
  codes: [3, 2],
  timing: { features: 2, bins: 5 },
};
const [batch, steps] = [2, 3];
const numbers = random(31);
const draws = (count: number, below: number): Int32Array =>
  Int32Array.from({ length: count }, () => Math.floor(below * numbers.uniform()));
const input: EventBatch = {
  batch,
  steps,
  codes: [draws(batch * (steps + 1), 3), draws(batch * (steps + 1), 2)],
  timing: {
    features: Float32Array.from({ length: steps * batch * 2 }, () => numbers.normal()),
    bins: draws(steps * batch, 5),
  },
};
const parameters = initialEventParameters(shape, random(32));
for (const values of arraysOf(parameters).slice(3)) {
  for (let k = 0; k < values.length; k++) values[k] = 0.7 * numbers.normal();
}

const product = (rows: Float32Array, row: number, vector: readonly number[]): number =>
  vector.reduce((sum, value, k) => sum + value * rows[row * vector.length + k]!, 0);
const surprise = (logits: readonly number[], target: number): number =>
  Math.log(logits.reduce((sum, logit) => sum + Math.exp(logit), 0)) - logits[target]!;

/** Losses of the codes and of the bins in float64, straight from the equations of the MI-RNN. */
const reference = (p: EventParameters): { which: number; when: number } => {
  let [which, when] = [0, 0];
  const { codes, timing } = input;
  for (let row = 0; row < batch; row++) {
    let h = [0, 0, 0, 0];
    for (let step = 0; step < steps; step++) {
      for (const code of [0, 1]) {
        const reads = 1 - code;
        const value = codes[reads]![(step + code) * batch + row]!;
        const told = timing!.features.subarray(2 * (step * batch + row), 2 * (step * batch + row + 1));
        const x = [0, 1, 2].map((k) => {
          const own = p.inputVectors[reads]![3 * value + k]!;
          const [first, second] = p.timing!.featureVectors.filter((_, at) => at % 3 === k);
          return code === 0 ? own + told[0]! * first! + told[1]! * second! : own;
        });
        const [inputs, state] = [x, h];
        h = h.map((_, unit) => {
          const wx = inputs.reduce((sum, each, k) => sum + each * p.inputWeights[4 * k + unit]!, 0);
          const us = state.reduce((sum, each, k) => sum + each * p.stateWeights[4 * k + unit]!, 0);
          const [alpha, beta1, beta2, bias] = [0, 4, 8, 12].map((from) => p.integration[from + unit]!);
          return Math.tanh(alpha! * wx * us + beta1! * us + beta2! * wx + bias!);
        });
        const now = h;
        const logits = Array.from(
          p.outputBiases[code]!,
          (bias, k) => bias + product(p.outputVectors[code]!, k, now),
        );
        which += surprise(logits, codes[code]![(step + 1) * batch + row]!);
        if (code === 0) {
          const bins = Array.from(
            p.timing!.binBiases,
            (bias, k) => bias + product(p.timing!.binVectors, k, now),
          );
          when += surprise(bins, timing!.bins[step * batch + row]!);
        }
      }
    }
  }
  return { which, when };
};

describe("a model that says when", () => {
  it("has the losses of the equations", () => {
    const run = runEventModel(kernels, shape, parameters, input);
    run.release();
    const { when, which } = reference(parameters);
    expect(run.timing!.loss).toBeCloseTo(when, 4);
    expect(run.losses.reduce((sum, loss) => sum + loss, 0)).toBeCloseTo(which, 4);
  });

  it("has the gradient of central differences of the mean of both losses, in every number", () => {
    const gradients = arraysOf(runEventModel(kernels, shape, parameters, input).backward());
    const moved = copyEventParameters(parameters);
    const mean = (): number => {
      const { when, which } = reference(moved);
      return (which + when) / (batch * steps);
    };
    let worst = 0;
    arraysOf(moved).forEach((values, which) => {
      for (let k = 0; k < values.length; k++) {
        const own = values[k]!;
        values[k] = own + 2 ** -8;
        const [above, top] = [mean(), values[k]!];
        values[k] = own - 2 ** -8;
        const slope = (above - mean()) / (top - values[k]!);
        values[k] = own;
        worst = Math.max(worst, Math.abs(gradients[which]![k]! - slope));
      }
    });
    expect(worst).toBeLessThan(1e-4);
  });

  it("counts the numbers that it holds", () => {
    const held = arraysOf(parameters).reduce((sum, { length }) => sum + length, 0);
    expect(tableNumbers(shape) + cellNumbers(shape) + whenNumbers(shape)).toBe(held);
    expect(arraysOf(parameters)).toHaveLength(3 + 6 + 3);
    const { timing, ...silent } = shape;
    expect(timing).toBeDefined();
    expect(whenNumbers(silent)).toBe(0);
  });
});

import { describe, expect, it } from "vitest";
import { createEventKernels } from "../../../src/model/eventModel/eventKernels.ts";
import {
  arraysOf,
  cellNumbers,
  codesOf,
  copyEventParameters,
  type EventModelShape,
  type EventParameters,
  initialEventParameters,
  tableNumbers,
} from "../../../src/model/eventModel/EventModel.ts";
import { type EventBatch, runEventModel } from "../../../src/model/eventModel/runEventModel.ts";
import { randomTable } from "../../../src/model/sharedTable/SharedTable.ts";
import { random } from "../../../src/series/random.ts";

const kernels = createEventKernels();
const sigmoid = (value: number): number => 1 / (1 + Math.exp(-value));

/** One step of the MI-GRU in float64, straight from its equations. */
const gruStep = (p: EventParameters, units: number, x: readonly number[], h: readonly number[]): number[] => {
  const columns = 3 * units;
  const product = (weights: Float32Array, values: readonly number[], column: number): number =>
    values.reduce((sum, value, k) => sum + value * weights[k * columns + column]!, 0);
  const gate = (column: number, state: readonly number[]): number => {
    const [alpha, beta1, beta2, bias] = [0, 1, 2, 3].map((k) => p.integration[k * columns + column]!);
    const wx = product(p.inputWeights, x, column);
    const us = product(p.stateWeights, state, column);
    return alpha! * wx * us + beta1! * us + beta2! * wx + bias!;
  };
  const z = h.map((_, k) => sigmoid(gate(k, h)));
  const r = h.map((_, k) => sigmoid(gate(units + k, h)));
  const reset = h.map((value, k) => r[k]! * value);
  return h.map((value, k) => (1 - z[k]!) * value + z[k]! * Math.tanh(gate(2 * units + k, reset)));
};

/** Loss of each code, stream by stream, token by token, code by code: -log of each softmax. */
const reference = (
  { codes: sizes, inputs, units }: EventModelShape,
  p: EventParameters,
  { batch, codes, state, steps }: EventBatch,
): { losses: number[]; state: number[] } => {
  const losses = sizes.map(() => 0);
  const last: number[] = [];
  for (let row = 0; row < batch; row++) {
    let h = Array.from({ length: units }, (_, k) => state?.[row * units + k] ?? 0);
    for (let step = 0; step < steps; step++) {
      sizes.forEach((values, code) => {
        const reads = code === 0 ? sizes.length - 1 : code - 1;
        const value = codes[reads]![(code === 0 ? step : step + 1) * batch + row]!;
        h = gruStep(p, units, [...p.inputVectors[reads]!.subarray(value * inputs, (value + 1) * inputs)], h);
        const logits = Array.from({ length: values }, (_, k) =>
          h.reduce(
            (sum, unit, u) => sum + unit * p.outputVectors[code]![k * units + u]!,
            p.outputBiases[code]![k]!,
          ),
        );
        const all = logits.reduce((sum, logit) => sum + Math.exp(logit), 0);
        losses[code] =
          losses[code]! - Math.log(Math.exp(logits[codes[code]![(step + 1) * batch + row]!]!) / all);
      });
    }
    last.push(...h);
  }
  return { losses, state: last };
};

const numbers = random(71);
const table = randomTable(7, numbers);
const [batch, steps] = [2, 3];
const tokens = Int32Array.from({ length: batch * (steps + 1) }, () => Math.floor(7 * numbers.uniform()));
const cell = { cell: "gru", multiplicative: true, units: 5, inputs: 4 } as const;

const models: readonly (readonly [string, EventModelShape, readonly Int32Array[]])[] = [
  ["full table", { ...cell, codes: [7] }, codesOf(tokens)],
  ["shared table", { ...cell, codes: [3, 3] }, codesOf(tokens, table)],
];

describe.each(models)("runEventModel, %s", (_, shape, codes) => {
  const parameters = initialEventParameters(shape, random(72));
  for (const values of [
    ...parameters.outputBiases,
    ...parameters.inputVectors,
    ...parameters.outputVectors,
  ]) {
    for (let k = 0; k < values.length; k++) values[k] = 0.7 * numbers.normal();
  }
  const state = Float32Array.from({ length: batch * shape.units }, () => 0.5 * numbers.normal());
  const input: EventBatch = { batch, steps, codes, state };

  it("has the losses and the state of the equations", () => {
    const run = runEventModel(kernels, shape, parameters, input);
    run.release();
    const expected = reference(shape, parameters, input);
    run.losses.forEach((loss, code) => expect(loss).toBeCloseTo(expected.losses[code]!, 4));
    run.state.forEach((value, k) => expect(value).toBeCloseTo(expected.state[k]!, 5));
    expect(run.losses).toHaveLength(shape.codes.length);
  });

  it("starts from zero where no state is given", () => {
    const { state: given, ...fresh } = input;
    const run = runEventModel(kernels, shape, parameters, fresh);
    run.release();
    expect(given).toBeDefined();
    expect(run.losses[0]).toBeCloseTo(reference(shape, parameters, fresh).losses[0]!, 4);
  });

  it("has the gradient of central differences of the mean loss, in every number", () => {
    const gradients = arraysOf(runEventModel(kernels, shape, parameters, input).backward());
    const meanLoss = (): number =>
      reference(shape, moved, input).losses.reduce((sum, loss) => sum + loss, 0) / (batch * steps);
    const moved = copyEventParameters(parameters);
    let worst = 0;
    arraysOf(moved).forEach((values, which) => {
      for (let k = 0; k < values.length; k++) {
        const own = values[k]!;
        values[k] = own + 2 ** -8;
        const above = meanLoss();
        const width = values[k]! - own;
        values[k] = own - 2 ** -8;
        const below = meanLoss();
        const span = width + own - values[k]!;
        values[k] = own;
        worst = Math.max(worst, Math.abs(gradients[which]![k]! - (above - below) / span));
      }
    });
    expect(worst).toBeLessThan(2e-5);
  });
});

describe("dropout", () => {
  const [, shape, codes] = models[1]!;
  const parameters = initialEventParameters(shape, random(72));
  const input = (share: number): EventBatch => ({
    batch,
    steps,
    codes,
    dropout: { share, numbers: random(5) },
  });

  it("has the gradient of its own losses, where the same numbers are left out", () => {
    const gradients = arraysOf(runEventModel(kernels, shape, parameters, input(0.4)).backward());
    const moved = copyEventParameters(parameters);
    const meanLoss = (): number => {
      const run = runEventModel(kernels, shape, moved, input(0.4));
      run.release();
      return run.losses.reduce((sum, loss) => sum + loss, 0) / (batch * steps);
    };
    let worst = 0;
    arraysOf(moved).forEach((values, which) => {
      for (let k = 0; k < values.length; k += 3) {
        const own = values[k]!;
        values[k] = own + 2 ** -5;
        const above = meanLoss();
        values[k] = own - 2 ** -5;
        const below = meanLoss();
        values[k] = own;
        worst = Math.max(worst, Math.abs(gradients[which]![k]! - (above - below) * 2 ** 4));
      }
    });
    expect(worst).toBeLessThan(2e-4);
  });

  it("changes nothing at a share of 0, and carries the whole state on", () => {
    const runOf = (own: EventBatch) => {
      const run = runEventModel(kernels, shape, parameters, own);
      run.release();
      return run;
    };
    const plain = runOf({ batch, steps, codes });
    expect(runOf(input(0)).losses).toEqual(plain.losses);
    expect(runOf(input(0.4)).losses).not.toEqual(plain.losses);
    expect(runOf(input(0.4)).state.every((value) => value !== 0)).toBe(true);
  });
});

describe("EventModel", () => {
  it("counts the numbers that its parameters hold", () => {
    for (const [, shape] of models) {
      const held = arraysOf(initialEventParameters(shape, random(1))).reduce(
        (sum, { length }) => sum + length,
        0,
      );
      expect(tableNumbers(shape) + cellNumbers(shape)).toBe(held);
    }
  });

  it("is additive, and stays so, without multiplicative integration", () => {
    const shape: EventModelShape = { ...cell, multiplicative: false, codes: [7] };
    const parameters = initialEventParameters(shape, random(3));
    const { integration } = runEventModel(kernels, shape, parameters, {
      batch,
      steps,
      codes: [tokens],
    }).backward();
    const columns = 3 * shape.units;
    expect(parameters.integration.subarray(0, columns)).toEqual(new Float32Array(columns));
    expect(integration.subarray(0, 3 * columns)).toEqual(new Float32Array(3 * columns));
    expect(integration.subarray(3 * columns).some((value) => value !== 0)).toBe(true);
  });
});

import { describe, expect, it } from "vitest";
import { createEventKernels } from "../../../src/model/eventModel/eventKernels.ts";
import {
  arraysOf,
  copyEventParameters,
  type EventModelShape,
  type EventParameters,
  initialEventParameters,
  tableNumbers,
} from "../../../src/model/eventModel/EventModel.ts";
import { type EventBatch, runEventModel } from "../../../src/model/eventModel/runEventModel.ts";
import type { TokenVectors } from "../../../src/model/eventModel/TokenVectors.ts";
import { random } from "../../../src/series/random.ts";

const kernels = createEventKernels();
const tokens = 7;
const cell = { cell: "gru", multiplicative: true, units: 4, inputs: 2, codes: [tokens] } as const;
const firstOf = Int32Array.of(0, 0, 1, 2, 2, 1, 0);
const secondOf = Int32Array.of(1, 0, 0, 1, 0, 1, 0);
const parts = [
  { count: 3, bucketOf: firstOf },
  { count: 2, bucketOf: secondOf },
];
const features = Float32Array.from({ length: 3 * tokens }, (_, k) => Math.cos(3 * k));
/** Classes {6, 2, 0}, {5, 1, 3} and {4}. */
const slotOf = Int32Array.of(2, 4, 1, 5, 6, 3, 0);

type Arrays = readonly Float32Array[];

/** Element k of a token's vector, by the definition of each kind. */
const elements: Readonly<
  Record<TokenVectors["kind"], (arrays: Arrays, token: number, k: number, width: number) => number>
> = {
  sum: ([a, b], token, k, width) => a![firstOf[token]! * width + k]! + b![secondOf[token]! * width + k]!,
  product: ([a, b], token, k, width) => a![firstOf[token]! * width + k]! * b![secondOf[token]! * width + k]!,
  joined: ([a, b], token, k, width) =>
    k < width / 2
      ? a![(firstOf[token]! * width) / 2 + k]!
      : b![(secondOf[token]! * width) / 2 + k - width / 2]!,
  features: ([a], token, k, width) =>
    [0, 1, 2].reduce((sum, feature) => sum + features[3 * token + feature]! * a![feature * width + k]!, 0),
  classes: ([a], token, k, width) => a![token * width + k]!,
};

const kinds: readonly TokenVectors[] = [
  { kind: "sum", parts },
  { kind: "product", parts },
  { kind: "joined", parts },
  { kind: "features", count: 3, features },
  { kind: "classes", size: 3, slotOf },
];

const drawn = (shape: EventModelShape): EventParameters => {
  const numbers = random(8);
  const parameters = initialEventParameters(shape, random(9));
  for (const values of [parameters.inputVectors, parameters.outputVectors, parameters.outputBiases].flat())
    for (let k = 0; k < values.length; k++) values[k] = numbers.normal();
  return parameters;
};

/** The same model with a vector of its own for every token, as the definition gives it. */
const plainOf = (kind: TokenVectors["kind"], p: EventParameters): EventParameters => {
  const table = (arrays: Arrays, width: number, element = elements[kind]): Float32Array =>
    Float32Array.from({ length: tokens * width }, (_, at) =>
      element(arrays, Math.floor(at / width), at % width, width),
    );
  return {
    ...p,
    inputVectors: [table(p.inputVectors, cell.inputs)],
    outputVectors: [table(p.outputVectors, cell.units)],
    outputBiases: [table(p.outputBiases, 1, kind === "features" ? elements.features : elements.sum)],
  };
};

const [batch, steps] = [2, 3];
const codes = [Int32Array.of(3, 6, 0, 1, 5, 5, 4, 2)];
const input: EventBatch = { batch, steps, codes };

const lossOf = (shape: EventModelShape, parameters: EventParameters, own = input): number => {
  const run = runEventModel(kernels, shape, parameters, own);
  run.release();
  return run.losses.reduce((sum, loss) => sum + loss, 0);
};

describe.each(kinds.map((vectors) => [vectors.kind, vectors] as const))("vectors by %s", (kind, vectors) => {
  const shape: EventModelShape = { ...cell, vectors };
  const parameters = drawn(shape);

  it("give all tokens together a probability of 1", () => {
    const sum = Array.from({ length: tokens }, (_, token) =>
      Math.exp(-lossOf(shape, parameters, { batch: 1, steps: 1, codes: [Int32Array.of(3, token)] })),
    ).reduce((all, probability) => all + probability, 0);
    expect(sum).toBeCloseTo(1, 6);
  });

  it("have the gradient of central differences, in every number", () => {
    const gradients = arraysOf(runEventModel(kernels, shape, parameters, input).backward());
    const moved = copyEventParameters(parameters);
    let worst = 0;
    arraysOf(moved).forEach((values, which) => {
      for (let k = 0; k < values.length; k++) {
        const own = values[k]!;
        values[k] = own + 2 ** -6;
        const above = lossOf(shape, moved);
        values[k] = own - 2 ** -6;
        const below = lossOf(shape, moved);
        values[k] = own;
        const slope = (above - below) / (2 ** -5 * batch * steps);
        worst = Math.max(worst, Math.abs(gradients[which]![k]! - slope));
      }
    });
    expect(worst).toBeLessThan(3e-4);
  });

  it("are counted", () => {
    const held = [...parameters.inputVectors, ...parameters.outputVectors, ...parameters.outputBiases];
    expect(tableNumbers(shape)).toBe(held.reduce((sum, { length }) => sum + length, 0));
  });

  it.runIf(kind !== "classes")("are those of the definition", () => {
    expect(lossOf(shape, parameters)).toBeCloseTo(lossOf(cell, plainOf(kind, parameters)), 4);
  });
});

describe("classes", () => {
  it("predict a class, then a member of it, from the same state", () => {
    const shape: EventModelShape = { ...cell, vectors: { kind: "classes", size: 3, slotOf } };
    const p = drawn(shape);
    // The state by the full model of the same cell and input vectors: with vectors of 1 its logits are the state's sums.
    const [classVectors, memberVectors] = p.outputVectors;
    const [classBiases, memberBiases] = p.outputBiases;
    const stateOf = (before: number): Float32Array =>
      runEventModel(
        kernels,
        cell,
        {
          ...p,
          outputVectors: [new Float32Array(tokens * cell.units)],
          outputBiases: [new Float32Array(tokens)],
        },
        { batch: 1, steps: 1, codes: [Int32Array.of(before, 0)] },
      ).state;
    const state = stateOf(3);
    const logOf = (vectors: Float32Array, biases: Float32Array, rows: readonly number[], row: number) => {
      const logits = rows.map((own) =>
        state.reduce((sum, value, k) => sum + value * vectors[own * cell.units + k]!, biases[own]!),
      );
      const total = Math.log(logits.reduce((sum, logit) => sum + Math.exp(logit), 0));
      return logits[rows.indexOf(row)]! - total;
    };
    const { losses } = runEventModel(kernels, shape, p, {
      batch: 1,
      steps: 1,
      codes: [Int32Array.of(3, 1)],
    });
    // Token 1 has slot 4: class 1, of slots 3, 4 and 5.
    expect(losses[0]).toBeCloseTo(-logOf(classVectors!, classBiases!, [0, 1, 2], 1), 5);
    expect(losses[1]).toBeCloseTo(-logOf(memberVectors!, memberBiases!, [3, 4, 5], 4), 5);
  });
});

describe("a ternary model", () => {
  it("is the model of its ternary weights with a state of eight bits, and learns straight through both", () => {
    const shape: EventModelShape = { ...cell, ternary: true };
    const p = drawn(shape);
    const columns = 3 * cell.units;
    // Weights that are ternary already, with scales by column, are their own ternary form.
    const ternary = (length: number, seed: number): Float32Array => {
      const numbers = random(seed);
      const scales = Array.from({ length: columns }, () => 0.5 + numbers.uniform());
      return Float32Array.from(
        { length: length * columns },
        (_, k) => scales[k % columns]! * (numbers.uniform() < 0.5 ? -1 : 1),
      );
    };
    const own = {
      ...p,
      inputWeights: ternary(cell.inputs, 1),
      stateWeights: ternary(cell.units, 2),
    };
    const float = runEventModel(kernels, cell, own, input);
    const run = runEventModel(kernels, shape, own, input);
    run.state.forEach((value, k) => {
      expect(Math.abs(127 * value - Math.round(127 * value))).toBeLessThan(1e-4);
      expect(value).toBeCloseTo(float.state[k]!, 1);
    });
    expect(run.losses[0]).not.toBe(float.losses[0]);
    expect(run.losses[0]).toBeCloseTo(float.losses[0]!, 1);
    const gradient = run.backward().stateWeights;
    expect(gradient.every((value) => Number.isFinite(value) && value !== 0)).toBe(true);
    // What is made ternary is another model.
    expect(lossOf(shape, p)).not.toBeCloseTo(lossOf(cell, p), 3);
  });
});

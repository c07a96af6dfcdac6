import { gatesOf } from "../../kernels/RecurrentCall.ts";
import type { Random } from "../../series/random.ts";
import { quantisedMatrix } from "../quantiseWeights.ts";
import { eventHeads } from "./eventHeads.ts";
import type { EventKernels } from "./eventKernels.ts";
import type { EventModelShape, EventParameters } from "./EventModel.ts";
import { expandTables, reduceTables } from "./eventTables.ts";
import {
  addFeatureInput,
  featureGradient,
  runTimingHead,
  type TimingBatch,
  type TimingRun,
} from "./TimingHead.ts";

/** Pieces of streams side by side. */
export interface EventBatch {
  readonly batch: number;
  /** Tokens predicted in each stream. */
  readonly steps: number;
  /** By code, [steps + 1][batch]: the token before the piece, then those to predict. */
  readonly codes: readonly Int32Array[];
  /** [batch][units], as the piece before left it; zero where absent. */
  readonly state?: Float32Array;
  /** Of a model that says when; it must be there for one, and for no other. */
  readonly timing?: TimingBatch;
  /** Absent where a model is scored. */
  readonly dropout?: EventDropout;
}

/** Numbers left out of the input vectors and of the states that the softmaxes read, those that stay made larger. */
export interface EventDropout {
  /** Chance that a number is left out, 0 to below 1. */
  readonly share: number;
  readonly numbers: Random;
}

export interface EventRun {
  /** Sum over the tokens of the loss of each code, in nats; of class and member with classes. Made when asked for. */
  readonly losses: readonly number[];
  /** By softmax, [positions][values]; made when asked for. */
  readonly logits: readonly Float32Array[];
  /** [batch][units] after the piece. */
  readonly state: Float32Array;
  /** Of a model that says when. */
  readonly timing?: Pick<TimingRun, "loss" | "logits">;
  /** Gradient of the mean loss of a token, that of its gap included; gives the memory back. */
  readonly backward: () => EventParameters;
  /** Gives the memory back where no gradient is wanted. */
  readonly release: () => void;
}

/** Row of the table of all input vectors, code after code, that each half-step of each stream reads: [halves][batch]. */
const readRows = ({ batch, codes, steps }: EventBatch, values: readonly number[]): Int32Array => {
  const starts = values.map((_, code) => values.slice(0, code).reduce((sum, own) => sum + own, 0));
  const rows = new Int32Array(steps * values.length * batch);
  for (let half = 0; half < steps * values.length; half++) {
    const predicted = half % values.length;
    const step = Math.floor(half / values.length);
    // The last code of the token before at first, then those of the token to predict.
    const code = predicted === 0 ? values.length - 1 : predicted - 1;
    const from = (predicted === 0 ? step : step + 1) * batch;
    for (let row = 0; row < batch; row++) {
      rows[half * batch + row] = starts[code]! + codes[code]![from + row]!;
    }
  }
  return rows;
};

/** Rows of the half-steps that predict the first code, [steps][block] of [steps][codes][block]. */
const rowsOfFirst = (values: Float32Array, codes: number, block: number): Float32Array => {
  const rows = new Float32Array(values.length / codes);
  for (let from = 0; from < rows.length; from += block) {
    rows.set(values.subarray(from * codes, from * codes + block), from);
  }
  return rows;
};

/** Adds [steps][block] to the rows of the first code of [steps][codes][block], in place. */
const addToFirstHalves = (values: Float32Array, added: Float32Array, codes: number, block: number): void => {
  for (let k = 0; k < added.length; k++) {
    const at = Math.floor(k / block) * codes * block + (k % block);
    values[at] = values[at]! + added[k]!;
  }
};

const joined = (arrays: readonly Float32Array[]): Float32Array => {
  if (arrays.length === 1) return arrays[0]!;
  const all = new Float32Array(arrays.reduce((sum, { length }) => sum + length, 0));
  let to = 0;
  for (const values of arrays) {
    all.set(values, to);
    to += values.length;
  }
  return all;
};

/** Multiplies values, in place, by factors drawn for each; the factors. */
const thinOut = (values: Float32Array, dropout: EventDropout | undefined): Float32Array | undefined => {
  if (dropout === undefined || dropout.share === 0) return undefined;
  const { numbers, share } = dropout;
  const factors = new Float32Array(values.length);
  for (let k = 0; k < factors.length; k++) factors[k] = numbers.uniform() < share ? 0 : 1 / (1 - share);
  scaleBy(values, factors);
  return factors;
};

const scaleBy = (values: Float32Array, factors: Float32Array | undefined): void => {
  if (factors === undefined) return;
  for (let k = 0; k < values.length; k++) values[k] = values[k]! * factors[k]!;
};

const addRows = (into: Float32Array, rows: Int32Array, values: Float32Array, width: number): void => {
  for (let k = 0; k < rows.length; k++) {
    const to = rows[k]! * width;
    for (let i = 0; i < width; i++) into[to + i] = into[to + i]! + values[k * width + i]!;
  }
};

/**
 * Runs a model over a batch: the codes of all tokens as one sequence through the fused cell, a softmax a code.
 *
 * Gradients pass straight through ternary weights and a rounded state.
 *
 * @throws RecurrentCallError where a size does not fit
 */
export const runEventModel = (
  { dense, recurrent, softmax }: EventKernels,
  shape: EventModelShape,
  parameters: EventParameters,
  input: EventBatch,
): EventRun => {
  const { codes, inputs, ternary = false, units } = shape;
  const { batch, state, steps, timing: times } = input;
  const { timing } = parameters;
  const halves = steps * codes.length;
  const tables = expandTables(shape, parameters);
  const table = joined(tables.inputVectors);
  const rows = readRows(input, codes);
  const x = new Float32Array(rows.length * inputs);
  rows.forEach((row, k) => x.set(table.subarray(row * inputs, (row + 1) * inputs), k * inputs));
  const firstHalves = { batch, steps, codes: codes.length };
  if (timing && times) addFeatureInput(dense, timing, times, x, firstHalves);
  const inputFactors = thinOut(x, input.dropout);
  const columns = gatesOf[shape.cell] * units;
  const weights = (values: Float32Array, length: number): Float32Array =>
    ternary ? quantisedMatrix("rowScale", values, length, columns) : values;
  const { states, tape } = recurrent.record({
    cell: shape.cell,
    sizes: { batch, steps: halves, inputs, units },
    x,
    w: weights(parameters.inputWeights, inputs),
    u: weights(parameters.stateWeights, units),
    mi: parameters.integration,
    stateQuantiser: ternary ? "int8" : "none",
    ...(state && { initialState: state }),
  });
  const targets = input.codes.map((values) => values.subarray(batch));
  const last = states.slice((halves - 1) * batch * units);
  const stateFactors = thinOut(states, input.dropout);
  const heads = eventHeads(shape, tables, states, targets, batch);

  const when =
    timing &&
    times &&
    runTimingHead({ dense, softmax }, timing, rowsOfFirst(states, codes.length, batch * units), times.bins);

  const backward = (): EventParameters => {
    const stateGradient = new Float32Array(states.length);
    const outputVectors = tables.outputVectors.map(({ length }) => new Float32Array(length));
    const outputBiases = tables.outputBiases.map(({ length }) => new Float32Array(length));
    for (const { array, call, first, rows: seen } of heads) {
      const own = softmax.gradients(call, 1 / (steps * batch));
      addRows(stateGradient, seen, own.states, units);
      outputVectors[array]!.set(own.vectors, first * units);
      outputBiases[array]!.set(own.biases, first);
    }
    const ofWhen = when?.backward();
    if (ofWhen) addToFirstHalves(stateGradient, ofWhen.states, codes.length, batch * units);
    scaleBy(stateGradient, stateFactors);
    const cell = tape.backward(stateGradient, true);
    tape.release();
    scaleBy(cell.x!, inputFactors);
    if (!shape.multiplicative) cell.mi.fill(0, 0, (3 * cell.mi.length) / 4);
    const ofTable = new Float32Array(table.length);
    addRows(ofTable, rows, cell.x!, inputs);
    let from = 0;
    const inputVectors = tables.inputVectors.map(({ length }) => ofTable.subarray(from, (from += length)));
    return {
      inputWeights: cell.w,
      stateWeights: cell.u,
      integration: cell.mi,
      ...reduceTables(shape, parameters, { inputVectors, outputVectors, outputBiases }),
      ...(ofWhen &&
        times && {
          timing: {
            featureVectors: featureGradient(dense, times, cell.x!, firstHalves),
            binVectors: ofWhen.binVectors,
            binBiases: ofWhen.binBiases,
          },
        }),
    };
  };
  return {
    get losses() {
      const sums: number[] = [];
      for (const { call, loss } of heads) sums[loss] = (sums[loss] ?? 0) + softmax.loss(call);
      return sums;
    },
    get logits() {
      return heads.map(({ call: { biases, classes, positions, states: seen, vectors } }) => {
        const logits = dense.multiplyByTranspose(seen, vectors, positions, classes, units);
        for (let k = 0; k < logits.length; k++) logits[k] = logits[k]! + biases[k % classes]!;
        return logits;
      });
    },
    state: last,
    ...(when && { timing: when }),
    backward,
    release: () => tape.release(),
  };
};

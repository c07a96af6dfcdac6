import { gatesOf } from "../../kernels/RecurrentCall.ts";
import type { DenseKernel } from "../../kernels/DenseKernel.ts";
import type { RecurrentKernel } from "../../kernels/RecurrentKernel.ts";
import { quantisedMatrix } from "../quantiseWeights.ts";
import { softmaxLoss } from "../sharedTable/softmaxLoss.ts";
import type { EventModelShape, EventParameters } from "./EventModel.ts";
import {
  addFeatureInput,
  featureGradient,
  runTimingHead,
  type TimingBatch,
  type TimingRun,
} from "./TimingHead.ts";

/** Kernels that a model runs on. */
export interface EventKernels {
  readonly recurrent: RecurrentKernel;
  readonly dense: DenseKernel;
}

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
}

export interface EventRun {
  /** Sum over the tokens of the loss of each code, in nats. */
  readonly losses: readonly number[];
  /** By code, [steps batch][values]. */
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

/** Which code a half-step reads: the last of the token before at first, then those of the token to predict. */
const readCode = (
  { batch, codes }: EventBatch,
  half: number,
  row: number,
): { readonly code: number; readonly value: number } => {
  const predicted = half % codes.length;
  const step = Math.floor(half / codes.length);
  const code = predicted === 0 ? codes.length - 1 : predicted - 1;
  return { code, value: codes[code]![(predicted === 0 ? step : step + 1) * batch + row]! };
};

/** Rows of the half-steps that predict one code, [steps][batch][width] of [steps codes][batch][width]. */
const rowsOfCode = (values: Float32Array, code: number, codes: number, block: number): Float32Array => {
  const steps = values.length / (codes * block);
  const rows = new Float32Array(steps * block);
  for (let step = 0; step < steps; step++) {
    const from = (step * codes + code) * block;
    rows.set(values.subarray(from, from + block), step * block);
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

const columnSums = (matrix: Float32Array, columns: number): Float32Array => {
  const sums = new Float64Array(columns);
  for (let row = 0; row < matrix.length; row += columns) {
    for (let k = 0; k < columns; k++) sums[k] = sums[k]! + matrix[row + k]!;
  }
  return Float32Array.from(sums);
};

/**
 * Runs a model over a batch: the codes of all tokens as one sequence through the fused cell, a softmax a code.
 *
 * Gradients pass straight through ternary weights and a rounded state.
 *
 * @throws RecurrentCallError where a size does not fit
 */
export const runEventModel = (
  { dense, recurrent }: EventKernels,
  shape: EventModelShape,
  parameters: EventParameters,
  input: EventBatch,
): EventRun => {
  const { inputs, ternary = false, units } = shape;
  const { batch, state, steps, timing: times } = input;
  const { timing } = parameters;
  const codes = shape.codes.length;
  const halves = steps * codes;
  const x = new Float32Array(halves * batch * inputs);
  for (let half = 0; half < halves; half++) {
    for (let row = 0; row < batch; row++) {
      const { code, value } = readCode(input, half, row);
      const vector = parameters.inputVectors[code]!.subarray(value * inputs, (value + 1) * inputs);
      x.set(vector, (half * batch + row) * inputs);
    }
  }
  const firstHalves = { batch, steps, codes };
  if (timing && times) addFeatureInput(dense, timing, times, x, firstHalves);
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
  const tokens = steps * batch;
  const heads = shape.codes.map((values, code) => {
    const seen = rowsOfCode(states, code, codes, batch * units);
    const logits = dense.multiplyByTranspose(seen, parameters.outputVectors[code]!, tokens, values, units);
    const biases = parameters.outputBiases[code]!;
    for (let from = 0; from < logits.length; from += values) {
      for (let k = 0; k < values; k++) logits[from + k] = logits[from + k]! + biases[k]!;
    }
    return { seen, logits, values, ...softmaxLoss(logits, input.codes[code]!.subarray(batch), values) };
  });

  const when = timing && times && runTimingHead(dense, timing, heads[0]!.seen, times.bins);

  const backward = (): EventParameters => {
    const stateGradient = new Float32Array(states.length);
    const ofHeads = heads.map(({ gradient, seen, values }, code) => {
      const mean = gradient.map((value) => value / tokens);
      const ofSeen = dense.multiply(mean, parameters.outputVectors[code]!, tokens, values, units);
      const block = batch * units;
      for (let step = 0; step < steps; step++) {
        stateGradient.set(ofSeen.subarray(step * block, (step + 1) * block), (step * codes + code) * block);
      }
      return {
        vectors: dense.multiplyTransposed(mean, seen, tokens, values, units),
        biases: columnSums(mean, values),
      };
    });
    const ofWhen = when?.backward();
    if (ofWhen) addToFirstHalves(stateGradient, ofWhen.states, codes, batch * units);
    const cell = tape.backward(stateGradient, true);
    tape.release();
    if (!shape.multiplicative) cell.mi.fill(0, 0, (3 * cell.mi.length) / 4);
    const inputVectors = parameters.inputVectors.map((values) => new Float32Array(values.length));
    for (let half = 0; half < halves; half++) {
      for (let row = 0; row < batch; row++) {
        const { code, value } = readCode(input, half, row);
        const into = inputVectors[code]!;
        const from = (half * batch + row) * inputs;
        for (let k = 0; k < inputs; k++) {
          into[value * inputs + k] = into[value * inputs + k]! + cell.x![from + k]!;
        }
      }
    }
    return {
      inputWeights: cell.w,
      stateWeights: cell.u,
      integration: cell.mi,
      inputVectors,
      outputVectors: ofHeads.map(({ vectors }) => vectors),
      outputBiases: ofHeads.map(({ biases }) => biases),
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
    losses: heads.map(({ loss }) => loss),
    logits: heads.map(({ logits }) => logits),
    state: states.slice((halves - 1) * batch * units),
    ...(when && { timing: { loss: when.loss, logits: when.logits } }),
    backward,
    release: () => tape.release(),
  };
};

import type { DenseKernel } from "../../kernels/DenseKernel.ts";
import type { SoftmaxKernel } from "../../kernels/SoftmaxKernel.ts";
import type { Random } from "../../series/random.ts";

/**
 * When the next event comes, beside which: what is known of the time goes into the first half-step of a token as a sum
 * of vectors, and the state that predicts the first code predicts the bin of the gap to the token by a softmax as well.
 */
export interface TimingShape {
  /** Numbers that tell of the time of the event before. */
  readonly features: number;
  /** Bins of the gap to the next event. */
  readonly bins: number;
}

/** Trainable numbers, row-major float32. */
export interface TimingParameters {
  /** [features][inputs] */
  readonly featureVectors: Float32Array;
  /** [bins][units] */
  readonly binVectors: Float32Array;
  /** [bins] */
  readonly binBiases: Float32Array;
}

/** What is known and what is predicted of the times of a batch. */
export interface TimingBatch {
  /** [steps][batch][features], of the event before each token. */
  readonly features: Float32Array;
  /** [steps][batch], of the gap to each token. */
  readonly bins: Int32Array;
}

/** Every array, always in the same order. */
export const timingArrays = ({
  binBiases,
  binVectors,
  featureVectors,
}: TimingParameters): readonly Float32Array[] => [featureVectors, binVectors, binBiases];

export const copyTiming = (timing: TimingParameters): TimingParameters => ({
  featureVectors: timing.featureVectors.slice(),
  binVectors: timing.binVectors.slice(),
  binBiases: timing.binBiases.slice(),
});

/** Deviation of the vectors at the start. */
const VECTOR_DEVIATION = 0.1;

/** Small vectors, no biases. */
export const initialTiming = (
  { bins, features }: TimingShape,
  inputs: number,
  units: number,
  numbers: Random,
): TimingParameters => {
  const gaussian = (size: number): Float32Array =>
    Float32Array.from({ length: size }, () => VECTOR_DEVIATION * numbers.normal());
  return {
    featureVectors: gaussian(features * inputs),
    binVectors: gaussian(bins * units),
    binBiases: new Float32Array(bins),
  };
};

/** Numbers of a timing head. */
export const timingNumbers = ({ bins, features }: TimingShape, inputs: number, units: number): number =>
  features * inputs + bins * (units + 1);

/** Where the first half-steps of the tokens stand among all half-steps of a batch. */
export interface FirstHalves {
  readonly steps: number;
  readonly batch: number;
  /** Half-steps of a token. */
  readonly codes: number;
}

/** Adds what the features say to the inputs of the first half-steps, in place. */
export const addFeatureInput = (
  dense: DenseKernel,
  { featureVectors }: TimingParameters,
  { features }: TimingBatch,
  x: Float32Array,
  { batch, codes, steps }: FirstHalves,
): void => {
  const rows = steps * batch;
  const [count, inputs] = [features.length / rows, x.length / (rows * codes)];
  const added = dense.multiply(features, featureVectors, rows, count, inputs);
  const block = batch * inputs;
  for (let step = 0; step < steps; step++) {
    const [from, to] = [step * block, step * codes * block];
    for (let k = 0; k < block; k++) x[to + k] = x[to + k]! + added[from + k]!;
  }
};

export interface TimingRun {
  /** Sum over the tokens of -log of the bin's probability, in nats. */
  readonly loss: number;
  /** [steps batch][bins] */
  readonly logits: Float32Array;
  /** Gradients of the mean loss of a token of the head, and of the states that it reads. */
  readonly backward: () => {
    readonly binVectors: Float32Array;
    readonly binBiases: Float32Array;
    readonly states: Float32Array;
  };
}

/**
 * Predicts the bins from the states that predict the first code.
 *
 * @param states [steps batch][units]
 */
export const runTimingHead = (
  { dense, softmax }: { readonly dense: DenseKernel; readonly softmax: SoftmaxKernel },
  { binBiases, binVectors }: TimingParameters,
  states: Float32Array,
  targets: Int32Array,
): TimingRun => {
  const positions = targets.length;
  const [classes, units] = [binBiases.length, states.length / positions];
  const call = { positions, classes, units, states, vectors: binVectors, biases: binBiases, targets };
  return {
    get loss() {
      return softmax.loss(call);
    },
    get logits() {
      const logits = dense.multiplyByTranspose(states, binVectors, positions, classes, units);
      for (let k = 0; k < logits.length; k++) logits[k] = logits[k]! + binBiases[k % classes]!;
      return logits;
    },
    backward: () => {
      const { biases, states: ofStates, vectors } = softmax.gradients(call, 1 / positions);
      return { binVectors: vectors, binBiases: biases, states: ofStates };
    },
  };
};

/** Gradient of the feature vectors, from that of the inputs of all half-steps. */
export const featureGradient = (
  dense: DenseKernel,
  { features }: TimingBatch,
  inputGradient: Float32Array,
  { batch, codes, steps }: FirstHalves,
): Float32Array => {
  const rows = steps * batch;
  const [count, inputs] = [features.length / rows, inputGradient.length / (rows * codes)];
  const block = batch * inputs;
  const ofFirst = new Float32Array(rows * inputs);
  for (let step = 0; step < steps; step++) {
    const from = step * codes * block;
    ofFirst.set(inputGradient.subarray(from, from + block), step * block);
  }
  return dense.multiplyTransposed(features, ofFirst, rows, count, inputs);
};

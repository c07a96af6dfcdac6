/** What is the same for all arrays of one step of Adam. */
export interface AdamUpdate {
  /** Of this step, from 1. */
  readonly step: number;
  readonly learningRate: number;
  /** Gradients are multiplied by it. */
  readonly factor: number;
  /** Values are multiplied by it first: decoupled weight decay. */
  readonly keep: number;
}

const BETA1 = 0.9;
const BETA2 = 0.99;
const EPSILON = 1e-8;

/** One step of Adam on one array, in place (Kingma & Ba 2015, algorithm 1; decay of Loshchilov & Hutter 2019, algorithm 2). */
export const adamUpdate = (
  values: Float32Array,
  gradient: Float32Array,
  first: Float32Array,
  second: Float32Array,
  { factor, keep, learningRate, step }: AdamUpdate,
): void => {
  const correction1 = 1 - BETA1 ** step;
  const correction2 = 1 - BETA2 ** step;
  for (let k = 0; k < values.length; k++) {
    const g = gradient[k]! * factor;
    first[k] = BETA1 * first[k]! + (1 - BETA1) * g;
    second[k] = BETA2 * second[k]! + (1 - BETA2) * g * g;
    values[k] =
      keep * values[k]! -
      (learningRate * (first[k]! / correction1)) / (Math.sqrt(second[k]! / correction2) + EPSILON);
  }
};

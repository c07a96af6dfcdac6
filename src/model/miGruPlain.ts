import * as tf from "@tensorflow/tfjs";
import type { StateQuantiser } from "../kernels/MiGruCall.ts";
import type { MiGruOptions } from "./MiGruOptions.ts";

/** Rounds in the forward pass and passes the gradient straight through. */
const straightThrough = (round: (state: tf.Tensor) => tf.Tensor): ((state: tf.Tensor) => tf.Tensor) =>
  tf.customGrad((state) => ({
    value: round(state as tf.Tensor),
    gradFunc: (gradient: tf.Tensor) => tf.clone(gradient),
  }));

const carryState: Record<StateQuantiser, (state: tf.Tensor) => tf.Tensor> = {
  none: (state) => state,
  int8: straightThrough((state) => tf.div(tf.round(tf.mul(state, 127)), 127)),
  ternary: straightThrough((state) => tf.round(tf.clipByValue(state, -1, 1))),
};

/** alpha p q + beta1 q + beta2 p + bias, from the rows of mi. */
const integrate = (p: tf.Tensor, q: tf.Tensor, [alpha, beta1, beta2, bias]: tf.Tensor[]): tf.Tensor => {
  if (!alpha || !beta1 || !beta2 || !bias) throw new Error("mi has fewer than its four rows");
  return tf.addN([tf.mul(alpha, tf.mul(p, q)), tf.mul(beta1, q), tf.add(tf.mul(beta2, p), bias)]);
};

/**
 * The same as `miGru` in plain tensor operations, step by step: its reference in tests, and its fallback where
 * higher derivatives are wanted.
 */
export const miGruPlain = (
  x: tf.Tensor3D,
  w: tf.Tensor2D,
  u: tf.Tensor2D,
  mi: tf.Tensor2D,
  { stateQuantiser, inputGradient = true }: MiGruOptions,
): tf.Tensor3D =>
  tf.tidy(() => {
    const [steps, batch, inputs] = x.shape;
    const units = u.shape[0];
    // A fresh tensor is unknown to the gradient tape.
    const source = inputGradient ? x : tf.tensor3d(x.dataSync(), x.shape);
    const products = tf.reshape(tf.matMul(tf.reshape(source, [steps * batch, inputs]), w), [
      steps,
      batch,
      3 * units,
    ]);
    const gatesU = tf.slice(u, [0, 0], [units, 2 * units]);
    const candidateU = tf.slice(u, [0, 2 * units], [units, units]);
    const gatesMi = tf.unstack(tf.slice(mi, [0, 0], [4, 2 * units]));
    const candidateMi = tf.unstack(tf.slice(mi, [0, 2 * units], [4, units]));
    let state: tf.Tensor = tf.zeros([batch, units]);
    // tfjs has no gradient of unstack into a single tensor.
    const productsOfSteps = steps === 1 ? [tf.squeeze(products, [0])] : tf.unstack(products);
    const states = productsOfSteps.map((p) => {
      const gateProducts = tf.slice(p, [0, 0], [batch, 2 * units]);
      const gates = tf.sigmoid(integrate(gateProducts, tf.matMul(state, gatesU), gatesMi));
      const update = tf.slice(gates, [0, 0], [batch, units]);
      const reset = tf.slice(gates, [0, units], [batch, units]);
      const recurrent = tf.matMul(tf.mul(reset, state), candidateU);
      const candidate = tf.tanh(
        integrate(tf.slice(p, [0, 2 * units], [batch, units]), recurrent, candidateMi),
      );
      state = carryState[stateQuantiser](tf.add(state, tf.mul(update, tf.sub(candidate, state))));
      return state;
    });
    return tf.stack(states) as tf.Tensor3D;
  });

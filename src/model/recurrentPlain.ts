import * as tf from "@tensorflow/tfjs";
import { gatesOf, type StateQuantiser } from "../kernels/RecurrentCall.ts";
import type { RecurrentOptions } from "./RecurrentOptions.ts";

/** Rounds in the forward pass and passes the gradient straight through. */
const straightThrough = (round: (state: tf.Tensor) => tf.Tensor): ((state: tf.Tensor) => tf.Tensor) =>
  tf.customGrad((state) => ({
    value: round(state as tf.Tensor),
    gradFunc: (gradient: tf.Tensor) => tf.clone(gradient),
  }));

const carryState: Readonly<Record<StateQuantiser, (state: tf.Tensor) => tf.Tensor>> = {
  none: (state) => state,
  int8: straightThrough((state) => tf.div(tf.round(tf.mul(state, 127)), 127)),
  ternary: straightThrough((state) => tf.round(tf.clipByValue(state, -1, 1))),
  uniform: straightThrough((state) =>
    tf.sub(tf.mul(tf.round(tf.mul(tf.add(state, 1), 1.5)), Math.fround(2 / 3)), 1),
  ),
};

/** alpha p q + beta1 q + beta2 p + bias, from the rows of mi. */
const integrate = (p: tf.Tensor, q: tf.Tensor, [alpha, beta1, beta2, bias]: tf.Tensor[]): tf.Tensor => {
  if (!alpha || !beta1 || !beta2 || !bias) throw new Error("mi has fewer than its four rows");
  return tf.addN([tf.mul(alpha, tf.mul(p, q)), tf.mul(beta1, q), tf.add(tf.mul(beta2, p), bias)]);
};

/**
 * The same as `recurrent` in plain tensor operations, step by step: its reference in tests, and its fallback where
 * higher derivatives are wanted. It has no chance in the state.
 *
 * @throws RangeError where `stateNoise` is given.
 */
export const recurrentPlain = (
  x: tf.Tensor3D,
  w: tf.Tensor2D,
  u: tf.Tensor2D,
  mi: tf.Tensor2D,
  { cell, inputGradient = true, slope = 1, stateNoise, stateQuantiser }: RecurrentOptions,
): tf.Tensor3D => {
  if (stateNoise !== undefined && stateNoise.share > 0) {
    throw new RangeError(
      "the plain cell has no chance in its state: take the fused one, or leave stateNoise out",
    );
  }
  return tf.tidy(() => {
    const [steps, batch, inputs] = x.shape;
    const units = u.shape[0];
    const columns = gatesOf[cell] * units;
    // A fresh tensor is unknown to the gradient tape.
    const source = inputGradient ? x : tf.tensor3d(x.dataSync(), x.shape);
    const products = tf.reshape(tf.matMul(tf.reshape(source, [steps * batch, inputs]), w), [
      steps,
      batch,
      columns,
    ]);
    const ofGates = (from: number, count: number): { readonly u: tf.Tensor; readonly mi: tf.Tensor[] } => ({
      u: tf.slice(u, [0, from * units], [units, count * units]),
      mi: tf.unstack(tf.mul(tf.slice(mi, [0, from * units], [4, count * units]), slope)),
    });
    /** Scaled pre-activations of `count` gates from `from` on. */
    const preActivation = (
      p: tf.Tensor,
      state: tf.Tensor,
      gates: ReturnType<typeof ofGates>,
      from: number,
      count: number,
    ): tf.Tensor =>
      integrate(tf.slice(p, [0, from * units], [batch, count * units]), tf.matMul(state, gates.u), gates.mi);
    const part = (gates: tf.Tensor, which: number): tf.Tensor =>
      tf.slice(gates, [0, which * units], [batch, units]);

    let state: tf.Tensor = tf.zeros([batch, units]);
    let memory: tf.Tensor = tf.zeros([batch, units]);
    const advance: Readonly<Record<typeof cell, () => (p: tf.Tensor) => tf.Tensor>> = {
      rnn: () => {
        const all = ofGates(0, 1);
        return (p) => tf.tanh(preActivation(p, state, all, 0, 1));
      },
      lstm: () => {
        const all = ofGates(0, 4);
        return (p) => {
          const a = preActivation(p, state, all, 0, 4);
          const gates = tf.sigmoid(tf.slice(a, [0, 0], [batch, 3 * units]));
          memory = tf.add(tf.mul(part(gates, 1), memory), tf.mul(part(gates, 0), tf.tanh(part(a, 3))));
          return tf.mul(part(gates, 2), tf.tanh(tf.mul(memory, slope)));
        };
      },
      gru: () => {
        const [both, last] = [ofGates(0, 2), ofGates(2, 1)];
        return (p) => {
          const gates = tf.sigmoid(preActivation(p, state, both, 0, 2));
          const candidate = tf.tanh(preActivation(p, tf.mul(part(gates, 1), state), last, 2, 1));
          return tf.add(state, tf.mul(part(gates, 0), tf.sub(candidate, state)));
        };
      },
    };
    const step = advance[cell]();
    // tfjs has no gradient of unstack into a single tensor.
    const productsOfSteps = steps === 1 ? [tf.squeeze(products, [0])] : tf.unstack(products);
    const states = productsOfSteps.map((p) => {
      state = carryState[stateQuantiser](step(p));
      return state;
    });
    return tf.stack(states) as tf.Tensor3D;
  });
};

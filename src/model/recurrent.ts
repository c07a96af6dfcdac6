import * as tf from "@tensorflow/tfjs";
import { createRecurrentKernel } from "../kernels/RecurrentKernel.ts";
import type { RecurrentOptions } from "./RecurrentOptions.ts";

const kernel = createRecurrentKernel();

const valuesOf = (tensor: tf.Tensor): Float32Array => tensor.dataSync<"float32">();

/**
 * Hidden states [steps][batch][units] of a recurrent cell from a zero initial state, by the fused kernel, with
 * gradients; equations and layouts as in `RecurrentCall`, all float32, on any backend. First derivatives only.
 *
 * @param x [steps, batch, inputs]
 * @param w [inputs, gates units], gates in the order of the cell
 * @param u [units, gates units]
 * @param mi [4, gates units]: alpha, beta1, beta2, bias
 * @throws RecurrentCallError when the shapes do not fit together.
 * @example
 * const [x, w, u, mi] = [[5, 2, 3], [3, 16], [4, 16], [4, 16]].map((shape) => tf.zeros(shape));
 * recurrent(x, w, u, mi, { cell: "lstm", stateQuantiser: "int8" }).shape; // => [5, 2, 4]
 */
export const recurrent = (
  x: tf.Tensor3D,
  w: tf.Tensor2D,
  u: tf.Tensor2D,
  mi: tf.Tensor2D,
  { inputGradient = true, ...options }: RecurrentOptions,
): tf.Tensor3D => {
  const [steps, batch, inputs] = x.shape;
  const units = u.shape[0];
  const shape: [number, number, number] = [steps, batch, units];
  const callOf = () => ({
    ...options,
    sizes: { batch, steps, inputs, units },
    x: valuesOf(x),
    w: valuesOf(w),
    u: valuesOf(u),
    mi: valuesOf(mi),
  });
  if (!tf.engine().isTapeOn()) return tf.tensor3d(kernel.forward(callOf()), shape);

  const run = () => {
    const { states, tape } = kernel.record(callOf());
    const gradFunc = (stateGradient: tf.Tensor): tf.Tensor[] => {
      const gradients = tape.backward(valuesOf(stateGradient), inputGradient);
      tape.release();
      return [
        tf.tensor2d(gradients.w, w.shape),
        tf.tensor2d(gradients.u, u.shape),
        tf.tensor2d(gradients.mi, mi.shape),
        ...(gradients.x ? [tf.tensor3d(gradients.x, x.shape)] : []),
      ];
    };
    return { value: tf.tensor3d(states, shape), gradFunc };
  };
  // tfjs asks for the gradients of all arguments at once, so x is one only where its gradient is wanted.
  return tf.customGrad(run)(w, u, mi, ...(inputGradient ? [x] : []));
};

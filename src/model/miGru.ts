import * as tf from "@tensorflow/tfjs";
import { createMiGruKernel } from "../kernels/MiGruKernel.ts";
import type { MiGruOptions } from "./MiGruOptions.ts";

const kernel = createMiGruKernel();

const valuesOf = (tensor: tf.Tensor): Float32Array => tensor.dataSync<"float32">();

/**
 * Hidden states [steps][batch][units] of the MI-GRU from a zero initial state, by the fused kernel, with
 * gradients; equations and layouts as in `MiGruCall`, all float32, on any backend. First derivatives only.
 *
 * @param x [steps, batch, inputs]
 * @param w [inputs, 3 units], gates in the order z, r, candidate
 * @param u [units, 3 units]
 * @param mi [4, 3 units]: alpha, beta1, beta2, bias
 * @throws MiGruCallError when the shapes do not fit together.
 * @example
 * const [x, w, u, mi] = [[5, 2, 3], [3, 12], [4, 12], [4, 12]].map((shape) => tf.zeros(shape));
 * miGru(x, w, u, mi, { stateQuantiser: "int8" }).shape; // => [5, 2, 4]
 */
export const miGru = (
  x: tf.Tensor3D,
  w: tf.Tensor2D,
  u: tf.Tensor2D,
  mi: tf.Tensor2D,
  { stateQuantiser, inputGradient = true }: MiGruOptions,
): tf.Tensor3D => {
  const [steps, batch, inputs] = x.shape;
  const units = u.shape[0];
  const shape: [number, number, number] = [steps, batch, units];
  const callOf = () => ({
    sizes: { batch, steps, inputs, units },
    x: valuesOf(x),
    w: valuesOf(w),
    u: valuesOf(u),
    mi: valuesOf(mi),
    stateQuantiser,
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

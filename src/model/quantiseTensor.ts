import * as tf from "@tensorflow/tfjs";
import { quantisedMatrix, type WeightQuantiser } from "./quantiseWeights.ts";

/**
 * The quantised weights [inputs, output units] in the forward pass; in the reverse pass the gradient goes straight
 * through to the latent weights, with `clipped` only where |w| <= 1 (Hubara et al., "Binarized Neural Networks").
 *
 * @example
 * const weights = tf.tensor2d([1, -0.25, -3, 0.25], [2, 2]);
 * quantiseTensor(weights, "rowScale").dataSync(); // => Float32Array [ 0, -0.25, -3, 0.25 ]
 */
export const quantiseTensor = (
  weights: tf.Tensor2D,
  quantiser: WeightQuantiser,
  { clipped = false }: { readonly clipped?: boolean } = {},
): tf.Tensor2D =>
  tf.customGrad((latent, save) => {
    const values = latent as tf.Tensor2D;
    if (clipped) (save as tf.GradSaveFunc)([values]);
    const [rows, columns] = values.shape;
    const quantised = quantisedMatrix(quantiser, values.dataSync<"float32">(), rows, columns);
    return {
      value: tf.tensor2d(quantised, values.shape),
      gradFunc: (gradient: tf.Tensor, saved: tf.Tensor[]) => {
        const [within] = saved;
        return within
          ? tf.mul(gradient, tf.cast(tf.lessEqual(tf.abs(within), 1), "float32"))
          : tf.clone(gradient);
      },
    };
  })(weights);

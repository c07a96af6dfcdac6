import * as tf from "@tensorflow/tfjs";
import { createRecurrentKernel } from "../src/kernels/RecurrentKernel.ts";
import { selectBackend } from "../src/model/backend.ts";
import { recurrent } from "../src/model/recurrent.ts";
import { recurrentPlain } from "../src/model/recurrentPlain.ts";
import type { Measure } from "./BenchRow.ts";
import { medianTime } from "./medianTime.ts";

const shapes = [
  { batch: 64, steps: 24, inputs: 16, units: 64 },
  { batch: 32, steps: 144, inputs: 45, units: 32 },
  { batch: 32, steps: 144, inputs: 60, units: 32 },
  { batch: 256, steps: 48, inputs: 60, units: 32 },
];

/** Multiplications and additions of the matrix products, forward and reverse, without the gradient of x. */
const operations = ({ batch, steps, inputs, units }: (typeof shapes)[number]): number =>
  2 * batch * steps * 3 * units * (inputs + units + 2 * units + inputs);

/**
 * Forward and reverse pass of the recurrent operator: the kernel alone, the kernel as a tfjs operator with its
 * copies, and the same cell in plain tfjs operations.
 */
export const measure: Measure = async (report) => {
  const { name: backend } = await selectBackend();
  const kernel = createRecurrentKernel();
  for (const sizes of shapes) {
    const { batch, steps, inputs, units } = sizes;
    const shape = `batch ${batch}, steps ${steps}, inputs ${inputs}, units ${units}`;
    const gates = 3 * units;
    const x = tf.randomUniform<tf.Rank.R3>([steps, batch, inputs], -2, 2, "float32", 1);
    const w = tf.randomUniform<tf.Rank.R2>([inputs, gates], -0.2, 0.2, "float32", 2);
    const u = tf.randomUniform<tf.Rank.R2>([units, gates], -0.2, 0.2, "float32", 3);
    const mi = tf.randomUniform<tf.Rank.R2>([4, gates], 0.2, 0.8, "float32", 4);
    const stateGradient = tf.randomUniform<tf.Rank.R3>([steps, batch, units], -1, 1, "float32", 5);

    const [xs, ws, us, mis, gradient] = [x, w, u, mi, stateGradient].map((tensor) =>
      tensor.dataSync<"float32">(),
    );
    if (!xs || !ws || !us || !mis || !gradient) throw new Error("the arrays of the run are incomplete");
    const stepOfKernel = (): void => {
      const call = {
        cell: "gru" as const,
        sizes,
        x: xs,
        w: ws,
        u: us,
        mi: mis,
        stateQuantiser: "none" as const,
      };
      const { tape } = kernel.record(call);
      tape.backward(gradient, false);
      tape.release();
    };
    const stepOf = (operator: typeof recurrent) => async (): Promise<void> => {
      const gradientsOf = tf.grads((w, u, mi) =>
        operator(x, w as tf.Tensor2D, u as tf.Tensor2D, mi as tf.Tensor2D, {
          cell: "gru",
          stateQuantiser: "none",
          inputGradient: false,
        }),
      );
      const gradients = gradientsOf([w, u, mi], stateGradient);
      await Promise.all(gradients.map((tensor) => tensor.data()));
      tf.dispose(gradients);
    };

    const alone = await medianTime(stepOfKernel, { warmUp: 20, repeats: 41 });
    const fused = await medianTime(stepOf(recurrent), { warmUp: 10, repeats: 31 });
    const plain = await medianTime(stepOf(recurrentPlain), { warmUp: 2, repeats: 7 });
    report({ case: `kernel, ${shape}`, value: alone, unit: "ms" });
    report({ case: `kernel, ${shape}`, value: operations(sizes) / alone / 1e6, unit: "GFLOP/s" });
    report({ case: `kernel in tfjs (${backend}), ${shape}`, value: fused, unit: "ms" });
    report({ case: `peer: plain tfjs operations (${backend}), ${shape}`, value: plain, unit: "ms" });
    report({ case: `plain / kernel in tfjs, ${shape}`, value: plain / fused, unit: "times", atLeast: 10 });
    tf.dispose([x, w, u, mi, stateGradient]);
  }
};

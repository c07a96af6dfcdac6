import { blocksOf } from "../series/arrangeQuantiles.ts";
import { addQuantileLoss } from "./addQuantileLoss.ts";
import { decodeOutput } from "./decodeOutput.ts";
import type { TrainingData } from "./TrainingData.ts";

export interface LossAndGradient {
  readonly loss: number;
  /** d loss / d outputs, same layout as the outputs. */
  readonly gradient: Float32Array;
}

/**
 * Mean absolute, or mean squared, error in units of the baseline's own error, over all outputs whose truth was observed.
 * With quantile levels their loss is added, a mean over the same points; see {@link addQuantileLoss}.
 *
 * @param outputs rows of [block][target][lead], see {@link blocksOf}; row n belongs to `sensorOf[n]`, `originOf[n]`
 * @param scale what a unit of loss is worth, by output, in physical units
 */
export const forecastLoss = (
  data: TrainingData,
  outputs: Float32Array,
  sensorOf: Int32Array,
  originOf: Int32Array,
  scale: Float64Array,
  kind: "absolute" | "squared" = "absolute",
  levels: readonly number[] = [],
): LossAndGradient => {
  const { plan } = data;
  const width = plan.targets.length * plan.horizonSteps;
  const blocks = blocksOf(levels);
  const gradient = new Float32Array(outputs.length);
  const values = new Float64Array(width);
  const slopes = new Float64Array(width);
  let sum = 0;
  let count = 0;
  for (let row = 0; row < sensorOf.length; row++) {
    const sensor = sensorOf[row]!;
    const origin = originOf[row]!;
    decodeOutput(data, outputs, row * blocks, sensor, origin, values, slopes);
    for (let target = 0; target < plan.targets.length; target++) {
      const offset = (target * data.sensors + sensor) * data.steps + origin;
      for (let lead = 1; lead <= plan.horizonSteps; lead++) {
        const truth = data.truth[offset + lead]!;
        if (Number.isNaN(truth)) continue;
        const index = target * plan.horizonSteps + lead - 1;
        const error = values[index]! - truth;
        const relative = error / scale[index]!;
        sum += kind === "squared" ? relative * relative : Math.abs(relative);
        const slope = kind === "squared" ? 2 * relative : Math.sign(relative);
        gradient[row * blocks * width + index] = (slope * slopes[index]!) / scale[index]!;
        count++;
      }
    }
  }
  if (count === 0) return { loss: 0, gradient };
  if (levels.length > 0) sum += addQuantileLoss(data, outputs, sensorOf, originOf, scale, levels, gradient);
  for (let k = 0; k < gradient.length; k++) gradient[k]! /= count;
  return { loss: sum / count, gradient };
};

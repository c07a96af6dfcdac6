import { blocksOf } from "../series/arrangeQuantiles.ts";
import { decodeOutput } from "./decodeOutput.ts";
import type { TrainingData } from "./TrainingData.ts";

/**
 * Loss of the quantile blocks beside the median (layout at `blocksOf`): twice the pinball loss (Koenker & Bassett 1978,
 * "Regression quantiles"), which at level 0.5 is the absolute error; in units of `scale`, summed over observed truths
 * and averaged over levels.
 *
 * The quantiles of a cell are sorted first and judged in that order, so that they cannot cross; the gradient of each
 * goes back to the output that it came from. Equal values keep the order of their levels.
 *
 * @param outputs rows of [block][target][lead]; row n belongs to `sensorOf[n]`, `originOf[n]`
 * @param scale what a unit of loss is worth, [target][lead], in physical units
 * @param gradient receives d loss / d outputs, added to what is there; same layout as `outputs`
 */
export const addQuantileLoss = (
  data: TrainingData,
  outputs: Float32Array,
  sensorOf: Int32Array,
  originOf: Int32Array,
  scale: Float64Array,
  levels: readonly number[],
  gradient: Float32Array,
): number => {
  const { plan } = data;
  const width = plan.targets.length * plan.horizonSteps;
  const blocks = blocksOf(levels);
  const count = levels.length;
  const values = new Float64Array(count * width);
  const slopes = new Float64Array(count * width);
  const rowOf = Array.from({ length: count }, (_, k) => ({
    values: values.subarray(k * width, (k + 1) * width),
    slopes: slopes.subarray(k * width, (k + 1) * width),
  }));
  /** Level whose output is the k-th smallest of the cell. */
  const source = new Int32Array(count);
  let sum = 0;
  for (let row = 0; row < sensorOf.length; row++) {
    const sensor = sensorOf[row]!;
    const origin = originOf[row]!;
    for (let k = 0; k < count; k++) {
      const into = rowOf[k]!;
      decodeOutput(data, outputs, row * blocks + 1 + k, sensor, origin, into.values, into.slopes);
    }
    for (let cell = 0; cell < width; cell++) {
      const target = Math.floor(cell / plan.horizonSteps);
      const lead = (cell % plan.horizonSteps) + 1;
      const truth = data.truth[(target * data.sensors + sensor) * data.steps + origin + lead]!;
      if (Number.isNaN(truth)) continue;
      for (let k = 0; k < count; k++) {
        let place = k;
        for (; place > 0 && values[source[place - 1]! * width + cell]! > values[k * width + cell]!; place--) {
          source[place] = source[place - 1]!;
        }
        source[place] = k;
      }
      const unit = 2 / (count * scale[cell]!);
      for (let k = 0; k < count; k++) {
        const from = source[k]! * width + cell;
        const error = values[from]! - truth;
        const slope = error > 0 ? 1 - levels[k]! : error < 0 ? -levels[k]! : 0;
        sum += unit * slope * error;
        gradient[(row * blocks + 1 + source[k]!) * width + cell]! += unit * slope * slopes[from]!;
      }
    }
  }
  return sum;
};

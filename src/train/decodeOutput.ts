import { baselineLevels } from "../series/baseline.ts";
import { invertTransform, invertTransformSlope } from "../series/transform.ts";
import type { TrainingData } from "./TrainingData.ts";

/**
 * Turns one row of head outputs into forecasts in physical units:
 * value = inverse(transform(baseline) + deviation * y).
 *
 * @param outputs head outputs, rows of [target][lead]; with quantile heads each block is such a row, see `blocksOf`
 * @param values receives the forecasts of the row, [target][lead]
 * @param slopes receives d value / d y of the row where given
 */
export const decodeOutput = (
  data: TrainingData,
  outputs: Float32Array,
  row: number,
  sensor: number,
  origin: number,
  values: Float64Array,
  slopes?: Float64Array,
): void => {
  const { plan } = data;
  const width = plan.targets.length * plan.horizonSteps;
  for (let target = 0; target < plan.targets.length; target++) {
    const { deviation, transform } = plan.targets[target]!;
    const levels = (target * data.sensors + sensor) * data.steps;
    const first = target * plan.horizonSteps;
    baselineLevels(plan, target, sensor, data.level, levels, origin, values, first);
    for (let index = first; index < first + plan.horizonSteps; index++) {
      const scaled = values[index]! + deviation * outputs[row * width + index]!;
      values[index] = invertTransform(transform, scaled);
      if (slopes !== undefined) slopes[index] = invertTransformSlope(transform, scaled) * deviation;
    }
  }
};

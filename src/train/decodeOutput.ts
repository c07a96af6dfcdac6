import type { FeaturePlan } from "../series/FeaturePlan.ts";
import { baselineStep } from "../series/features.ts";
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
    for (let lead = 1; lead <= plan.horizonSteps; lead++) {
      const index = target * plan.horizonSteps + lead - 1;
      const level = data.level[levels + Math.max(0, baselineStep(plan, origin, lead))]!;
      const scaled = level + deviation * outputs[row * width + index]!;
      values[index] = invertTransform(transform, scaled);
      if (slopes !== undefined) slopes[index] = invertTransformSlope(transform, scaled) * deviation;
    }
  }
};

/**
 * Mean absolute error of the baseline by output on the steps `from..to - 1`, in physical units: what a unit of
 * loss is worth. Never below a thousandth of the target's deviation.
 */
export const baselineErrors = (data: TrainingData, from: number, to: number): Float64Array => {
  const { plan } = data;
  const errors = new Float64Array(plan.targets.length * plan.horizonSteps);
  for (let target = 0; target < plan.targets.length; target++) {
    const floor = smallestError(plan, target);
    for (let lead = 1; lead <= plan.horizonSteps; lead++) {
      let sum = 0;
      let count = 0;
      for (let sensor = 0; sensor < data.sensors; sensor++) {
        const offset = (target * data.sensors + sensor) * data.steps;
        for (let origin = from; origin + lead < to; origin++) {
          const truth = data.truth[offset + origin + lead]!;
          const source = baselineStep(plan, origin, lead);
          if (source < 0 || Number.isNaN(truth) || Number.isNaN(data.truth[offset + source]!)) continue;
          sum += Math.abs(truth - data.truth[offset + source]!);
          count++;
        }
      }
      errors[target * plan.horizonSteps + lead - 1] = Math.max(floor, count === 0 ? 1 : sum / count);
    }
  }
  return errors;
};

const smallestError = (plan: FeaturePlan, target: number): number => {
  const { deviation, fallback, transform } = plan.targets[target]!;
  return 1e-3 * deviation * (transform === "identity" ? 1 : 1 + Math.abs(fallback));
};

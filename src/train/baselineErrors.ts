import { baselineLevels, baselineStep } from "../series/baseline.ts";
import type { FeaturePlan } from "../series/FeaturePlan.ts";
import { invertTransform } from "../series/transform.ts";
import type { TrainingData } from "./TrainingData.ts";

/**
 * Mean absolute error of the baseline by output on the steps `from..to - 1`, in physical units, over the points where
 * both the truth and the reading that the baseline starts from were observed: what a unit of loss is worth. Never below
 * a thousandth of the target's deviation.
 */
export const baselineErrors = (data: TrainingData, from: number, to: number): Float64Array => {
  const { horizonSteps, targets } = data.plan;
  const errors = new Float64Array(targets.length * horizonSteps);
  const readings = new Float64Array(horizonSteps);
  for (let target = 0; target < targets.length; target++) {
    const sums = new Float64Array(horizonSteps);
    const counts = new Float64Array(horizonSteps);
    for (let sensor = 0; sensor < data.sensors; sensor++) {
      const offset = (target * data.sensors + sensor) * data.steps;
      for (let origin = from; origin + 1 < to; origin++) {
        baselineReadings(data, target, sensor, origin, readings);
        for (let lead = 1; lead <= horizonSteps && origin + lead < to; lead++) {
          const truth = data.truth[offset + origin + lead]!;
          const source = baselineStep(data.plan, origin, lead);
          if (source < 0 || Number.isNaN(truth) || Number.isNaN(data.truth[offset + source]!)) continue;
          sums[lead - 1]! += Math.abs(truth - readings[lead - 1]!);
          counts[lead - 1]!++;
        }
      }
    }
    const floor = smallestError(data.plan, target);
    sums.forEach((sum, lead) => {
      errors[target * horizonSteps + lead] = Math.max(floor, counts[lead] === 0 ? 1 : sum / counts[lead]!);
    });
  }
  return errors;
};

/** Baseline of one sensor at one origin in physical units, by lead. */
const baselineReadings = (
  data: TrainingData,
  target: number,
  sensor: number,
  origin: number,
  into: Float64Array,
): void => {
  const { plan } = data;
  const offset = (target * data.sensors + sensor) * data.steps;
  if (plan.baseline.kind !== "linear") {
    // The readings themselves, so that no rounding of the learned scale enters.
    baselineLevels(plan, target, sensor, data.held, offset, origin, into);
    return;
  }
  baselineLevels(plan, target, sensor, data.level, offset, origin, into);
  const { transform } = plan.targets[target]!;
  for (let lead = 0; lead < into.length; lead++) into[lead] = invertTransform(transform, into[lead]!);
};

const smallestError = (plan: FeaturePlan, target: number): number => {
  const { deviation, fallback, transform } = plan.targets[target]!;
  return 1e-3 * deviation * (transform === "identity" ? 1 : 1 + Math.abs(fallback));
};

import type { FeaturePlan } from "../series/FeaturePlan.ts";
import { computeFeatures, observedFeatureCount, type Readings } from "../series/features.ts";
import { forwardFill } from "../series/forwardFill.ts";
import { transformReading } from "../series/transform.ts";

/** Readings of the sensors and channels of a plan: what a forecast is made from and judged against. */
export interface PlannedReadings {
  readonly plan: FeaturePlan;
  readonly readings: Readings;
  readonly sensors: number;
  readonly steps: number;
}

/**
 * A panel prepared for training and evaluation: features once for every step, targets and baselines ready to be
 * looked up.
 */
export interface TrainingData extends PlannedReadings {
  readonly observed: number;
  /** [sensor][step][observed]. */
  readonly features: Float32Array;
  /** Readings held over gaps, in physical units: [target][sensor][step]. */
  readonly held: Float32Array;
  /** The same on the learned scale: [target][sensor][step]. */
  readonly level: Float32Array;
  /** Readings as observed, NaN where missing: [target][sensor][step]. */
  readonly truth: Float32Array;
}

export const prepareTrainingData = (plan: FeaturePlan, readings: Readings): TrainingData => {
  const sensors = plan.sensors.length;
  const { steps } = readings;
  const size = plan.targets.length * sensors * steps;
  const held = new Float32Array(size);
  const level = new Float32Array(size);
  const filled = new Float64Array(steps);
  plan.targets.forEach((scaling, target) => {
    for (let sensor = 0; sensor < sensors; sensor++) {
      const offset = (target * sensors + sensor) * steps;
      forwardFill(
        readings.values.subarray(offset, offset + steps),
        filled,
        0,
        steps,
        plan.holdSteps,
        scaling.fallback,
      );
      held.set(filled, offset);
      for (let step = 0; step < steps; step++) {
        level[offset + step] = transformReading(scaling.transform, filled[step]!);
      }
    }
  });
  const withoutEmbedding: FeaturePlan = { ...plan, embedding: plan.sensors.map(() => []) };
  return {
    plan,
    readings,
    sensors,
    steps,
    observed: observedFeatureCount(plan),
    features: computeFeatures(withoutEmbedding, readings, 0, steps),
    held,
    level,
    truth: Float32Array.from(readings.values.subarray(0, size)),
  };
};

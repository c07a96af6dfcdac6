import type { TrainingData } from "../train/TrainingData.ts";

/** What happened, laid out as forecasts are; NaN where missing. */
export const truthForecasts = (
  data: Pick<TrainingData, "plan" | "sensors" | "steps" | "truth">,
  origins: Int32Array,
): Float32Array => {
  const { horizonSteps, targets } = data.plan;
  const values = new Float32Array(origins.length * data.sensors * targets.length * horizonSteps);
  let at = 0;
  for (const origin of origins) {
    for (let sensor = 0; sensor < data.sensors; sensor++) {
      for (let target = 0; target < targets.length; target++) {
        const offset = (target * data.sensors + sensor) * data.steps + origin + 1;
        values.set(data.truth.subarray(offset, offset + horizonSteps), at);
        at += horizonSteps;
      }
    }
  }
  return values;
};

/** Sums of point errors of one model and target, by group; they add over folds. */
import type { TrainingData } from "../../train/TrainingData.ts";
import type { ForecastSet } from "../ForecastSet.ts";
import type { ScoreGroups } from "./ScoreGroups.ts";

/** Fields of a group, in their order in the array. */
export const ERROR_FIELDS = ["count", "absolute", "squared", "symmetric", "scaled", "scaledCount"] as const;

/**
 * Adds up the errors of a model at all origins, [group][field of {@link ERROR_FIELDS}]. Values whose truth is missing
 * are left out.
 *
 * `symmetric` sums 2 |y - f| / (|y| + |f|), 0 where both are 0 (Makridakis 1993); `scaled` sums |y - f| in units of the
 * sensor's scale, over the `scaledCount` values of sensors that have one.
 *
 * @param scales by sensor: see `seasonalScale`; NaN where there is none
 * @param hourOf local hour of a step, 0..23
 */
export const errorSums = (
  data: Pick<TrainingData, "plan" | "sensors" | "steps" | "truth">,
  origins: Int32Array,
  { values }: Pick<ForecastSet, "values">,
  target: number,
  scales: ArrayLike<number>,
  groups: ScoreGroups,
  hourOf: (step: number) => number,
): Float64Array => {
  const { horizonSteps, targets } = data.plan;
  const outputs = targets.length * horizonSteps;
  const fields = ERROR_FIELDS.length;
  const sums = new Float64Array(groups.count * fields);
  const add = (group: number, absolute: number, symmetric: number, scaled: number): void => {
    const at = group * fields;
    sums[at]!++;
    sums[at + 1]! += absolute;
    sums[at + 2]! += absolute * absolute;
    sums[at + 3]! += symmetric;
    if (Number.isNaN(scaled)) return;
    sums[at + 4]! += scaled;
    sums[at + 5]!++;
  };
  origins.forEach((origin, index) => {
    for (let sensor = 0; sensor < data.sensors; sensor++) {
      const row = (index * data.sensors + sensor) * outputs + target * horizonSteps - 1;
      const series = (target * data.sensors + sensor) * data.steps + origin;
      for (let lead = 1; lead <= horizonSteps; lead++) {
        const truth = data.truth[series + lead]!;
        if (Number.isNaN(truth)) continue;
        const forecast = values[row + lead]!;
        const absolute = Math.abs(forecast - truth);
        const size = Math.abs(truth) + Math.abs(forecast);
        const symmetric = size === 0 ? 0 : (2 * absolute) / size;
        const scaled = absolute / scales[sensor]!;
        add(0, absolute, symmetric, scaled);
        add(groups.ofLead(lead), absolute, symmetric, scaled);
        add(groups.ofSensor(sensor), absolute, symmetric, scaled);
        add(groups.ofHour(hourOf(origin + lead)), absolute, symmetric, scaled);
      }
    }
  });
  return sums;
};

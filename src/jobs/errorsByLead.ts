import type { RunSummary } from "../report/RunSummary.ts";
import type { TrainingData } from "../train/TrainingData.ts";
import type { ForecastSet } from "./ForecastSet.ts";

/**
 * Mean absolute and root mean square error of each model by target and lead.
 *
 * A forecast is judged where the reading at the origin and the reading forecast were both observed, so that
 * every model is judged on the same points.
 *
 * @param sensors those that are judged; all where left out
 */
export const errorsByLead = (
  data: TrainingData,
  origins: Int32Array,
  sets: readonly ForecastSet[],
  units: readonly string[],
  sensors: readonly number[] = data.plan.sensors.map((_, sensor) => sensor),
): RunSummary["metrics"] => {
  const { horizonSteps, targets } = data.plan;
  const outputs = targets.length * horizonSteps;
  return targets.map(({ channel }, target) => ({
    channel,
    unit: units[target]!,
    rows: Array.from({ length: horizonSteps }, (_, index) => {
      const lead = index + 1;
      const absolute = new Float64Array(sets.length);
      const squared = new Float64Array(sets.length);
      let count = 0;
      origins.forEach((origin, originIndex) => {
        for (const sensor of sensors) {
          const offset = (target * data.sensors + sensor) * data.steps + origin;
          const truth = data.truth[offset + lead]!;
          if (Number.isNaN(truth) || Number.isNaN(data.truth[offset]!)) continue;
          const at = (originIndex * data.sensors + sensor) * outputs + target * horizonSteps + index;
          count++;
          for (let set = 0; set < sets.length; set++) {
            const error = sets[set]!.values[at]! - truth;
            absolute[set]! += Math.abs(error);
            squared[set]! += error * error;
          }
        }
      });
      return {
        leadSteps: lead,
        count,
        models: sets.map(({ model }, set) => ({
          model,
          mae: count === 0 ? Number.NaN : absolute[set]! / count,
          rmse: count === 0 ? Number.NaN : Math.sqrt(squared[set]! / count),
        })),
      };
    }),
  }));
};

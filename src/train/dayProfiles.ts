import type { TrainingData } from "./TrainingData.ts";
import type { StepSpan } from "./TrainingSettings.ts";

const MINUTES_PER_DAY = 1440;
/** Parts of a day. */
export const DAY_PARTS = 24;

/**
 * Shape of the day of each sensor in the readings of a span, by target and hour: what the mean reading of the hour, on
 * the learned scale, lies above the sensor's mean, in units of its deviation; 0 where nothing was read. Clipped to -4..4.
 *
 * @returns [sensors][targets x 24]
 */
export const dayProfiles = (data: TrainingData, span: StepSpan): Float64Array => {
  const { plan, readings, sensors, steps } = data;
  const width = plan.targets.length * DAY_PARTS;
  const profiles = new Float64Array(sensors * width);
  for (let target = 0; target < plan.targets.length; target++) {
    for (let sensor = 0; sensor < sensors; sensor++) {
      const sums = new Float64Array(DAY_PARTS);
      const counts = new Float64Array(DAY_PARTS);
      const from = (target * sensors + sensor) * steps;
      for (let step = span.from; step < span.to; step++) {
        if (Number.isNaN(data.truth[from + step]!)) continue;
        const part = Math.floor((readings.clock.minuteOfDay[step]! * DAY_PARTS) / MINUTES_PER_DAY);
        sums[part]! += data.level[from + step]!;
        counts[part]!++;
      }
      const mean = plan.sensorMean[target]![sensor]!;
      const deviation = plan.sensorDeviation[target]![sensor]!;
      for (let part = 0; part < DAY_PARTS; part++) {
        if (counts[part] === 0 || !(deviation > 0)) continue;
        const above = (sums[part]! / counts[part]! - mean) / deviation;
        profiles[sensor * width + target * DAY_PARTS + part] = Math.max(-4, Math.min(4, above));
      }
    }
  }
  return profiles;
};

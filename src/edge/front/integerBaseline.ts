import { seasonStep } from "../../series/baseline.ts";
import { clamp, roundShift } from "../fixedPoint.ts";
import { BASELINE_MAXIMUM, type IntegerFrontEnd, LINEAR_SPREAD_MAXIMUM } from "./IntegerFrontEnd.ts";
import { holdReadings, type IntegerReadings, integerSeries } from "./IntegerReadings.ts";
import { scaledReading } from "./scaledReading.ts";

/**
 * Baseline of every sensor from one origin, [target][sensor][lead 1..horizon], as the integers that `decode` takes:
 * `baselineForecast` in integers. Steps before the readings are the first one's.
 */
export const integerBaseline = (
  front: IntegerFrontEnd,
  readings: IntegerReadings,
  origin: number,
): Int32Array => {
  const { baseline, horizonSteps, sensors } = front;
  const result = new Int32Array(front.targets.length * sensors * horizonSteps);
  const start = Math.max(0, origin + 1 - front.contextSteps);
  const held = new Int32Array(origin + 1 - start);
  front.targets.forEach((target, channel) => {
    const scaledAt = (step: number): number =>
      scaledReading(target, front.logarithms, held[Math.max(0, step - start)]!);
    for (let sensor = 0; sensor < sensors; sensor++) {
      const series = integerSeries(readings, channel * sensors + sensor).subarray(start, origin + 1);
      holdReadings(series, held, 0, front.holdSteps, target.fallback);
      const now = scaledAt(origin);
      for (let lead = 1; lead <= horizonSteps; lead++) {
        let value = now;
        if (baseline.kind === "seasonal") {
          value = scaledAt(seasonStep(baseline.periodSteps, origin, lead));
        } else if (baseline.kind === "linear") {
          const { lagSteps, periodSteps } = baseline;
          const { intercepts, means, weightShift, weights } = baseline.targets[channel]!;
          const mean = means[sensor]!;
          const spread = (step: number): number =>
            clamp(scaledAt(step) - mean, -LINEAR_SPREAD_MAXIMUM, LINEAR_SPREAD_MAXIMUM);
          const first = (lead - 1) * (lagSteps + 1);
          let sum = weights[first + lagSteps]! * spread(seasonStep(periodSteps, origin, lead));
          for (let lag = 0; lag < lagSteps; lag++) sum += weights[first + lag]! * spread(origin - lag);
          value = now + intercepts[lead - 1]! + roundShift(sum, weightShift);
        }
        result[(channel * sensors + sensor) * horizonSteps + lead - 1] = clamp(
          value,
          -BASELINE_MAXIMUM,
          BASELINE_MAXIMUM,
        );
      }
    }
  });
  return result;
};

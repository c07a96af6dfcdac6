/**
 * What a forecaster corrects: a forecast made from the readings alone. It repeats the last reading, or the reading one
 * season before, or weighs the last readings and the season.
 */
import type { FeaturePlan } from "./FeaturePlan.ts";
import { contextSteps, type Readings, seriesIn } from "./features.ts";
import { forwardFill } from "./forwardFill.ts";
import { invertTransform, transformReading } from "./transform.ts";

/** The step whose reading the baseline takes for `lead` steps past `origin`; never later than the origin. */
export const baselineStep = (plan: Pick<FeaturePlan, "baseline">, origin: number, lead: number): number =>
  plan.baseline.kind === "seasonal" ? seasonStep(plan.baseline.periodSteps, origin, lead) : origin;

/** The step a whole number of periods before `origin + lead`, the last one that is not later than the origin. */
export const seasonStep = (periodSteps: number, origin: number, lead: number): number =>
  origin + lead - periodSteps * Math.ceil(lead / periodSteps);

/**
 * Baseline of one sensor at one origin on the learned scale, by lead.
 *
 * @param levels held readings on the learned scale; that of `step` lies at `offset + step`, and the first step stands
 * in for what was before it
 * @param into receives the baseline of the leads 1..horizon from `at` on
 */
export const baselineLevels = (
  plan: FeaturePlan,
  target: number,
  sensor: number,
  levels: ArrayLike<number>,
  offset: number,
  origin: number,
  into: Float64Array,
  at = 0,
): void => {
  const { baseline, horizonSteps } = plan;
  if (baseline.kind !== "linear") {
    for (let lead = 1; lead <= horizonSteps; lead++) {
      into[at + lead - 1] = levels[offset + Math.max(0, baselineStep(plan, origin, lead))]!;
    }
    return;
  }
  const { lagSteps, periodSteps } = baseline;
  const mean = plan.sensorMean[target]![sensor]!;
  const now = levels[offset + origin]!;
  const weights = baseline.weights[target]!;
  for (let lead = 1; lead <= horizonSteps; lead++) {
    const own = weights[lead - 1]!;
    let level = now + own[lagSteps + 1]!;
    for (let lag = 0; lag < lagSteps; lag++) {
      level += own[lag]! * (levels[offset + Math.max(0, origin - lag)]! - mean);
    }
    level += own[lagSteps]! * (levels[offset + Math.max(0, seasonStep(periodSteps, origin, lead))]! - mean);
    into[at + lead - 1] = level;
  }
};

/** Baseline forecast in physical units, [target][sensor][lead 1..horizon], of one origin (a step of the readings). */
export const baselineForecast = (plan: FeaturePlan, readings: Readings, origin: number): Float64Array => {
  const sensors = plan.sensors.length;
  const { horizonSteps } = plan;
  const forecast = new Float64Array(plan.targets.length * sensors * horizonSteps);
  const start = Math.max(0, origin + 1 - contextSteps(plan));
  const filled = new Float64Array(origin + 1 - start);
  plan.targets.forEach(({ fallback, transform }, target) => {
    for (let sensor = 0; sensor < sensors; sensor++) {
      const series = seriesIn(readings, target * sensors + sensor).subarray(start, origin + 1);
      forwardFill(series, filled, 0, filled.length, plan.holdSteps, fallback);
      const at = (target * sensors + sensor) * horizonSteps;
      if (plan.baseline.kind !== "linear") {
        baselineLevels(plan, target, sensor, filled, 0, origin - start, forecast, at);
        continue;
      }
      for (let step = 0; step < filled.length; step++) {
        filled[step] = transformReading(transform, filled[step]!);
      }
      baselineLevels(plan, target, sensor, filled, 0, origin - start, forecast, at);
      for (let lead = 0; lead < horizonSteps; lead++) {
        forecast[at + lead] = invertTransform(transform, forecast[at + lead]!);
      }
    }
  });
  return forecast;
};

/**
 * The front end of the forecaster: readings of a panel -> the inputs of the recurrent cell.
 *
 * The features of a step depend on that step and on a bounded number of steps before it (see
 * {@link contextSteps}), so a window cut out of a panel and the whole panel give the same numbers.
 */
import type { ChannelScaling, FeaturePlan } from "./FeaturePlan.ts";
import { forwardFill } from "./forwardFill.ts";
import type { LocalClock } from "./LocalClock.ts";
import { transformReading } from "./transform.ts";

/** Readings of all sensors of a plan: values [channel of the plan][sensor][step], NaN where missing. */
export interface Readings {
  readonly values: Float64Array;
  readonly steps: number;
  readonly clock: LocalClock;
}

/** Features are clipped to this many standard deviations, so that one faulty reading cannot saturate the cell. */
export const FEATURE_LIMIT = 6;

const SHORT_LAG_STEPS = 1;
const LONG_LAG_STEPS = 3;
/** Gains that bring the change over one and three steps to unit size (both are small beside the level). */
const SHORT_LAG_GAIN = 3;
const LONG_LAG_GAIN = 2;

/** Sine and cosine of the day, of half a day and, where weekly, of the week. */
const calendarFeatures = (plan: FeaturePlan): number => (plan.weekly ? 6 : 4);
const CIRCULAR_FEATURES = 2;
const COVARIATE_FEATURES = 3;

/** Sensors whose level of a target stands as a column of its own. */
const columnSensors = (plan: FeaturePlan, target: ChannelScaling): readonly number[] =>
  plan.everySensor?.targets.includes(target.channel) ? plan.everySensor.sensors : [];

const targetFeatures = (plan: FeaturePlan, target: ChannelScaling): number =>
  (plan.baseline.kind === "seasonal" ? 9 : 8) + columnSensors(plan, target).length;

/** Channels that the plan reads: targets, covariates, circular, in this order. */
export const planChannels = (plan: FeaturePlan): readonly string[] => [
  ...plan.targets.map((target) => target.channel),
  ...plan.covariates.map((covariate) => covariate.channel),
  ...plan.circular,
];

/** Length of one feature vector without the learned embedding. */
export const observedFeatureCount = (plan: FeaturePlan): number =>
  plan.targets.reduce((sum, target) => sum + targetFeatures(plan, target), 0) +
  plan.covariates.length * COVARIATE_FEATURES +
  plan.circular.length * CIRCULAR_FEATURES +
  calendarFeatures(plan);

/** Length of one feature vector, embedding included. */
export const featureCount = (plan: FeaturePlan): number =>
  observedFeatureCount(plan) + (plan.embedding[0]?.length ?? 0);

const longestLag = (plan: FeaturePlan): number =>
  plan.baseline.kind === "persistence" ? LONG_LAG_STEPS : Math.max(LONG_LAG_STEPS, plan.baseline.periodSteps);

/** Steps up to and including the origin that a forecast reads: recurrent window, longest lag, longest hold. */
export const contextSteps = (plan: FeaturePlan): number =>
  plan.windowSteps + longestLag(plan) + plan.holdSteps;

const clip = (value: number): number =>
  value > FEATURE_LIMIT ? FEATURE_LIMIT : value < -FEATURE_LIMIT ? -FEATURE_LIMIT : value;

/**
 * Features of the steps `from..to - 1` of every sensor, as float32 [sensor][step][feature].
 *
 * By target: level, level against the sensor's own mean, missing flag, change over one and three steps, mean of
 * the neighbours, that mean less the own level, its change over one step, with a seasonal baseline the level
 * less that of one period ago, and where the plan says so each sensor's level less the own. By covariate: level, missing flag, mean of the neighbours. By angle: sine and
 * cosine (0 where missing). Then sine and cosine of the time of day, of twice that, and, where the plan is weekly, of the time of week.
 */
export const computeFeatures = (
  plan: FeaturePlan,
  readings: Readings,
  from: number,
  to: number,
): Float32Array => {
  const sensors = plan.sensors.length;
  const width = featureCount(plan);
  const count = to - from;
  const features = new Float32Array(sensors * count * width);
  const firstNeeded = Math.max(0, from - longestLag(plan));

  const scaled = (channel: number, scaling: ChannelScaling): Float64Array[] => {
    const perSensor: Float64Array[] = [];
    for (let sensor = 0; sensor < sensors; sensor++) {
      const series = seriesIn(readings, channel * sensors + sensor);
      const filled = new Float64Array(readings.steps);
      forwardFill(series, filled, firstNeeded, to, plan.holdSteps, scaling.fallback);
      for (let step = firstNeeded; step < to; step++) {
        filled[step] =
          (transformReading(scaling.transform, filled[step]!) - scaling.mean) / scaling.deviation;
      }
      perSensor.push(filled);
    }
    return perSensor;
  };

  let column = 0;
  const write = (sensor: number, step: number, feature: number, value: number): void => {
    features[(sensor * count + (step - from)) * width + feature] = clip(value);
  };

  plan.targets.forEach((scaling, target) => {
    const levels = scaled(target, scaling);
    for (let sensor = 0; sensor < sensors; sensor++) {
      const level = levels[sensor]!;
      const series = seriesIn(readings, target * sensors + sensor);
      const nearby = neighbourMean(levels, plan.neighbours[sensor]!, sensor, firstNeeded, to);
      const sensorMean = (plan.sensorMean[target]![sensor]! - scaling.mean) / scaling.deviation;
      const sensorDeviation = plan.sensorDeviation[target]![sensor]! / scaling.deviation;
      for (let step = from; step < to; step++) {
        const now = level[step]!;
        const before = level[Math.max(firstNeeded, step - SHORT_LAG_STEPS)]!;
        const longBefore = level[Math.max(firstNeeded, step - LONG_LAG_STEPS)]!;
        const near = nearby[step]!;
        write(sensor, step, column, now);
        write(sensor, step, column + 1, (now - sensorMean) / sensorDeviation);
        write(sensor, step, column + 2, Number.isNaN(series[step]!) ? 1 : 0);
        write(sensor, step, column + 3, (now - before) * SHORT_LAG_GAIN);
        write(sensor, step, column + 4, (now - longBefore) * LONG_LAG_GAIN);
        write(sensor, step, column + 5, near);
        write(sensor, step, column + 6, near - now);
        write(
          sensor,
          step,
          column + 7,
          (near - nearby[Math.max(firstNeeded, step - SHORT_LAG_STEPS)]!) * SHORT_LAG_GAIN,
        );
        if (plan.baseline.kind === "seasonal") {
          write(
            sensor,
            step,
            column + 8,
            now - level[Math.max(firstNeeded, step - plan.baseline.periodSteps)]!,
          );
        }
      }
    }
    const columns = targetFeatures(plan, scaling);
    const others = columnSensors(plan, scaling);
    const first = column + columns - others.length;
    for (let sensor = 0; sensor < sensors; sensor++) {
      const own = levels[sensor]!;
      for (let k = 0; k < others.length; k++) {
        const other = levels[others[k]!]!;
        for (let step = from; step < to; step++) write(sensor, step, first + k, other[step]! - own[step]!);
      }
    }
    column += columns;
  });

  plan.covariates.forEach((scaling, covariate) => {
    const channel = plan.targets.length + covariate;
    const levels = scaled(channel, scaling);
    for (let sensor = 0; sensor < sensors; sensor++) {
      const level = levels[sensor]!;
      const series = seriesIn(readings, channel * sensors + sensor);
      const nearby = neighbourMean(levels, plan.neighbours[sensor]!, sensor, from, to);
      for (let step = from; step < to; step++) {
        write(sensor, step, column, level[step]!);
        write(sensor, step, column + 1, Number.isNaN(series[step]!) ? 1 : 0);
        write(sensor, step, column + 2, nearby[step]!);
      }
    }
    column += COVARIATE_FEATURES;
  });

  plan.circular.forEach((_, circular) => {
    const channel = plan.targets.length + plan.covariates.length + circular;
    for (let sensor = 0; sensor < sensors; sensor++) {
      const series = seriesIn(readings, channel * sensors + sensor);
      for (let step = from; step < to; step++) {
        const angle = (series[step]! * Math.PI) / 180;
        const missing = Number.isNaN(angle);
        write(sensor, step, column, missing ? 0 : Math.sin(angle));
        write(sensor, step, column + 1, missing ? 0 : Math.cos(angle));
      }
    }
    column += CIRCULAR_FEATURES;
  });

  for (let step = from; step < to; step++) {
    const day = (readings.clock.minuteOfDay[step]! / 1440) * 2 * Math.PI;
    const week = ((readings.clock.weekday[step]! - 1) * 2 * Math.PI + day) / 7;
    const calendar = [
      Math.sin(day),
      Math.cos(day),
      Math.sin(2 * day),
      Math.cos(2 * day),
      ...(plan.weekly ? [Math.sin(week), Math.cos(week)] : []),
    ];
    for (let sensor = 0; sensor < sensors; sensor++) {
      calendar.forEach((value, index) => write(sensor, step, column + index, value));
    }
  }
  column += calendarFeatures(plan);

  plan.embedding.forEach((vector, sensor) => {
    for (let step = from; step < to; step++) {
      vector.forEach((value, index) => write(sensor, step, column + index, value));
    }
  });
  return features;
};

/** Readings of one channel of one sensor. */
export const seriesIn = (readings: Readings, row: number): Float64Array =>
  readings.values.subarray(row * readings.steps, (row + 1) * readings.steps);

/** Mean level of the neighbours at each step; the sensor's own level where it has none. */
const neighbourMean = (
  levels: readonly Float64Array[],
  neighbours: readonly number[],
  sensor: number,
  from: number,
  to: number,
): Float64Array => {
  if (neighbours.length === 0) return levels[sensor]!;
  const mean = new Float64Array(to);
  for (const neighbour of neighbours) {
    const level = levels[neighbour]!;
    for (let step = from; step < to; step++) mean[step]! += level[step]!;
  }
  for (let step = from; step < to; step++) mean[step]! /= neighbours.length;
  return mean;
};

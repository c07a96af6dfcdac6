/** The front end of the device: readings in integers -> the inputs of the recurrent cell; features.ts in integers. */
import { clamp, FEATURE_MAXIMUM, FEATURE_ONE, integerSine, roundShift, TURN_BITS } from "../fixedPoint.ts";
import { type IntegerFrontEnd, type IntegerScaling, LEVEL_BITS, MISSING_READING } from "./IntegerFrontEnd.ts";
import { holdReadings, type IntegerReadings, integerSeries } from "./IntegerReadings.ts";
import { levelOf, scaledReading } from "./scaledReading.ts";

const SHORT_LAG_STEPS = 1;
const LONG_LAG_STEPS = 3;
/** Gains that bring the change over one and three steps to unit size. */
const SHORT_LAG_GAIN = 3;
const LONG_LAG_GAIN = 2;
/** Features of a covariate and of an angle. */
const COVARIATE_FEATURES = 3;
const ANGLE_FEATURES = 2;
const MINUTES_A_DAY = 1440;
const TURN = 2 ** TURN_BITS;
const QUARTER_TURN = TURN / 4;
/** From levels (one = 2^16) and from sines (one = 2^15) to features (one = 2^10). */
export const LEVEL_SHIFT = LEVEL_BITS - 10;
export const SINE_SHIFT = 15 - 10;

const targetFeatures = (front: IntegerFrontEnd, target: number): number =>
  (front.baseline.kind === "seasonal" ? 9 : 8) + front.targets[target]!.columns.length;

/** Length of one feature vector. */
export const integerFeatureCount = (front: IntegerFrontEnd): number =>
  front.targets.reduce((sum, _, target) => sum + targetFeatures(front, target), 0) +
  front.covariates.length * COVARIATE_FEATURES +
  front.angles.length * ANGLE_FEATURES +
  (front.weekly ? 6 : 4) +
  front.embedding.length / front.sensors;

/**
 * Features of the steps `from..to - 1` of every sensor, int16 [sensor][step][feature], one = 1024, within +-6144; their
 * order is that of `computeFeatures`.
 *
 * A step reads the steps before it as far as `contextSteps - windowSteps`; where the readings begin later, their first
 * step stands in for those before it.
 */
export const integerFeatures = (
  front: IntegerFrontEnd,
  readings: IntegerReadings,
  from: number,
  to: number,
): Int16Array => {
  const { sensors } = front;
  const width = integerFeatureCount(front);
  const count = to - from;
  const features = new Int16Array(sensors * count * width);
  const longestLag = front.contextSteps - front.windowSteps - front.holdSteps;
  const first = Math.max(0, from - longestLag);
  let column = 0;
  const write = (sensor: number, step: number, feature: number, value: number): void => {
    features[(sensor * count + (step - from)) * width + feature] = clamp(
      value,
      -FEATURE_MAXIMUM,
      FEATURE_MAXIMUM,
    );
  };
  const levelsOf = (channel: number, scaling: IntegerScaling): Int32Array[] =>
    Array.from({ length: sensors }, (_, sensor) => {
      const series = integerSeries(readings, channel * sensors + sensor).subarray(0, to);
      const levels = new Int32Array(to);
      holdReadings(series, levels, first, front.holdSteps, scaling.fallback);
      for (let step = first; step < to; step++) {
        levels[step] = levelOf(scaling, scaledReading(scaling, front.logarithms, levels[step]!));
      }
      return levels;
    });
  const missing = (channel: number, sensor: number, step: number): number =>
    readings.values[(channel * sensors + sensor) * readings.steps + step] === MISSING_READING
      ? FEATURE_ONE
      : 0;

  front.targets.forEach((target, channel) => {
    const levels = levelsOf(channel, target);
    for (let sensor = 0; sensor < sensors; sensor++) {
      const level = levels[sensor]!;
      const near = neighbourMean(levels, front.neighbours[sensor]!, sensor, first, to);
      const ownGain = target.ownGain[sensor]!;
      const ownCentre = target.ownCentre[sensor]!;
      const ownShift = target.ownShift[sensor]!;
      for (let step = from; step < to; step++) {
        const now = level[step]!;
        const before = Math.max(first, step - SHORT_LAG_STEPS);
        const change = now - level[before]!;
        const longChange = now - level[Math.max(first, step - LONG_LAG_STEPS)]!;
        write(sensor, step, column, levelFeature(now));
        write(sensor, step, column + 1, roundShift(ownGain * (now - ownCentre), ownShift));
        write(sensor, step, column + 2, missing(channel, sensor, step));
        write(sensor, step, column + 3, levelFeature(SHORT_LAG_GAIN * change));
        write(sensor, step, column + 4, levelFeature(LONG_LAG_GAIN * longChange));
        write(sensor, step, column + 5, levelFeature(near[step]!));
        write(sensor, step, column + 6, levelFeature(near[step]! - now));
        write(sensor, step, column + 7, levelFeature(SHORT_LAG_GAIN * (near[step]! - near[before]!)));
        if (front.baseline.kind === "seasonal") {
          const season = level[Math.max(first, step - front.baseline.periodSteps)]!;
          write(sensor, step, column + 8, levelFeature(now - season));
        }
      }
    }
    const width = targetFeatures(front, channel);
    const { columns } = target;
    const others = column + width - columns.length;
    for (let sensor = 0; sensor < sensors; sensor++) {
      const own = levels[sensor]!;
      for (let k = 0; k < columns.length; k++) {
        const other = levels[columns[k]!]!;
        for (let step = from; step < to; step++) {
          write(sensor, step, others + k, levelFeature(other[step]! - own[step]!));
        }
      }
    }
    column += width;
  });

  front.covariates.forEach((scaling, covariate) => {
    const channel = front.targets.length + covariate;
    const levels = levelsOf(channel, scaling);
    for (let sensor = 0; sensor < sensors; sensor++) {
      const near = neighbourMean(levels, front.neighbours[sensor]!, sensor, from, to);
      for (let step = from; step < to; step++) {
        write(sensor, step, column, levelFeature(levels[sensor]![step]!));
        write(sensor, step, column + 1, missing(channel, sensor, step));
        write(sensor, step, column + 2, levelFeature(near[step]!));
      }
    }
    column += COVARIATE_FEATURES;
  });

  front.angles.forEach(({ gain, gainShift }, angle) => {
    const channel = front.targets.length + front.covariates.length + angle;
    for (let sensor = 0; sensor < sensors; sensor++) {
      const series = integerSeries(readings, channel * sensors + sensor);
      for (let step = from; step < to; step++) {
        if (series[step] === MISSING_READING) continue;
        const turn = roundShift(gain * series[step]!, gainShift);
        write(sensor, step, column, sineFeature(front.sines, turn));
        write(sensor, step, column + 1, sineFeature(front.sines, turn + QUARTER_TURN));
      }
    }
    column += ANGLE_FEATURES;
  });

  const { minuteOfDay, weekday } = readings.clock;
  for (let step = from; step < to; step++) {
    const minute = minuteOfDay[step]!;
    const day = turnOf(minute, MINUTES_A_DAY);
    const week = turnOf((weekday[step]! - 1) * MINUTES_A_DAY + minute, 7 * MINUTES_A_DAY);
    const turns = front.weekly ? [day, 2 * day, week] : [day, 2 * day];
    turns.forEach((turn, index) => {
      const [sine, cosine] = [sineFeature(front.sines, turn), sineFeature(front.sines, turn + QUARTER_TURN)];
      for (let sensor = 0; sensor < sensors; sensor++) {
        write(sensor, step, column + 2 * index, sine);
        write(sensor, step, column + 2 * index + 1, cosine);
      }
    });
  }
  column += front.weekly ? 6 : 4;

  const dimensions = front.embedding.length / sensors;
  for (let sensor = 0; sensor < sensors; sensor++) {
    const own = front.embedding.subarray(sensor * dimensions, (sensor + 1) * dimensions);
    for (let step = 0; step < count; step++) features.set(own, (sensor * count + step) * width + column);
  }
  return features;
};

const levelFeature = (level: number): number => roundShift(level, LEVEL_SHIFT);

/** Sine of a turn (one = 2^20, any whole number) as a feature. */
const sineFeature = (sines: Uint16Array, turn: number): number =>
  roundShift(integerSine(sines, turn - TURN * Math.floor(turn / TURN)), SINE_SHIFT);

/** `part / whole` of a turn, to nearest, halves up. */
const turnOf = (part: number, whole: number): number => Math.floor((2 * part * TURN + whole) / (2 * whole));

/** Mean level of the neighbours at each step, to nearest, halves up; the sensor's own level where it has none. */
const neighbourMean = (
  levels: readonly Int32Array[],
  neighbours: Int32Array,
  sensor: number,
  from: number,
  to: number,
): Int32Array => {
  const count = neighbours.length;
  if (count === 0) return levels[sensor]!;
  const mean = new Int32Array(to);
  for (let step = from; step < to; step++) {
    let sum = 0;
    for (let k = 0; k < count; k++) sum += levels[neighbours[k]!]![step]!;
    mean[step] = Math.floor((2 * sum + count) / (2 * count));
  }
  return mean;
};

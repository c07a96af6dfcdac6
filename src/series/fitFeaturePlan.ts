import type { Baseline, ChannelScaling, FeaturePlan, Transform } from "./FeaturePlan.ts";
import { channelIndex, type Panel, type Position, seriesOf } from "./Panel.ts";
import { transformReading } from "./transform.ts";

export interface FeatureSettings {
  readonly targets: readonly string[];
  readonly covariates: readonly string[];
  /** Channels in degrees, read as sine and cosine. */
  readonly circular: readonly string[];
  /** Channels learned on a log(1 + x) scale. */
  readonly log: readonly string[];
  readonly baseline: Baseline;
  readonly windowSteps: number;
  readonly horizonSteps: number;
  readonly holdSteps: number;
  /** Sensors within this distance are neighbours; without it, or without positions, all others are. */
  readonly neighbourKilometres?: number;
  /** Targets whose level at each single sensor every sensor sees. */
  readonly everySensor?: readonly string[];
}

/**
 * Fits the front end on the steps `0..trainSteps - 1` of a panel: scaling, fallbacks and neighbours.
 *
 * The embedding is left empty; training fills it. A channel without spread gets deviation 1, one without any
 * reading on the training span gets mean 0.
 */
export const fitFeaturePlan = (panel: Panel, settings: FeatureSettings, trainSteps: number): FeaturePlan => {
  const log = new Set(settings.log);
  const scaling = (channel: string): ChannelScaling =>
    fitScaling(panel, channel, log.has(channel), trainSteps);
  const targets = settings.targets.map(scaling);
  const perSensor = targets.map((target) =>
    panel.sensors.map((_, sensor) => fitSensor(panel, target, sensor, trainSteps)),
  );
  return {
    stepMs: panel.stepMs,
    zone: panel.zone,
    sensors: panel.sensors,
    targets,
    covariates: settings.covariates.map(scaling),
    circular: settings.circular,
    weekly: trainSteps * panel.stepMs >= WEEKLY_FROM_MS,
    baseline: settings.baseline,
    windowSteps: settings.windowSteps,
    horizonSteps: settings.horizonSteps,
    holdSteps: settings.holdSteps,
    neighbours: neighboursOf(panel, settings.neighbourKilometres),
    ...(settings.everySensor !== undefined &&
      settings.everySensor.length > 0 && {
        everySensor: { targets: settings.everySensor, sensors: panel.sensors.map((_, sensor) => sensor) },
      }),
    sensorMean: perSensor.map((target) => target.map((moments) => moments.mean)),
    sensorDeviation: perSensor.map((target) => target.map((moments) => moments.deviation)),
    embedding: panel.sensors.map(() => []),
  };
};

/** A training span shorter than two weeks sees most weekdays once: the time of week would name the day, not its kind. */
const WEEKLY_FROM_MS = 14 * 24 * 3_600_000;

/** Deviations of a sensor are drawn towards that of all sensors as if this many of its readings were theirs. */
const PRIOR_READINGS = 100;

const fitScaling = (panel: Panel, channel: string, log: boolean, trainSteps: number): ChannelScaling => {
  const transform: Transform = log ? "log1p" : "identity";
  const index = channelIndex(panel, channel);
  const readings: number[] = [];
  for (let sensor = 0; sensor < panel.sensors.length; sensor++) {
    const series = seriesOf(panel, index, sensor);
    for (let step = 0; step < trainSteps; step++) {
      if (!Number.isNaN(series[step]!)) readings.push(series[step]!);
    }
  }
  const { mean, variance } = momentsOf(transform, readings);
  const sorted = Float64Array.from(readings).sort();
  return {
    channel,
    transform,
    mean,
    deviation: variance > 0 ? Math.sqrt(variance) : 1,
    fallback: sorted.length === 0 ? 0 : sorted[sorted.length >> 1]!,
  };
};

/** Relative to the first reading and in two passes, so that a stuck channel has a spread of exactly 0. */
const momentsOf = (
  transform: Transform,
  readings: readonly number[],
): { readonly mean: number; readonly variance: number } => {
  if (readings.length === 0) return { mean: 0, variance: 0 };
  const first = transformReading(transform, readings[0]!);
  let excess = 0;
  for (const reading of readings) excess += transformReading(transform, reading) - first;
  const mean = first + excess / readings.length;
  let squares = 0;
  for (const reading of readings) squares += (transformReading(transform, reading) - mean) ** 2;
  return { mean, variance: squares / readings.length };
};

const fitSensor = (
  panel: Panel,
  target: ChannelScaling,
  sensor: number,
  trainSteps: number,
): { readonly mean: number; readonly deviation: number } => {
  const series = seriesOf(panel, channelIndex(panel, target.channel), sensor);
  let count = 0;
  let sum = 0;
  let squares = 0;
  for (let step = 0; step < trainSteps; step++) {
    if (Number.isNaN(series[step]!)) continue;
    const value = transformReading(target.transform, series[step]!) - target.mean;
    count++;
    sum += value;
    squares += value * value;
  }
  const weight = count + PRIOR_READINGS;
  const mean = sum / weight;
  const variance = (squares + PRIOR_READINGS * target.deviation ** 2) / weight - mean * mean;
  return { mean: target.mean + mean, deviation: Math.sqrt(Math.max(variance, 1e-12)) };
};

/** For each sensor the others within a distance; all others without one, or without a position of its own. */
export const neighboursOf = (panel: Panel, kilometres: number | undefined): number[][] => {
  const { positions, sensors } = panel;
  const others = (sensor: number): number[] =>
    sensors.map((_, index) => index).filter((index) => index !== sensor);
  if (kilometres === undefined || positions === undefined) return sensors.map((_, sensor) => others(sensor));
  return sensors.map((_, sensor) => {
    const here = positions[sensor];
    return here === undefined
      ? others(sensor)
      : others(sensor).filter((index) => {
          const there = positions[index];
          return there !== undefined && distanceKilometres(here, there) <= kilometres;
        });
  });
};

const EARTH_RADIUS_KILOMETRES = 6371.0088;

/** Great-circle distance (haversine). */
export const distanceKilometres = (a: Position, b: Position): number => {
  const radians = Math.PI / 180;
  const dLatitude = (b.latitude - a.latitude) * radians;
  const dLongitude = (b.longitude - a.longitude) * radians;
  const chord =
    Math.sin(dLatitude / 2) ** 2 +
    Math.cos(a.latitude * radians) * Math.cos(b.latitude * radians) * Math.sin(dLongitude / 2) ** 2;
  return 2 * EARTH_RADIUS_KILOMETRES * Math.asin(Math.min(1, Math.sqrt(chord)));
};

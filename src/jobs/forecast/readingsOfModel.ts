import { localClock } from "../../series/LocalClock.ts";
import { type Panel, seriesOffset } from "../../series/Panel.ts";
import { planChannels } from "../../series/features.ts";
import type { FeaturePlan } from "../../series/FeaturePlan.ts";
import type { PlannedReadings } from "../../train/TrainingData.ts";

/** The readings that a model reads from an origin, and what of its sensors they leave out. */
export interface ModelReadings {
  /** The last step is the origin. */
  readonly planned: PlannedReadings;
  readonly startMs: number;
  readonly originMs: number;
  /** Sensors of the model without any reading in these steps. */
  readonly silent: readonly string[];
  /** Sensors of the model that read nothing of any target at the origin, the silent ones left out. */
  readonly stale: readonly string[];
  /** Sensors of the panel that the model does not know. */
  readonly unknown: readonly string[];
  /** Channels of the model that the panel does not have. */
  readonly absentChannels: readonly string[];
}

/** The last step of a panel at or before an instant. */
export const originAt = (panel: Pick<Panel, "startMs" | "stepMs">, instantMs: number): number =>
  panel.startMs + Math.floor((instantMs - panel.startMs) / panel.stepMs) * panel.stepMs;

/**
 * Arranges the readings of a panel as a model reads them: its channels and sensors in its order, `steps` steps up to and
 * including the origin. What the panel does not have is missing.
 *
 * @param originMs a step of the panel's grid, within the panel or beyond it
 */
export const readingsOfModel = (
  plan: FeaturePlan,
  panel: Panel,
  originMs: number,
  steps: number,
): ModelReadings => {
  const { horizonSteps, sensors, stepMs, zone } = plan;
  const channels = planChannels(plan);
  const startMs = originMs - (steps - 1) * stepMs;
  const values = new Float64Array(channels.length * sensors.length * steps).fill(Number.NaN);
  const placeOf = new Map(panel.sensors.map((name, place) => [name, place]));
  const offset = Math.round((startMs - panel.startMs) / stepMs);
  const from = Math.max(0, offset);
  const to = Math.min(panel.steps, offset + steps);
  const absentChannels: string[] = [];
  channels.forEach((name, channel) => {
    const source = panel.channels.findIndex((each) => each.name === name);
    if (source < 0) {
      absentChannels.push(name);
      return;
    }
    if (to <= from) return;
    sensors.forEach((sensor, place) => {
      const at = placeOf.get(sensor);
      if (at === undefined) return;
      const series = seriesOffset(panel, source, at);
      values.set(
        panel.values.subarray(series + from, series + to),
        (channel * sensors.length + place) * steps + from - offset,
      );
    });
  });
  const silent: string[] = [];
  const stale: string[] = [];
  sensors.forEach((name, sensor) => {
    const row = (channel: number): Float64Array => {
      const start = (channel * sensors.length + sensor) * steps;
      return values.subarray(start, start + steps);
    };
    if (channels.every((_, channel) => row(channel).every(Number.isNaN))) silent.push(name);
    else if (plan.targets.every((_, target) => Number.isNaN(row(target)[steps - 1]!))) stale.push(name);
  });
  const known = new Set(sensors);
  return {
    planned: {
      plan,
      // The clock runs on past the origin, because rules judge the forecast by the clock.
      readings: { values, steps, clock: localClock(zone, startMs, stepMs, steps + horizonSteps) },
      sensors: sensors.length,
      steps,
    },
    startMs,
    originMs,
    silent,
    stale,
    unknown: panel.sensors.filter((name) => !known.has(name)),
    absentChannels,
  };
};

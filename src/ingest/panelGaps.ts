import { type Panel, seriesOf } from "../series/Panel.ts";
import type { ChannelGaps, SensorGaps } from "./IntakeReport.ts";

/** Share of missing steps and the longest gap of every sensor, for one channel of a panel. */
export const channelGaps = (panel: Panel, channel: number): ChannelGaps => {
  const sensors = panel.sensors.map((_, sensor) => sensorGaps(panel, channel, sensor));
  const cells = sensors.length * panel.steps;
  const missing = sensors.reduce((sum, sensor) => sum + sensor.missingShare * panel.steps, 0);
  return {
    channel: panel.channels[channel]!.name,
    missingShare: cells === 0 ? 1 : Math.round(missing) / cells,
    sensors,
  };
};

const sensorGaps = (panel: Panel, channel: number, sensor: number): SensorGaps => {
  const series = seriesOf(panel, channel, sensor);
  let missing = 0;
  let gap = 0;
  let longest = 0;
  let longestEnd = -1;
  for (let step = 0; step < series.length; step++) {
    if (!Number.isNaN(series[step]!)) {
      gap = 0;
      continue;
    }
    missing++;
    gap++;
    if (gap > longest) {
      longest = gap;
      longestEnd = step;
    }
  }
  return {
    sensor: panel.sensors[sensor]!,
    missingShare: series.length === 0 ? 1 : missing / series.length,
    longestGapSteps: longest,
    longestGapFromMs: longest === 0 ? NaN : panel.startMs + (longestEnd - longest + 1) * panel.stepMs,
  };
};

/** Steps at which no sensor has a value of any channel. */
export const emptySteps = (panel: Panel): number => {
  const filled = new Uint8Array(panel.steps);
  for (let channel = 0; channel < panel.channels.length; channel++) {
    for (let sensor = 0; sensor < panel.sensors.length; sensor++) {
      const series = seriesOf(panel, channel, sensor);
      for (let step = 0; step < series.length; step++) if (!Number.isNaN(series[step]!)) filled[step] = 1;
    }
  }
  return filled.reduce((empty, flag) => empty + (flag === 0 ? 1 : 0), 0);
};

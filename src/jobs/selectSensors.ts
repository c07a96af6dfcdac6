import { type Panel, seriesOf, seriesOffset } from "../series/Panel.ts";

/** The panel with the sensors at some places alone, in that order. */
export const selectSensors = (panel: Panel, places: readonly number[]): Panel => {
  const sensors = places.map((place) => panel.sensors[place]!);
  const kept = new Set(sensors);
  const values = new Float64Array(panel.channels.length * places.length * panel.steps);
  panel.channels.forEach((_, channel) => {
    places.forEach((place, index) => {
      values.set(
        seriesOf(panel, channel, place),
        seriesOffset({ sensors, steps: panel.steps }, channel, index),
      );
    });
  });
  const { positions, tags } = panel;
  return {
    ...panel,
    sensors,
    values,
    ...(positions && { positions: places.map((place) => positions[place]) }),
    ...(tags && {
      tags: Object.fromEntries(
        Object.entries(tags).map(([tag, names]) => [tag, names.filter((name) => kept.has(name))]),
      ),
    }),
  };
};

import { channelIndex, type Panel, seriesOffset } from "../series/Panel.ts";

/** The panel with the named channels alone, in that order; the channels must exist. */
export const selectChannels = (panel: Panel, names: readonly string[]): Panel => {
  const size = panel.sensors.length * panel.steps;
  const values = new Float64Array(names.length * size);
  const channels = names.map((name, index) => {
    const source = channelIndex(panel, name);
    const offset = seriesOffset(panel, source, 0);
    values.set(panel.values.subarray(offset, offset + size), index * size);
    return panel.channels[source]!;
  });
  return { ...panel, channels, values };
};

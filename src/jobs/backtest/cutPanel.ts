import { type Panel, seriesOf, seriesOffset } from "../../series/Panel.ts";
import type { StepSpan } from "../../train/TrainingSettings.ts";

/** The steps of a span of a panel, as a panel of its own. */
export const cutPanel = (panel: Panel, { from, to }: StepSpan): Panel => {
  const steps = to - from;
  const cut = { sensors: panel.sensors, steps };
  const values = new Float64Array(panel.channels.length * panel.sensors.length * steps);
  panel.channels.forEach((_, channel) => {
    panel.sensors.forEach((_name, sensor) => {
      values.set(seriesOf(panel, channel, sensor).subarray(from, to), seriesOffset(cut, channel, sensor));
    });
  });
  return { ...panel, startMs: panel.startMs + from * panel.stepMs, steps, values };
};

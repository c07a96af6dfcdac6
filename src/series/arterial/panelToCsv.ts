import { seriesOf, type Panel } from "../Panel.ts";

/**
 * Writes a panel as long CSV: a header, then a line `time,detector,<channels>` a reading, by time, then by
 * detector. Times are UTC; a missing reading is an empty cell.
 *
 * @example
 * const options = { seed: 1, detectorsPerRoad: 24, days: 1, startMs: Date.UTC(2025, 8, 1), zone: "Europe/Berlin" };
 * const [panel] = simulateArterial(options);
 * panelToCsv(panel).split("\n", 1)[0]; // => "time,detector,speed,flow,occupancy,no2,wind"
 */
export const panelToCsv = (panel: Panel): string => {
  const lines = [["time", "detector", ...panel.channels.map((channel) => channel.name)].join(",")];
  const series = panel.sensors.map((_, sensor) =>
    panel.channels.map((_, channel) => seriesOf(panel, channel, sensor)),
  );
  for (let step = 0; step < panel.steps; step++) {
    const time = new Date(panel.startMs + step * panel.stepMs).toISOString().replace(":00.000Z", ":00Z");
    for (const [sensor, name] of panel.sensors.entries()) {
      const cells = series[sensor]!.map((values) => {
        const value = values[step]!;
        return Number.isNaN(value) ? "" : String(value);
      });
      lines.push(`${time},${name},${cells.join(",")}`);
    }
  }
  return `${lines.join("\n")}\n`;
};

import type { TraceNames } from "../../ingest/trace/BatchBuilder.ts";
import type { TraceLayout } from "../../ingest/trace/detectLayout.ts";
import type { TraceFile } from "../../ingest/trace/TraceFile.ts";
import type { Site } from "../../stl/index.ts";
import { nearestName } from "../../stl/language/nearestName.ts";
import type { TraceOptions } from "./TraceOptions.ts";

/** The site that a trace shows: its sensors and signals, with what is known of them from elsewhere. */
export const siteOfTrace = (
  trace: TraceFile,
  layout: TraceLayout,
  names: TraceNames,
  own: Site,
  stepMs: number,
  options: TraceOptions,
): { readonly site: Site; readonly notes: readonly string[] } => {
  const sensors = layout.sensor === undefined ? layout.sensors : names.sensors.names;
  const channels = layout.signals.map(({ name, unit }) => {
    const said = options.units.get(name) ?? unit ?? own.channels.find((known) => known.name === name)?.unit;
    return said === undefined ? { name } : { name, unit: said };
  });
  const notes: string[] = [];
  const extra = options.sensors;
  if (extra !== undefined) {
    const strange = sensors.filter((name) => !extra.names.includes(name));
    const absent = extra.names.filter((name) => !sensors.includes(name));
    const near = strange[0] === undefined ? undefined : nearestName(strange[0], absent);
    if (strange.length > 0) {
      const hint = near === undefined ? "" : `; is ${strange[0]} its ${near}?`;
      notes.push(`${extra.path} does not know the sensors ${some(strange)} of ${trace.path}${hint}`);
    }
    if (absent.length > 0)
      notes.push(`${trace.path} has no reading of ${some(absent)}, which ${extra.path} names`);
  }
  const tags = Object.fromEntries(
    Array.from(extra?.tags ?? new Map<string, readonly string[]>(), ([tag, members]) => [
      tag,
      members.filter((name) => sensors.includes(name)),
    ]),
  );
  const site: Site = {
    sensors,
    channels,
    stepMs,
    zone: options.zone,
    ...(extra !== undefined && { tags, positions: sensors.map((name) => extra.positions.get(name)) }),
  };
  return { site, notes };
};

const some = (names: readonly string[]): string =>
  names.length <= 5 ? names.join(", ") : `${names.slice(0, 5).join(", ")} and ${names.length - 5} more`;

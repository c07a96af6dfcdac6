import { Effect, Stream } from "effect";
import { seriesOf, type Panel } from "../series/Panel.ts";
import { localClock } from "../series/LocalClock.ts";
import type { DatasetCard } from "./DatasetCard.ts";
import type { ChannelGaps, IntakeReport, SensorGaps } from "./IntakeReport.ts";
import { PanelAssembly } from "./PanelAssembly.ts";
import { type Source, SourceError } from "./Source.ts";

const MS_PER_MINUTE = 60_000;

export interface AssemblePanelOptions {
  readonly card: DatasetCard;
  /** Channels of the panel, in order; those of the card where left out. */
  readonly channels?: readonly string[];
  /** Sensors of the panel, in order; all, as they appear, where left out. */
  readonly sensors?: readonly string[];
  /** First instant (in) and last (out), in ms; the span of the readings where left out. */
  readonly fromMs?: number;
  readonly toMs?: number;
}

/** A panel and what was odd on the way to it. */
export interface AssembledPanel {
  readonly panel: Panel;
  readonly report: IntakeReport;
}

/**
 * Folds a source into a panel of float64 readings, NaN where missing, keyed by (sensor, instant).
 *
 * The grid begins at the first reading and ends at the last one (of the span asked for); its steps stand at
 * whole steps after local midnight of the zone. Everything odd is counted in the report; an empty source
 * gives a panel of no steps.
 */
export const assemblePanel = Effect.fn("assemblePanel")(function* (
  source: Source,
  options: AssemblePanelOptions,
) {
  const { card } = options;
  const channels = options.channels ?? card.layout.channels.map((channel) => channel.name);
  const assembly = new PanelAssembly({
    channels,
    stepMs: card.stepMs,
    phaseMs: (instantMs) => -zoneOffsetMs(card.zone, instantMs),
    fromMs: options.fromMs ?? -Infinity,
    toMs: options.toMs ?? Infinity,
    sensors: options.sensors === undefined ? undefined : new Set(options.sensors),
  });
  for (const sensor of options.sensors ?? []) assembly.trackOf(sensor);
  yield* source.batches.pipe(
    Stream.runForEach((batch) =>
      Effect.try({
        try: () => assembly.add(batch),
        catch: (cause) =>
          new SourceError({
            place: card.source,
            reason: cause instanceof Error ? cause.message : String(cause),
          }),
      }),
    ),
  );
  const { startMs, steps } = assembly.grid();
  const panel: Panel = {
    name: card.name,
    zone: card.zone,
    startMs,
    stepMs: card.stepMs,
    steps,
    sensors: assembly.sensors,
    channels: channels.map((name) => ({ name, unit: unitOf(card, name) })),
    values: assembly.panelValues(),
  };
  const gaps = channels.map((_, channel) => channelGaps(panel, channel));
  const { counts } = assembly;
  const report: IntakeReport = {
    dataset: card.name,
    startMs,
    stepMs: card.stepMs,
    steps,
    tally: source.tally,
    rows: counts.rows,
    unselectedRows: counts.unselectedRows,
    missingCells: counts.missingCells,
    duplicates: {
      identical: counts.identical,
      completing: counts.completing,
      conflicting: counts.conflicting,
      examples: assembly.conflicts,
    },
    outOfOrder: counts.outOfOrder,
    offGrid: counts.offGrid,
    offGridExample: counts.offGridExample,
    outsideSpan: counts.outsideSpan,
    emptySteps: emptySteps(panel),
    channels: gaps,
    deadSensors: panel.sensors.filter((_, sensor) =>
      gaps.every((channel) => channel.sensors[sensor]!.missingShare === 1),
    ),
    files: [],
    notes: [],
  };
  const assembled: AssembledPanel = { panel, report };
  return assembled;
});

const unitOf = (card: DatasetCard, name: string): string =>
  card.layout.channels.find((channel) => channel.name === name)?.unit ?? "1";

const zoneOffsetMs = (zone: string, instantMs: number): number => {
  const minute = Math.floor(instantMs / MS_PER_MINUTE);
  const clock = localClock(zone, minute * MS_PER_MINUTE, MS_PER_MINUTE, 1);
  const local = clock.dayNumber[0]! * 1440 + clock.minuteOfDay[0]!;
  return (local - minute) * MS_PER_MINUTE;
};

const channelGaps = (panel: Panel, channel: number): ChannelGaps => {
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

const emptySteps = (panel: Panel): number => {
  const filled = new Uint8Array(panel.steps);
  for (let channel = 0; channel < panel.channels.length; channel++) {
    for (let sensor = 0; sensor < panel.sensors.length; sensor++) {
      const series = seriesOf(panel, channel, sensor);
      for (let step = 0; step < series.length; step++) if (!Number.isNaN(series[step]!)) filled[step] = 1;
    }
  }
  return filled.reduce((empty, flag) => empty + (flag === 0 ? 1 : 0), 0);
};

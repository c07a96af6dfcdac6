import { Effect, Stream } from "effect";
import type { Panel } from "../series/Panel.ts";
import type { DatasetCard } from "./DatasetCard.ts";
import type { IntakeReport } from "./IntakeReport.ts";
import { PanelAssembly } from "./PanelAssembly.ts";
import { channelGaps, emptySteps } from "./panelGaps.ts";
import { type Source, SourceError } from "./Source.ts";
import { zoneOffsetMs } from "./zoneOffsetMs.ts";

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

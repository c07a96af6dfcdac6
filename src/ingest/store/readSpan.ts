import { Effect } from "effect";
import type { Panel } from "../../series/Panel.ts";
import type { IntakeReport } from "../IntakeReport.ts";
import { emptyTally } from "../IntakeTally.ts";
import { channelGaps, emptySteps } from "../panelGaps.ts";
import { zoneOffsetMs } from "../zoneOffsetMs.ts";
import { decodeRecord, type StoreRecord } from "./StoreRecord.ts";
import { describeFaults, FAULT_KINDS, type FaultCounts, namedFaults } from "./Faults.ts";
import { splitByDay } from "./settleJournal.ts";
import { SpanGrid, type SpanShape } from "./SpanGrid.ts";
import type { StoreCard } from "./StoreCard.ts";
import { damaged, MS_PER_DAY, type StoreFolder } from "./StoreFolder.ts";
import { StoreFailed } from "./StoreFailed.ts";

/** What to read of a store. */
export interface StoredSpan {
  /** Channels in the order wanted; those of the store where left out. */
  readonly channels?: readonly string[];
  /** Sensors in the order wanted; all that the store knows, sorted, where left out. */
  readonly sensors?: readonly string[];
  /** First instant (in) and last (out), in ms. */
  readonly fromMs: number;
  readonly toMs: number;
}

/** A panel of stored readings and what was odd about them. */
export interface StoredPanel {
  readonly panel: Panel;
  /** Gaps are those of the span; duplicates and disorder are counted over the UTC days that it touches. */
  readonly report: IntakeReport;
  /** Faults of the panel's sensors on the UTC days that the span touches. */
  readonly faults: FaultCounts;
}

/** Where the rows of a store are. */
export interface StoredRows {
  readonly folder: StoreFolder;
  readonly card: StoreCard;
  /** Number of the last journal whose rows are read from the days. */
  readonly settled: number;
  /** What the journals after that one hold. */
  readonly recent: readonly StoreRecord[];
  /** Sensors that are known, sorted. */
  readonly sensors: readonly string[];
  /** The last record of a day may be cut off: it is being written, or will be written again. */
  readonly mayBeCut: boolean;
}

/** Longest panel: more steps than this mean a wrong time. */
const MOST_STEPS = 20_000_000;

/**
 * Reads a span as a panel on whole steps after local midnight. Costs what the days of the span hold, not what the store
 * holds; the same readings give the same panel, to the byte, in whatever order they came.
 */
export const readSpan = Effect.fn("readSpan")(function* (store: StoredRows, span: StoredSpan) {
  const { card, folder } = store;
  const channels = (span.channels ?? card.channels.map(({ name }) => name)).map((name) => ({
    name,
    at: card.channels.findIndex((channel) => channel.name === name),
  }));
  const stranger = channels.find(({ at }) => at < 0);
  if (stranger !== undefined) {
    return yield* new StoreFailed({
      trouble: "other card",
      place: folder.path,
      reason: `it has no channel "${stranger.name}"; it has ${card.channels.map(({ name }) => name).join(", ")}.`,
    });
  }
  const sensors = span.sensors ?? store.sensors;
  const { stepMs } = card;
  const phaseMs = ((-zoneOffsetMs(card.zone, span.fromMs) % stepMs) + stepMs) % stepMs;
  const firstStep = Math.ceil((span.fromMs - phaseMs) / stepMs);
  const steps = Math.max(0, Math.ceil((span.toMs - phaseMs) / stepMs) - firstStep);
  if (!(steps <= MOST_STEPS)) {
    return yield* new StoreFailed({
      trouble: "unreadable",
      place: folder.path,
      reason: `a span of ${steps} steps was asked for, more than ${MOST_STEPS}; ask for less.`,
    });
  }
  const shape: SpanShape = {
    channels: channels.map(({ at }) => at),
    sensors: sensors.length,
    grid: { stepMs, phaseMs },
    firstStep,
    steps,
    rule: card.resample,
  };
  const sensorOf = new Map(sensors.map((name, index) => [name, index]));
  const recent = splitByDay(store.recent);
  const grid = new SpanGrid(shape);
  const faults = FAULT_KINDS.map(() => 0);
  const { fromMs, toMs } = SpanGrid.reach(shape);
  const lastDay = steps === 0 ? -Infinity : Math.floor((toMs - 1) / MS_PER_DAY);
  for (let day = Math.floor(fromMs / MS_PER_DAY); day <= lastDay; day++) {
    const records = [...(yield* readDay(store, day)), ...(recent.has(day) ? [recent.get(day)!] : [])];
    const numbers = records.map(({ names }) => names.map((name) => sensorOf.get(name) ?? -1));
    grid.addDay(records.map(({ rows }, index) => ({ rows, sensorOf: numbers[index]! })));
    for (const [index, { deltas }] of records.entries()) {
      for (const delta of deltas) {
        if (numbers[index]![delta.sensor]! < 0) continue;
        for (let kind = 0; kind < faults.length; kind++) faults[kind]! += delta.faults[kind] ?? 0;
      }
    }
  }
  const panel: Panel = {
    name: card.name,
    zone: card.zone,
    startMs: firstStep * stepMs + phaseMs,
    stepMs,
    steps,
    sensors,
    channels: channels.map(({ at }) => ({ name: card.channels[at]!.name, unit: card.channels[at]!.unit })),
    values: grid.finish(),
  };
  const counts = namedFaults(faults);
  const stored: StoredPanel = { panel, report: reportOf(store, panel, grid, counts), faults: counts };
  return stored;
});

/** The records of one day's file; none where there is no file. */
const readDay = (store: StoredRows, day: number): Effect.Effect<StoreRecord[], StoreFailed> => {
  const path = store.folder.dayPath(day);
  return Effect.flatMap(store.folder.frames(path), (scan) => {
    if (scan === undefined) return Effect.succeed([]);
    if (scan.cutBytes > 0 && !store.mayBeCut) {
      return Effect.fail(damaged(path, scan.end, "the last record is cut off"));
    }
    const settled = scan.frames.filter(({ sequence }) => sequence <= store.settled);
    return Effect.succeed(settled.map(({ payload }) => decodeRecord(payload)));
  });
};

const reportOf = (store: StoredRows, panel: Panel, grid: SpanGrid, faults: FaultCounts): IntakeReport => {
  const gaps = panel.channels.map((_, channel) => channelGaps(panel, channel));
  const example = grid.offGridExample;
  const words = describeFaults({ ...faults, repeated: 0, conflicting: 0, outOfOrder: 0, offGrid: 0 });
  return {
    dataset: store.card.name,
    startMs: panel.startMs,
    stepMs: panel.stepMs,
    steps: panel.steps,
    tally: emptyTally(),
    rows: grid.rows,
    unselectedRows: 0,
    missingCells: 0,
    duplicates: {
      identical: faults.repeated,
      completing: 0,
      conflicting: faults.conflicting,
      examples: [],
    },
    outOfOrder: faults.outOfOrder,
    offGrid: grid.offGrid,
    offGridExample:
      example === undefined
        ? undefined
        : { sensor: panel.sensors[example.sensor]!, instantMs: example.instantMs },
    outsideSpan: 0,
    emptySteps: emptySteps(panel),
    channels: gaps,
    deadSensors: panel.sensors.filter((_, sensor) =>
      gaps.every((channel) => channel.sensors[sensor]!.missingShare === 1),
    ),
    files: [],
    notes: words === "" ? [] : [`readings: ${words}`],
  };
};

/**
 * How fast readings come in: rows of a long CSV as the embedded sample has it, and cells of a wide one, from
 * bytes in memory to record batches and to a panel.
 */
import { Effect, Stream } from "effect";
import { assemblePanel } from "../src/ingest/assemblePanel.ts";
import { CsvReader, type ReadingContext } from "../src/ingest/CsvReader.ts";
import type { DatasetCard } from "../src/ingest/DatasetCard.ts";
import { ProblemLog } from "../src/ingest/IntakeProblem.ts";
import { emptyTally } from "../src/ingest/IntakeTally.ts";
import type { Readings } from "../src/ingest/ReadingBatch.ts";
import { SensorTable } from "../src/ingest/SensorTable.ts";
import { random as randomFrom } from "../src/series/random.ts";
import type { Measure } from "./BenchRow.ts";
import { medianTime } from "./medianTime.ts";

const ROWS = 300_000;
const SENSORS = 24;
const CHUNK_BYTES = 1 << 20;
const STEP_MS = 300_000;
const REPEATS = { warmUp: 3, repeats: 9 };

const base = {
  name: "bench",
  source: "bench.yaml",
  title: "bench",
  description: "bench",
  licence: "none",
  sources: [],
  zone: "Europe/Berlin",
  step: "5min",
  stepMs: STEP_MS,
  files: [{ path: "bench.csv" }],
} as const;

const longCard: DatasetCard = {
  ...base,
  layout: {
    kind: "long",
    time: { column: "time", clock: "utc" },
    sensor: "detector",
    channels: ["speed", "flow", "occupancy", "no2", "wind"].map((name) => ({ name, unit: "1" })),
  },
};

const wideCard: DatasetCard = {
  ...base,
  layout: {
    kind: "wide",
    time: { column: "time", clock: "local-folded" },
    channels: [{ name: "speed", unit: "1" }],
  },
};

const contextOf = (card: DatasetCard): ReadingContext => ({
  card,
  channels: card.layout.channels.map((channel) => channel.name),
  sensors: new SensorTable(),
  problems: new ProblemLog(),
  tally: emptyTally(),
  positionNames: [],
});

const chunksOf = (text: string): Uint8Array[] => {
  const bytes = new TextEncoder().encode(text);
  const chunks: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; at += CHUNK_BYTES) chunks.push(bytes.subarray(at, at + CHUNK_BYTES));
  return chunks;
};

const instantText = (step: number, end: number): string =>
  new Date(Date.UTC(2025, 0, 6) + step * STEP_MS).toISOString().slice(0, end);

/** Rows such as `2025-01-06T07:05:00Z,D07,48.3,612,11.4,,3.2`: one reading in ten is missing. */
const longText = (): string => {
  const random = randomFrom(1);
  const number = (scale: number, digits: number) =>
    random.uniform() < 0.1 ? "" : (random.uniform() * scale).toFixed(digits);
  let text = "time,detector,speed,flow,occupancy,no2,wind\n";
  for (let row = 0; row < ROWS; row++) {
    const time = `${instantText(Math.floor(row / SENSORS), 19)}Z`;
    const detector = `D${String(row % SENSORS).padStart(2, "0")}`;
    text += `${time},${detector},${number(90, 1)},${number(1800, 0)},${number(60, 1)},${number(120, 1)},${number(12, 1)}\n`;
  }
  return text;
};

const WIDE_COLUMNS = 200;
const WIDE_ROWS = 5000;

const wideText = (): string => {
  const random = randomFrom(2);
  const row = (first: string, cell: (column: number) => string) =>
    `${first},${Array.from({ length: WIDE_COLUMNS }, (_, column) => cell(column)).join(",")}\n`;
  let text = row("time", (column) => `d${column}`);
  for (let step = 0; step < WIDE_ROWS; step++) {
    text += row(instantText(step, 16), () =>
      random.uniform() < 0.05 ? "" : (random.uniform() * 70).toFixed(3),
    );
  }
  return text;
};

const readAll = (card: DatasetCard, chunks: readonly Uint8Array[]): Readings[] => {
  const reader = new CsvReader(contextOf(card), { path: "bench.csv" });
  const batches = chunks.flatMap((chunk) => reader.push(chunk));
  return [...batches, ...reader.end()];
};

const assembleAll = (card: DatasetCard, chunks: readonly Uint8Array[]) => {
  const reader = new CsvReader(contextOf(card), { path: "bench.csv" });
  const batches = Stream.fromIterable(chunks).pipe(
    Stream.map((chunk) => reader.push(chunk)),
    Stream.concat(Stream.fromEffect(Effect.sync(() => reader.end()))),
    Stream.flattenIterable,
  );
  return Effect.runPromise(
    assemblePanel({ batches, tally: emptyTally() }, { card }) as Effect.Effect<unknown>,
  );
};

export const measure: Measure = async (report) => {
  const long = chunksOf(longText());
  const wide = chunksOf(wideText());
  const rate = (count: number, ms: number) => Math.round((count / ms) * 1000);
  report({
    case: "long CSV (time, sensor, 5 channels) to record batches",
    value: rate(ROWS, await medianTime(() => readAll(longCard, long), REPEATS)),
    unit: "rows/s",
    atLeast: 1_000_000,
  });
  report({
    case: "long CSV (time, sensor, 5 channels) to a panel",
    value: rate(ROWS, await medianTime(() => assembleAll(longCard, long), REPEATS)),
    unit: "rows/s",
  });
  report({
    case: `wide CSV (${WIDE_COLUMNS} sensors) to record batches`,
    value: rate(WIDE_ROWS * WIDE_COLUMNS, await medianTime(() => readAll(wideCard, wide), REPEATS)),
    unit: "cells/s",
  });
};

/**
 * How fast readings come in: rows of a long CSV and of a Parquet file, and cells of a wide CSV, to record batches, to a
 * panel and into a store; growth by sensors, memory by the size of the file, and DuckDB on the same files.
 */
import * as NodeFileSystem from "@effect/platform-node-shared/NodeFileSystem";
import { Effect, type FileSystem, type Scope, Stream } from "effect";
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { assemblePanel } from "../src/ingest/assemblePanel.ts";
import { CsvReader, type ReadingContext } from "../src/ingest/CsvReader.ts";
import type { DatasetCard } from "../src/ingest/DatasetCard.ts";
import { ProblemLog } from "../src/ingest/IntakeProblem.ts";
import { emptyTally } from "../src/ingest/IntakeTally.ts";
import type { Readings } from "../src/ingest/ReadingBatch.ts";
import { openReadingStore } from "../src/ingest/store/ReadingStore.ts";
import { ON_GRID } from "../src/ingest/store/ResampleRule.ts";
import { SensorTable } from "../src/ingest/SensorTable.ts";
import { random as randomFrom } from "../src/series/random.ts";
import type { BenchRow, Measure } from "./BenchRow.ts";
import { feedSource } from "./feedSource.ts";
import { medianTime } from "./medianTime.ts";
import { openDuckDb } from "./peers/duckDb.ts";
import { CHANNELS, csvText, writeBigCsv, writeParquet } from "./readingFiles.ts";

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
    channels: CHANNELS.map((name) => ({ name, unit: "1" })),
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

const SENSOR_COUNTS = [24, 2400, 100_000];
const PARQUET_ROWS = 1_000_000;
const BIG_BYTES = 2_000_000_000;
const FILE_REPEATS = { warmUp: 2, repeats: 7 };

const run = <A, E>(effect: Effect.Effect<A, E, FileSystem.FileSystem | Scope.Scope>): Promise<A> =>
  Effect.runPromise(Effect.scoped(effect).pipe(Effect.provide(NodeFileSystem.layer)));

/** Reads a file batch by batch. */
const readFile = (kind: "csv" | "parquet", path: string): Promise<unknown> =>
  run(Stream.runDrain(feedSource(kind, path).batches));

/** Reads a file into a panel. */
const panelOf = (kind: "csv" | "parquet", path: string): Promise<unknown> => {
  const source = feedSource(kind, path);
  const batches = Stream.filter(
    Stream.map(source.batches, ({ readings }) => readings),
    ({ numRows }) => numRows > 0,
  );
  return run(assemblePanel({ batches, tally: emptyTally() }, { card: longCard }));
};

/** Reads a file into an empty store. */
const storeOf = (kind: "csv" | "parquet", path: string, folder: string): Promise<unknown> => {
  rmSync(folder, { recursive: true, force: true });
  const card = {
    name: "bench",
    zone: "Europe/Berlin",
    stepMs: STEP_MS,
    channels: longCard.layout.channels,
    resample: ON_GRID,
    sensors: [],
    lateAfterMs: STEP_MS,
    deadAfterMs: STEP_MS,
  };
  return run(
    Effect.flatMap(openReadingStore(folder, card), (store) =>
      Stream.runForEach(feedSource(kind, path).batches, ({ readings }) => store.append(readings)),
    ),
  );
};

/** The most memory, in MB, that a process of its own takes to read a file. */
const memoryOf = (kind: string, path: string): number => {
  const script = fileURLToPath(new URL("readFeedFile.ts", import.meta.url));
  const printed = execFileSync(process.execPath, ["--import", "tsx", script, kind, path], {
    encoding: "utf8",
  });
  return (JSON.parse(printed) as { readonly megabytes: number }).megabytes;
};

export const measure: Measure = async (report) => {
  const folder = mkdtempSync(join(tmpdir(), "ordinance-bench-"));
  try {
    await measureIn(folder, report);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};

const rate = (count: number, ms: number): number => Math.round((count / ms) * 1000);

const measureIn = async (folder: string, report: (row: BenchRow) => void): Promise<void> => {
  const longFile = csvText(ROWS, SENSORS);
  const long = chunksOf(longFile);
  const wide = chunksOf(wideText());
  const rowsPerSecond = async (rows: number, name: string, work: () => unknown, atLeast?: number) =>
    report({
      case: name,
      value: rate(rows, await medianTime(work, FILE_REPEATS)),
      unit: "rows/s",
      ...(atLeast === undefined ? {} : { atLeast }),
    });
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
  const csv = join(folder, "long.csv");
  const parquet = join(folder, "long.parquet");
  writeFileSync(csv, longFile);
  writeParquet(parquet, PARQUET_ROWS, SENSORS);
  await rowsPerSecond(
    PARQUET_ROWS,
    "Parquet (time, sensor, 5 channels) to record batches",
    () => readFile("parquet", parquet),
    3_000_000,
  );
  await rowsPerSecond(PARQUET_ROWS, "Parquet (time, sensor, 5 channels) to a panel", () =>
    panelOf("parquet", parquet),
  );
  await rowsPerSecond(ROWS, "CSV file into a store on disk", () =>
    storeOf("csv", csv, join(folder, "store")),
  );
  await measurePeer(csv, parquet, rowsPerSecond, report);
  for (const sensors of SENSOR_COUNTS) {
    writeFileSync(csv, csvText(ROWS, sensors));
    writeParquet(parquet, ROWS, sensors);
    await rowsPerSecond(ROWS, `CSV of ${sensors} sensors to record batches`, () => readFile("csv", csv));
    await rowsPerSecond(ROWS, `Parquet of ${sensors} sensors to record batches`, () =>
      readFile("parquet", parquet),
    );
  }
  for (const bytes of [BIG_BYTES / 20, BIG_BYTES]) {
    writeBigCsv(csv, bytes);
    report({
      case: `most memory for a CSV file of ${bytes / 1e6} MB`,
      value: memoryOf("csv", csv),
      unit: "MB",
      atMost: 500,
    });
  }
};

/** DuckDB reads the same files on one thread, its columns taken as typed arrays. */
const measurePeer = async (
  csv: string,
  parquet: string,
  rowsPerSecond: (rows: number, name: string, work: () => unknown) => Promise<void>,
  report: (row: BenchRow) => void,
): Promise<void> => {
  const duck = await openDuckDb();
  if (duck === undefined) {
    const reason = "@duckdb/node-api is not installed (npm install --prefix bench/peers --ignore-scripts)";
    report({ case: `peer DuckDB not measured: ${reason}`, value: Number.NaN, unit: "rows/s" });
    return;
  }
  const rows = await duck.run(`select * from '${csv}'`);
  await rowsPerSecond(rows, "peer DuckDB: the CSV file to columns", () => duck.run(`select * from '${csv}'`));
  await rowsPerSecond(PARQUET_ROWS, "peer DuckDB: the Parquet file to columns", () =>
    duck.run(`select * from '${parquet}'`),
  );
};

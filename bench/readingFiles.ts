/** Files of readings for the benchmark of ingest: five channels, one reading in ten missing. */
import { parquetWriteFile } from "hyparquet-writer";
import { closeSync, openSync, writeSync } from "node:fs";
import { random as randomFrom } from "../src/series/random.ts";

export const CHANNELS = ["speed", "flow", "occupancy", "no2", "wind"];
const STEP_MS = 300_000;
const START_MS = Date.UTC(2025, 0, 6);
const SCALES = [90, 1800, 60, 120, 12];

/** Columns of so many rows, step by step over the sensors. */
const columnsOf = (rows: number, sensors: number) => {
  const random = randomFrom(1);
  const digits = String(sensors - 1).length;
  return {
    time: Array.from({ length: rows }, (_, row) => new Date(START_MS + Math.floor(row / sensors) * STEP_MS)),
    detector: Array.from({ length: rows }, (_, row) => `D${String(row % sensors).padStart(digits, "0")}`),
    values: SCALES.map((scale) =>
      Array.from({ length: rows }, () =>
        random.uniform() < 0.1 ? null : Math.round(random.uniform() * scale * 10) / 10,
      ),
    ),
  };
};

/** A Parquet file (snappy, dictionaries where they pay, nullable channels), in row groups of 122,880 as DuckDB writes them. */
export const writeParquet = (path: string, rows: number, sensors: number): void => {
  const { detector, time, values } = columnsOf(rows, sensors);
  parquetWriteFile({
    filename: path,
    rowGroupSize: 122_880,
    columnData: [
      { name: "time", data: time, type: "TIMESTAMP" },
      { name: "detector", data: detector, type: "STRING" },
      ...CHANNELS.map((name, channel) => ({
        name,
        data: values[channel]!,
        type: "DOUBLE" as const,
        nullable: true,
      })),
    ],
  });
};

/** The same readings as CSV text. */
export const csvText = (rows: number, sensors: number): string => {
  const { detector, time, values } = columnsOf(rows, sensors);
  const lines = [`time,detector,${CHANNELS.join(",")}\n`];
  for (let row = 0; row < rows; row++) {
    const cells = values.map((column) => column[row] ?? "").join(",");
    lines.push(`${time[row]!.toISOString().slice(0, 19)}Z,${detector[row]},${cells}\n`);
  }
  return lines.join("");
};

/** A CSV file of at least so many bytes: the rows of one block again and again. */
export const writeBigCsv = (path: string, bytes: number): void => {
  const block = new TextEncoder().encode(csvText(100_000, 24));
  const header = block.indexOf(10) + 1;
  const file = openSync(path, "w");
  writeSync(file, block.subarray(0, header));
  for (let written = header; written < bytes; written += block.length - header) {
    writeSync(file, block.subarray(header));
  }
  closeSync(file);
};

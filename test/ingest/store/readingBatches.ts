import { existsSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ReadingBatch, type Readings } from "../../../src/ingest/ReadingBatch.ts";
import { SensorTable } from "../../../src/ingest/SensorTable.ts";
import type { StoreCard } from "../../../src/ingest/store/StoreCard.ts";
import { ON_GRID } from "../../../src/ingest/store/ResampleRule.ts";

/** One reading: sensor, instant in ms, then one value a channel; null is missing. */
export type Row = readonly [sensor: string, instantMs: number, ...values: (number | null)[]];

export const MINUTE = 60_000;
export const START = Date.UTC(2025, 2, 3);

/** A new folder, in memory where the system has a place for that: a store waits for the disk at every append. */
export const temporaryFolder = (): string =>
  mkdtempSync(join(existsSync("/dev/shm") ? "/dev/shm" : tmpdir(), "ordinance-store-"));

/** A card of one or more channels named a, b, ... on a grid of five minutes. */
export const storeCard = (more: Partial<StoreCard> = {}): StoreCard => ({
  name: "city",
  zone: "Europe/Berlin",
  stepMs: 5 * MINUTE,
  channels: [{ name: "a", unit: "km/h" }],
  resample: ON_GRID,
  sensors: [],
  lateAfterMs: 10 * MINUTE,
  deadAfterMs: 60 * MINUTE,
  ...more,
});

/** Rows as a record batch of the channels named. */
export const batchOf = (rows: readonly Row[], channels: readonly string[] = ["a"]): Readings => {
  const sensors = new SensorTable();
  const batch = new ReadingBatch(channels, sensors);
  for (const [sensor, instantMs, ...values] of rows) {
    for (const [channel, column] of batch.values.entries()) column[batch.rows] = values[channel] ?? NaN;
    batch.commit(sensors.indexOf(sensor), instantMs);
  }
  return batch.take();
};

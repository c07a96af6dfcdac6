import { appendFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { FailingDisk } from "../../ingest/store/failingDisk.ts";
import { temporaryFolder } from "../../ingest/store/readingBatches.ts";
import { until } from "./mqttBroker.ts";
import { ingestOnce, readingsIn, whileIngesting } from "./runningFeed.ts";

let root: string;
beforeEach(() => {
  root = temporaryFolder();
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const START = Date.UTC(2025, 2, 3);
const lines = (from: number, to: number): string =>
  Array.from(
    { length: to - from },
    (_, at) => `${new Date(START + (from + at) * 300_000).toISOString()},D0,${from + at}\n`,
  ).join("");

/** A feed that follows a file with its first ten lines. */
const followedFeed = (): string => {
  const path = join(root, "feed.yaml");
  writeFileSync(
    path,
    `name: city
zone: UTC
step: 5min
channels: [{ name: speed, unit: km/h }]
store: store
sources:
  - { kind: csv, path: a.csv, follow: true, time: { column: time, clock: utc }, sensor: { column: id } }
`,
  );
  writeFileSync(join(root, "a.csv"), `time,id,speed\n${lines(0, 10)}`);
  return path;
};
const append = (from: number, to: number): void => appendFileSync(join(root, "a.csv"), lines(from, to));

describe("a feed that goes on", () => {
  it("waits while the disk is full, says so, and then takes every reading once", async () => {
    const disk = new FailingDisk();
    const path = followedFeed();
    const report = await whileIngesting(
      path,
      async (store) => {
        await until(async () => (await readingsIn(store)) === 10, "the first lines");
        disk.full = true;
        append(10, 20);
        await until(() => disk.failures >= 2, "two attempts on the full disk");
        append(20, 30);
        disk.full = false;
        await until(async () => (await readingsIn(store)) === 30, "all lines");
      },
      disk.layer,
    );
    expect(report).toMatchObject({ kept: 30, faults: { repeated: 0, outOfOrder: 0 } });
    expect(report.notes).toEqual([expect.stringMatching(/no space is left; make room/)]);
    expect(await ingestOnce(path)).toMatchObject({ rows: 0, sources: [{ passedOver: 1 }] });
  });

  it("waits while its store is gone, says so, and goes on when it is put back", async () => {
    const path = followedFeed();
    const report = await whileIngesting(path, async (store, said) => {
      await until(async () => (await readingsIn(store)) === 10, "the first lines");
      renameSync(join(root, "store"), join(root, "away"));
      append(10, 20);
      await until(() => said.length > 0, "the note that the store is gone");
      expect(said).toEqual([expect.stringMatching(/it is gone; put the store back.*Waiting for it\.$/)]);
      expect(await readingsIn(store)).toBe(10);
      renameSync(join(root, "away"), join(root, "store"));
      await until(async () => (await readingsIn(store)) === 20, "all lines");
      await until(() => said.length === 2, "the note that it is back");
      expect(said[1]).toMatch(/store: readings are taken again\./);
    });
    expect(report).toMatchObject({ kept: 20, faults: { repeated: 0 } });
    expect(report.notes).toEqual([expect.stringMatching(/store: it is gone; put the store back/)]);
  });
});

import * as NodeFileSystem from "@effect/platform-node-shared/NodeFileSystem";
import { Clock, Duration, Effect, Layer, Stream } from "effect";
import { appendFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { columnInstants, instantAt } from "../../../src/ingest/batchColumns.ts";
import type { FeedBatch } from "../../../src/ingest/source/FeedSource.ts";
import { fileSource } from "../../../src/ingest/source/fileSource.ts";
import { START, storeCard, temporaryFolder } from "../store/readingBatches.ts";

const HOUR = 3_600_000;
const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** A clock that is set by hand and never waits long. */
const handClock = (now: { ms: number }): Layer.Layer<never> => {
  const nanos = (): bigint => BigInt(now.ms) * 1_000_000n;
  const real = Clock.Clock.defaultValue();
  return Layer.succeed(Clock.Clock, {
    currentTimeMillisUnsafe: () => now.ms,
    currentTimeMillis: Effect.sync(() => now.ms),
    currentTimeNanosUnsafe: nanos,
    currentTimeNanos: Effect.sync(nanos),
    monotonicTimeNanosUnsafe: nanos,
    monotonicTimeNanos: Effect.sync(nanos),
    sleep: () => real.sleep(Duration.millis(1)),
  });
};

describe("files that are followed", () => {
  it.each([
    ["one alone", "live.ndjson", ["live.ndjson"]],
    ["those of a folder", "", ["a.ndjson", "b.ndjson"]],
  ])("say of readings when they came, though they grow while they are read: %s", async (_, path, names) => {
    const folder = temporaryFolder();
    folders.push(folder);
    const now = { ms: START };
    const write = (): void => {
      for (const name of names) {
        const row = { time: new Date(now.ms).toISOString(), sensor: name, a: 1 };
        appendFileSync(join(folder, name), `${JSON.stringify(row)}\n`);
      }
    };
    write();
    const { batches } = fileSource(
      {
        kind: "ndjson",
        path: path === "" ? folder : path,
        follow: true,
        time: { column: "time", clock: "utc" },
        sensor: { column: "sensor" },
      },
      { card: storeCard(), folder, position: () => Effect.succeed(undefined) },
      false,
    );
    const arrivals: [instantMs: number, arrivedMs: number | undefined, storedMs: number][] = [];
    // Every batch takes an hour to be stored, and then each file has another line.
    const store = ({ arrivedMs, readings }: FeedBatch): void => {
      if (readings.numRows === 0) return;
      const instants = columnInstants(readings);
      for (let row = 0; row < readings.numRows; row++) {
        arrivals.push([instantAt(instants, row), arrivedMs, now.ms]);
      }
      now.ms += HOUR;
      write();
    };
    await Effect.runPromise(
      batches.pipe(
        Stream.tap((batch) => Effect.sync(() => store(batch))),
        Stream.takeUntil(() => arrivals.length >= 12),
        Stream.runDrain,
        Effect.provide(handClock(now)),
        Effect.provide(NodeFileSystem.layer),
      ),
    );
    const live = arrivals.filter(([, arrivedMs]) => arrivedMs !== undefined);
    // What a file had when it was first looked at came at a time that nobody knows.
    const first = arrivals.slice(0, arrivals.length - live.length);
    expect(first.map(([instantMs]) => instantMs)).toEqual(
      names.length === 1 ? [START] : [START, START, START + HOUR],
    );
    for (const [instantMs, arrivedMs, storedMs] of live) {
      expect(arrivedMs).toBe(storedMs);
      expect(arrivedMs! - instantMs).toBeGreaterThanOrEqual(0);
    }
  });
});

import * as NodeFileSystem from "@effect/platform-node-shared/NodeFileSystem";
import { Effect, type FileSystem, type Layer } from "effect";
import { mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openReadingStore, type ReadingStore } from "../../../src/ingest/store/ReadingStore.ts";
import type { StoreFailed } from "../../../src/ingest/store/StoreFailed.ts";
import { FailingDisk } from "./failingDisk.ts";
import { batchOf, MINUTE, type Row, START, storeCard, temporaryFolder } from "./readingBatches.ts";

const STEP = 5 * MINUTE;

let root: string;
beforeEach(() => {
  root = temporaryFolder();
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const withStore = <A>(
  use: (store: ReadingStore) => Effect.Effect<A, StoreFailed>,
  layer: Layer.Layer<FileSystem.FileSystem> = NodeFileSystem.layer,
): Promise<A> =>
  Effect.runPromise(
    Effect.scoped(Effect.flatMap(openReadingStore(join(root, "store"), storeCard()), use)).pipe(
      Effect.provide(layer),
    ),
  );

/** The same readings, appended with troubles in between or without, have to leave the same panel and counts. */
const rowsOf = (part: number): Row[] =>
  Array.from({ length: 50 }, (_, at): Row => [
    `D${at % 3}`,
    START + (part * 20 + Math.floor(at / 3)) * STEP,
    at,
  ]);
const outcome = (layer?: Layer.Layer<FileSystem.FileSystem>) =>
  withStore(
    (store) =>
      Effect.gen(function* () {
        const { panel } = yield* store.panel({ fromMs: START, toMs: START + 100 * STEP });
        return { values: Array.from(panel.values), health: yield* store.health() };
      }),
    layer,
  );

describe("a disk that is full", () => {
  it("fails with a remedy, takes nothing of the batch, and goes on when there is space", async () => {
    const disk = new FailingDisk();
    await withStore(
      (store) =>
        Effect.gen(function* () {
          yield* store.append(batchOf(rowsOf(0)));
          for (let attempt = 0; attempt < 3; attempt++) {
            disk.full = true;
            const failure = yield* Effect.flip(store.append(batchOf(rowsOf(1)))).pipe(Effect.orDie);
            expect(failure).toMatchObject({ _tag: "StoreFailed", trouble: "full" });
            expect(failure.message).toMatch(/journal-00000001\.log: no space is left; make room/);
            const { panel } = yield* store.panel({ fromMs: START, toMs: START + 100 * STEP });
            expect(panel.values.filter((value) => !Number.isNaN(value))).toHaveLength(50);
            disk.full = false;
          }
          expect((yield* store.append(batchOf(rowsOf(1)))).kept).toBe(50);
          expect((yield* store.append(batchOf(rowsOf(2)))).kept).toBe(50);
        }),
      disk.layer,
    );
    expect(disk.failures).toBe(3);
    const troubled = await outcome();
    rmSync(join(root, "store"), { recursive: true });
    for (const part of [0, 1, 2]) await withStore((store) => store.append(batchOf(rowsOf(part))));
    expect(await outcome()).toEqual(troubled);
  });

  it("keeps what was acknowledged where it is full when the store is closed", async () => {
    const disk = new FailingDisk();
    await withStore(
      (store) =>
        Effect.gen(function* () {
          yield* store.append(batchOf(rowsOf(0)));
          yield* store.append(batchOf(rowsOf(1)));
          disk.full = true;
        }),
      disk.layer,
    );
    expect(readdirSync(join(root, "store")).filter((name) => name.startsWith("journal"))).toHaveLength(1);
    const troubled = await outcome();
    rmSync(join(root, "store"), { recursive: true });
    for (const part of [0, 1]) await withStore((store) => store.append(batchOf(rowsOf(part))));
    expect(await outcome()).toEqual(troubled);
  });
});

describe("a folder that is gone", () => {
  it("fails instead of writing to a file without a name, and goes on when it is put back", async () => {
    await withStore((store) =>
      Effect.gen(function* () {
        yield* store.append(batchOf(rowsOf(0)));
        renameSync(join(root, "store"), join(root, "away"));
        const failure = yield* Effect.flip(store.append(batchOf(rowsOf(1)))).pipe(Effect.orDie);
        expect(failure).toMatchObject({ trouble: "removed", place: join(root, "store") });
        expect(failure.message).toMatch(/it is gone; put the store back/);
        mkdirSync(join(root, "store"));
        writeFileSync(join(root, "store", "journal-00000001.log"), "");
        const other = yield* Effect.flip(store.append(batchOf(rowsOf(1)))).pipe(Effect.orDie);
        expect(other.message).toMatch(/another folder stands in its place/);
        rmSync(join(root, "store"), { recursive: true });
        renameSync(join(root, "away"), join(root, "store"));
        expect((yield* store.append(batchOf(rowsOf(1)))).kept).toBe(50);
      }),
    );
    const troubled = await outcome();
    rmSync(join(root, "store"), { recursive: true });
    for (const part of [0, 1]) await withStore((store) => store.append(batchOf(rowsOf(part))));
    expect(await outcome()).toEqual(troubled);
  });

  it("says what is in the way of a store", async () => {
    writeFileSync(join(root, "store"), "a file");
    await expect(withStore(() => Effect.void)).rejects.toThrow(
      /store: .*(stands where a folder is needed|EEXIST)/,
    );
  });
});

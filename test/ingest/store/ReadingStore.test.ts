import * as NodeFileSystem from "@effect/platform-node-shared/NodeFileSystem";
import { Effect, type FileSystem, type Scope } from "effect";
import {
  appendFileSync,
  cpSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openReadingStore, type ReadingStore } from "../../../src/ingest/store/ReadingStore.ts";
import { readReadingStore } from "../../../src/ingest/store/readReadingStore.ts";
import type { StoreCard } from "../../../src/ingest/store/StoreCard.ts";
import type { StoreFailed } from "../../../src/ingest/store/StoreFailed.ts";
import { random as randomFrom } from "../../../src/series/random.ts";
import { batchOf, MINUTE, type Row, START, storeCard, temporaryFolder } from "./readingBatches.ts";

const STEP = 5 * MINUTE;
const DAY = 1440 * MINUTE;

let root: string;
beforeEach(() => {
  root = temporaryFolder();
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const run = <A, E>(effect: Effect.Effect<A, E, FileSystem.FileSystem | Scope.Scope>): Promise<A> =>
  Effect.runPromise(Effect.scoped(effect).pipe(Effect.provide(NodeFileSystem.layer)));

/** Opens the store in the test's folder, uses it and closes it. */
const withStore = <A>(
  use: (store: ReadingStore) => Effect.Effect<A, StoreFailed>,
  card: StoreCard = storeCard(),
): Promise<A> => run(Effect.flatMap(openReadingStore(join(root, "store"), card), use));

const whole = { fromMs: START, toMs: START + DAY };
const filesOf = (folder: string): string[] => readdirSync(join(root, "store", folder)).sort();
const journals = (): string[] => filesOf(".").filter((name) => name.startsWith("journal"));

/** A truth of so many sensors over a day and a bit, with gaps. */
const truthRows = (sensors: number, seed: number): Row[] => {
  const random = randomFrom(seed);
  const rows: Row[] = [];
  for (let step = 0; step < 300; step++) {
    for (let sensor = 0; sensor < sensors; sensor++) {
      if (random.uniform() < 0.1) continue;
      rows.push([`D${sensor}`, START + step * STEP, Math.round(random.uniform() * 1000) / 10]);
    }
  }
  return rows;
};

const shuffled = <T>(items: readonly T[], seed: number): T[] => {
  const random = randomFrom(seed);
  const copy = [...items];
  for (let i = copy.length - 1; i > 0; i--) {
    const j = Math.floor(random.uniform() * (i + 1));
    [copy[i], copy[j]] = [copy[j]!, copy[i]!];
  }
  return copy;
};

describe("a store of readings", () => {
  it("gives back what was appended, on the grid, also after it was closed", async () => {
    const rows: Row[] = [
      ["b", START, 1],
      ["a", START + STEP, 2],
      ["a", START + 3 * STEP, 3],
    ];
    const span = { fromMs: START, toMs: START + 4 * STEP };
    const open = await withStore((store) => Effect.andThen(store.append(batchOf(rows)), store.panel(span)));
    const later = await withStore((store) => store.panel(span));
    const beside = await run(
      Effect.flatMap(readReadingStore(join(root, "store")), (store) => store.panel(span)),
    );
    for (const { panel } of [open, later, beside]) {
      expect(panel).toMatchObject({ startMs: START, stepMs: STEP, steps: 4, sensors: ["a", "b"] });
      expect(panel.channels).toEqual([{ name: "a", unit: "km/h" }]);
      expect(Array.from(panel.values)).toEqual([NaN, 2, NaN, 3, 1, NaN, NaN, NaN]);
    }
  });

  it("gives the same bytes whatever the order, the batches and the duplicates", async () => {
    const truth = truthRows(7, 3);
    const span = { fromMs: START - STEP, toMs: START + 310 * STEP };
    const panels: Buffer[] = [];
    for (const seed of [0, 1, 2, 3]) {
      rmSync(join(root, "store"), { recursive: true, force: true });
      const rows = seed === 0 ? truth : shuffled([...truth, ...truth.slice(0, 500 * seed)], seed);
      for (let at = 0; at < rows.length; at += 900 + 100 * seed) {
        // Each batch by a process of its own, as it were.
        await withStore((store) => store.append(batchOf(rows.slice(at, at + 900 + 100 * seed))));
      }
      const { panel } = await withStore((store) => store.panel(span));
      panels.push(Buffer.from(panel.values.buffer));
    }
    const expected = new Float64Array(7 * 311).fill(NaN);
    for (const [sensor, instant, value] of truth) {
      expected[Number(sensor.slice(1)) * 311 + 1 + (instant - START) / STEP] = value!;
    }
    for (const panel of panels) expect(panel.equals(Buffer.from(expected.buffer))).toBe(true);
  });

  it("counts what is odd by sensor, and keeps the counts", async () => {
    const card = storeCard({
      channels: [
        { name: "a", unit: "km/h", possible: [0, 130] },
        { name: "b", unit: "1" },
      ],
      sensors: ["silent"],
    });
    const rows: Row[] = [
      ["x", START + 2 * STEP, 50, 1],
      ["x", START + 2 * STEP, 50, 1],
      ["x", START + 2 * STEP, 51, 1],
      ["x", START, 40, null],
      ["x", START, null, 7],
      ["x", START + 3 * STEP, 900, 2],
      ["x", START + 3 * STEP + 1, 5, 2],
      ["y", START + 5 * STEP, null, null],
      ["y", START + 4 * STEP, 60, 2],
      ["z", START - 60 * STEP, 60, 2],
    ];
    const tally = await withStore(
      (store) => store.append(batchOf(rows, ["a", "b"]), { arrivedMs: START + 4 * STEP }),
      card,
    );
    expect(tally).toMatchObject({
      rows: 10,
      kept: 6,
      faults: { late: 2, repeated: 1, conflicting: 1, outOfOrder: 1, impossible: 1, offGrid: 1, blank: 1 },
      conflicts: [{ sensor: "x", channel: "a", instantMs: START + 2 * STEP, kept: 50, refused: 51 }],
    });
    const health = await withStore((store) => store.health(), card);
    expect(health.map(({ sensor, readings, missing, dead }) => [sensor, readings, missing, dead])).toEqual([
      ["silent", 0, 0, true],
      ["x", 4, 2, false],
      ["y", 1, 0, false],
      ["z", 1, 64, true],
    ]);
    expect(health[1]!.faults).toEqual({
      late: 1,
      repeated: 1,
      conflicting: 1,
      outOfOrder: 1,
      impossible: 1,
      offGrid: 1,
      blank: 0,
    });
    const { faults, panel, report } = await withStore(
      (store) => store.panel({ ...whole, sensors: ["x", "silent"] }),
      card,
    );
    expect(Array.from(panel.values.subarray(0, 4))).toEqual([40, NaN, 50, NaN]);
    expect(Array.from(panel.values.subarray(2 * panel.steps, 2 * panel.steps + 4))).toEqual([7, NaN, 1, 2]);
    expect(faults).toMatchObject({ late: 1, repeated: 1, conflicting: 1, impossible: 1, blank: 0 });
    expect(report).toMatchObject({ offGrid: 1, deadSensors: ["silent"], outOfOrder: 1 });
    expect(report.offGridExample).toEqual({ sensor: "x", instantMs: START + 3 * STEP + 1 });
  });

  it("keeps the first of two that contradict each other, also after a restart", async () => {
    await withStore((store) => store.append(batchOf([["a", START, 1]])));
    const { faults } = await withStore((store) => store.append(batchOf([["a", START, 2]])));
    expect(faults.conflicting).toBe(1);
    const { panel } = await withStore((store) => store.panel(whole));
    expect(panel.values[0]).toBe(1);
  });

  it("remembers how far a source was read, together with its readings", async () => {
    const mark = (position: string) => ({ mark: { source: "a.csv", position } });
    await withStore((store) =>
      Effect.gen(function* () {
        yield* store.append(batchOf([["a", START, 1]]), mark("10"));
        yield* store.append(batchOf([["a", START + STEP, 1]]), mark("20"));
      }),
    );
    expect(await withStore((store) => store.position("a.csv"))).toBe("20");
    expect(await withStore((store) => store.position("b.csv"))).toBeUndefined();
  });

  it("reads no day but those of the span", async () => {
    const days = Array.from({ length: 5 }, (_, day): Row => ["a", START + day * DAY, day]);
    await withStore((store) => store.append(batchOf(days)));
    expect(filesOf("days")).toHaveLength(5);
    for (const name of filesOf("days").filter((day) => !day.startsWith("2025-03-05"))) {
      writeFileSync(join(root, "store", "days", name), "not readable at all");
    }
    const { panel } = await withStore((store) =>
      store.panel({ fromMs: START + 2 * DAY, toMs: START + 3 * DAY }),
    );
    expect(panel.values[0]).toBe(2);
  });

  it("refuses other channels and another step", async () => {
    await withStore((store) => store.append(batchOf([["a", START, 1]])));
    const other = storeCard({ channels: [{ name: "b", unit: "1" }] });
    await expect(withStore(() => Effect.void, other)).rejects.toThrow(/begun with the channels a in km\/h/);
    await expect(withStore(() => Effect.void, storeCard({ stepMs: MINUTE }))).rejects.toThrow(/step of 5min/);
    await expect(withStore((store) => store.append(batchOf([["a", START, 1]], ["q"])))).rejects.toThrow(
      /"q"/,
    );
    await expect(withStore((store) => store.panel({ ...whole, channels: ["speed"] }))).rejects.toThrow(
      /no channel "speed"/,
    );
  });
});

/** Appends so that the journal stays, as a kill leaves it, and gives its path. */
const killedAfter = async (...batches: readonly (readonly Row[])[]): Promise<string> => {
  let kept = new Uint8Array();
  let name = "";
  await withStore((store) =>
    Effect.gen(function* () {
      for (const rows of batches) yield* store.append(batchOf(rows));
      [name] = journals() as [string];
      kept = readFileSync(join(root, "store", name));
      rmSync(join(root, "copy"), { recursive: true, force: true });
      cpSync(join(root, "store"), join(root, "copy"), { recursive: true });
    }),
  );
  rmSync(join(root, "store"), { recursive: true });
  renameSync(join(root, "copy"), join(root, "store"));
  expect(kept.length).toBeGreaterThan(0);
  return join(root, "store", name);
};

describe("a store after a kill", () => {
  const first: Row[] = [["a", START, 1]];
  const second: Row[] = [["a", START + STEP, 2]];

  it("has every acknowledged reading, and takes over the lock with a note", async () => {
    await killedAfter(first, second);
    const { values, notes } = await withStore((store) =>
      Effect.map(store.panel(whole), ({ panel }) => ({ values: panel.values, notes: store.notes })),
    );
    expect(Array.from(values.subarray(0, 3))).toEqual([1, 2, NaN]);
    expect(notes.join()).toMatch(/writer-1\.lock: process \d+ ended without giving up the folder/);
    expect(filesOf(".")).toEqual(["days", "state.json", "store.json"]);
  });

  it("drops the record that was cut off, at every length, and says so", async () => {
    const path = await killedAfter(first, second);
    const bytes = readFileSync(path);
    rmSync(join(root, "kept"), { recursive: true, force: true });
    cpSync(join(root, "store"), join(root, "kept"), { recursive: true });
    const frame = bytes.length / 2;
    for (let length = frame + 1; length < bytes.length; length += 23) {
      rmSync(join(root, "store"), { recursive: true });
      cpSync(join(root, "kept"), join(root, "store"), { recursive: true });
      truncateSync(path, length);
      const { values, notes } = await withStore((store) =>
        Effect.map(store.panel(whole), ({ panel }) => ({ values: panel.values, notes: store.notes })),
      );
      expect(Array.from(values.subarray(0, 2))).toEqual([1, NaN]);
      expect(notes.join("\n")).toContain(`${length - frame} bytes of a write that was cut off were dropped`);
    }
  });

  it.each([0, 4, 19, 21, 60])("calls a changed byte %d damage, with file and offset", async (at) => {
    const path = await killedAfter(first, second);
    const bytes = readFileSync(path);
    const frame = bytes.length / 2;
    bytes[frame + at]! ^= 0x10;
    writeFileSync(path, bytes);
    await expect(withStore(() => Effect.void)).rejects.toThrow(`${path}, byte ${frame}: `);
  });

  it("settles a journal again that was settled in part", async () => {
    const days: Row[] = Array.from({ length: 3 }, (_, day) => ["a", START + day * DAY, day]);
    const path = await killedAfter(days);
    cpSync(join(root, "store"), join(root, "kept"), { recursive: true });
    await withStore(() => Effect.void);
    const [one, two] = filesOf("days").map((name) => readFileSync(join(root, "store", "days", name)));
    rmSync(join(root, "store"), { recursive: true });
    cpSync(join(root, "kept"), join(root, "store"), { recursive: true });
    writeFileSync(join(root, "store", "days", "2025-03-03.log"), one!);
    writeFileSync(join(root, "store", "days", "2025-03-04.log"), two!.subarray(0, 50));
    expect(path).toContain("journal");
    const { panel } = await withStore((store) => store.panel({ fromMs: START, toMs: START + 3 * DAY }));
    expect([0, 288, 576].map((step) => panel.values[step])).toEqual([0, 1, 2]);
    const health = await withStore((store) => store.health());
    expect(health[0]!.readings).toBe(3);
    for (const name of filesOf("days")) {
      expect(readFileSync(join(root, "store", "days", name)).length).toBe(one!.length);
    }
  });

  it("calls a day that is cut off or goes on with other bytes damaged", async () => {
    await withStore((store) => store.append(batchOf(first)));
    const day = join(root, "store", "days", "2025-03-03.log");
    const bytes = readFileSync(day);
    writeFileSync(day, bytes.subarray(0, bytes.length - 3));
    await expect(withStore((store) => store.panel(whole))).rejects.toThrow(`${day}, byte 0: the last record`);
    writeFileSync(day, bytes);
    appendFileSync(day, "more");
    await expect(withStore((store) => store.append(batchOf(second)))).rejects.toThrow(
      `${day}, byte ${bytes.length}: no record begins here`,
    );
  });
});

describe("one writer at a time", () => {
  it("refuses a second writer, and lets readers in beside the first", async () => {
    await withStore((store) =>
      Effect.gen(function* () {
        yield* store.append(batchOf([["a", START, 1]]));
        const second = yield* Effect.scoped(openReadingStore(join(root, "store"), storeCard())).pipe(
          Effect.flip,
          Effect.provide(NodeFileSystem.layer),
          Effect.orDie,
        );
        expect(second.message).toMatch(/process \d+ writes to it; stop that one first/);
        const beside = yield* readReadingStore(join(root, "store")).pipe(
          Effect.provide(NodeFileSystem.layer),
        );
        expect((yield* beside.panel(whole)).panel.values[0]).toBe(1);
        yield* store.append(batchOf([["a", START + STEP, 2]]));
        expect((yield* beside.panel(whole)).panel.values[1]).toBe(2);
        expect(yield* beside.lastInstantMs).toBe(START + STEP);
      }),
    );
    expect(filesOf(".").filter((name) => name.endsWith(".lock"))).toEqual([]);
  });

  it("takes over from a process that is gone, not from one on another machine", async () => {
    await withStore(() => Effect.void);
    const lock = join(root, "store", "writer-7.lock");
    const holder = (host: string) => JSON.stringify({ pid: 2 ** 22 + 5, host, began: "1" });
    writeFileSync(lock, holder(hostname()));
    expect(await withStore((store) => Effect.succeed(store.notes))).toHaveLength(1);
    // Killed before it had written who it is.
    for (const text of ["", '{"pid":12']) {
      writeFileSync(lock, text);
      expect(await withStore((store) => Effect.succeed(store.notes))).toHaveLength(1);
    }
    writeFileSync(join(root, "store", `.claim-${2 ** 22 + 5}-0`), "");
    await withStore(() => Effect.void);
    expect(filesOf(".")).toEqual(["days", "store.json"]);
    writeFileSync(lock, holder(`${hostname()}-else`));
    await expect(withStore(() => Effect.void)).rejects.toThrow(
      /if that one is gone, remove .*writer-7\.lock/,
    );
  });
});

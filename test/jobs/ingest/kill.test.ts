import * as NodeFileSystem from "@effect/platform-node-shared/NodeFileSystem";
import { Effect } from "effect";
import { spawn } from "node:child_process";
import { appendFileSync, existsSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openReadingStore } from "../../../src/ingest/store/ReadingStore.ts";
import { readReadingStore } from "../../../src/ingest/store/readReadingStore.ts";
import type { StoreCard } from "../../../src/ingest/store/StoreCard.ts";
import { random as randomFrom } from "../../../src/series/random.ts";
import { temporaryFolder } from "../../ingest/store/readingBatches.ts";
import { killedCard, killedRow, killedSpan, ROWS_PER_BATCH, SENSORS } from "./killedRows.mjs";
import { ingestOnce } from "./runningFeed.ts";

/** Kills of each kind; more of them with ORDINANCE_KILLS. */
const KILLS = Number(process.env["ORDINANCE_KILLS"] ?? 12);
const SEED = Number(process.env["ORDINANCE_KILL_SEED"] ?? 20251126);

/** Far more than it takes, also on a machine that does much else. */
const PATIENCE_MS = 60_000 * KILLS;

let root: string;
beforeEach(() => {
  root = temporaryFolder();
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

/** Runs a program and kills it with SIGKILL so long after it has begun to work; gives what it printed. */
const killed = (script: string, words: readonly string[], begun: (printed: string) => boolean, ms: number) =>
  new Promise<string>((resolve, reject) => {
    const child = spawn(process.execPath, [script, ...words], { stdio: ["ignore", "pipe", "pipe"] });
    let [printed, errors] = ["", ""];
    let timer: NodeJS.Timeout | undefined;
    const look = setInterval(() => {
      if (timer === undefined && begun(printed)) timer = setTimeout(() => child.kill("SIGKILL"), ms);
    }, 5);
    child.stdout.setEncoding("utf8").on("data", (text: string) => (printed += text));
    child.stderr.setEncoding("utf8").on("data", (text: string) => (errors += text));
    child.on("error", reject);
    child.on("close", (_status, signal) => {
      clearInterval(look);
      clearTimeout(timer);
      if (signal === "SIGKILL") resolve(printed);
      else reject(new Error(`ended by itself: ${errors}`));
    });
  });

const scoped = <A, E>(effect: Effect.Effect<A, E>): Promise<A> => Effect.runPromise(effect);
const here = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

/** Rows of a full batch. */
const BATCH_ROWS = 32_768;

describe("a store whose writer is killed", () => {
  it(
    `has after ${KILLS} kills every acknowledged reading once, and nothing else`,
    async () => {
      const random = randomFrom(SEED);
      const folder = join(root, "store");
      let next = 0;
      let cuts = 0;
      for (let kill = 0; kill < KILLS; kill++) {
        const printed = await killed(
          here("killedWriter.mjs"),
          [folder, String(next)],
          (text) => text !== "",
          random.uniform() * 250,
        );
        const acknowledged = Number(printed.trimEnd().split("\n").at(-1)) + 1;
        expect(acknowledged).toBeGreaterThan(next);
        const { notes, readings } = await scoped(
          Effect.scoped(
            Effect.gen(function* () {
              const store = yield* openReadingStore(folder, killedCard as StoreCard);
              const health = yield* store.health();
              return {
                notes: store.notes,
                readings: health.reduce((sum, sensor) => sum + sensor.readings, 0),
              };
            }),
          ).pipe(Effect.provide(NodeFileSystem.layer)),
        );
        // The batch that was being written is there as a whole or not at all.
        expect([acknowledged, acknowledged + 1]).toContain(readings / ROWS_PER_BATCH);
        next = readings / ROWS_PER_BATCH;
        cuts += notes.filter((note) => note.includes("cut off")).length;
        expect(notes.some((note) => note.includes("it was taken over"))).toBe(true);
      }
      const { panel } = await scoped(
        Effect.flatMap(readReadingStore(folder), (store) =>
          store.panel({ ...killedSpan, channels: ["c0", "c19"] }),
        ).pipe(Effect.provide(NodeFileSystem.layer)),
      );
      const expected = new Float64Array(panel.values.length).fill(NaN);
      for (let n = 0; n < next * ROWS_PER_BATCH; n++) {
        const { step, value } = killedRow(n);
        const cell = (n % SENSORS) * panel.steps + step;
        expected[cell] = value;
        expected[SENSORS * panel.steps + cell] = value + 19;
      }
      expect(Buffer.from(panel.values.buffer).equals(Buffer.from(expected.buffer))).toBe(true);
      if (KILLS >= 100) expect(cuts).toBeGreaterThan(0);
    },
    PATIENCE_MS,
  );
});

describe("an ingesting process that is killed", () => {
  it(
    `goes on after ${KILLS} kills where its store ends: no line lost, none taken twice`,
    async () => {
      const random = randomFrom(SEED + 1);
      const path = join(root, "feed.yaml");
      const file = join(root, "a.csv");
      writeFileSync(
        path,
        `name: city
zone: UTC
step: 1min
channels: [{ name: speed, unit: km/h }]
store: store
sources:
  - kind: csv
    path: a.csv
    follow: true
    time: { column: time, clock: utc, format: epoch-s }
    sensor: { column: id }
`,
      );
      writeFileSync(file, "time,id,speed\n");
      let lines = 0;
      const grow = (count: number): void => {
        const text = Array.from({ length: count }, () => {
          const line = `${1_740_960_000 + 60 * Math.floor(lines / 3)},D${lines % 3},${lines % 97}\n`;
          lines++;
          return line;
        });
        appendFileSync(file, text.join(""));
      };
      const storedReadings = (): Promise<number> =>
        scoped(
          Effect.flatMap(readReadingStore(join(root, "store")), (store) => store.health()).pipe(
            Effect.map((health) => health.reduce((sum, { readings }) => sum + readings, 0)),
            Effect.provide(NodeFileSystem.layer),
          ),
        );
      const lock = (): number => {
        const names = existsSync(join(root, "store")) ? readdirSync(join(root, "store")) : [];
        return Math.max(0, ...names.map((name) => Number(/^writer-(\d+)/.exec(name)?.[1] ?? 0)));
      };
      let before = 0;
      for (let kill = 0; kill < KILLS; kill++) {
        // Each process that opens the store takes the next lock: from then on it may be killed.
        const growing = setInterval(() => {
          if (lock() > kill) grow(100 + Math.floor(random.uniform() * 2000));
        }, 20);
        await killed(here("killedIngest.mjs"), [path], () => lock() > kill, random.uniform() * 700);
        clearInterval(growing);
        const stored = await storedReadings();
        expect(stored).toBeGreaterThanOrEqual(before);
        expect(stored).toBeLessThanOrEqual(lines);
        before = stored;
      }
      const report = await ingestOnce(path);
      // A piece of a file of several batches is marked as read with the last of them: after a kill in between, the
      // first ones are read again, and dropped.
      expect(report.faults.repeated % BATCH_ROWS).toBe(0);
      expect(report.kept).toBe(lines - before);
      const { panel } = await scoped(
        Effect.flatMap(readReadingStore(join(root, "store")), (store) =>
          store.panel({ fromMs: 1_740_960_000_000, toMs: 1_740_960_000_000 + Math.ceil(lines / 3) * 60_000 }),
        ).pipe(Effect.provide(NodeFileSystem.layer)),
      );
      for (let line = 0; line < lines; line++) {
        if (panel.values[(line % 3) * panel.steps + Math.floor(line / 3)] !== line % 97) {
          throw new Error(`line ${line} is not in the store as it was written`);
        }
      }
    },
    PATIENCE_MS,
  );
});

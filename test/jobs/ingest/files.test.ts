import * as NodeFileSystem from "@effect/platform-node-shared/NodeFileSystem";
import { Table, tableToIPC, vectorFromArray, Float64, TimestampMillisecond } from "apache-arrow";
import { Effect } from "effect";
import { parquetWriteBuffer } from "hyparquet-writer";
import { appendFileSync, mkdirSync, renameSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { readReadingStore } from "../../../src/ingest/store/readReadingStore.ts";
import type { StoredPanel } from "../../../src/ingest/store/readSpan.ts";
import { random as randomFrom } from "../../../src/series/random.ts";
import { temporaryFolder } from "../../ingest/store/readingBatches.ts";
import { until } from "./mqttBroker.ts";
import { ingestOnce, readingsIn, whileIngesting } from "./runningFeed.ts";

const START = Date.UTC(2025, 2, 3);
const STEP = 300_000;

let root: string;
beforeEach(() => {
  root = temporaryFolder();
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const feed = (sources: string, more = ""): string => {
  const path = join(root, "feed.yaml");
  writeFileSync(
    path,
    `name: city
zone: Europe/Berlin
step: 5min
channels:
  - { name: speed, unit: km/h }
  - { name: flow, unit: "1" }
store: store
${more}
sources:
${sources}`,
  );
  return path;
};
const file = (name: string): string => join(root, name);

const stored = (fromMs: number, toMs: number): Promise<StoredPanel> =>
  Effect.runPromise(
    Effect.flatMap(readReadingStore(file("store")), (store) => store.panel({ fromMs, toMs })).pipe(
      Effect.provide(NodeFileSystem.layer),
    ),
  );

/** Readings of three sensors; flow is missing now and then, but never both. */
const readings = (() => {
  const random = randomFrom(4);
  return Array.from({ length: 3 * 1000 }, (_, at) => ({
    id: `D${at % 3}`,
    ms: START + Math.floor(at / 3) * STEP,
    speed: Math.round(random.uniform() * 1200) / 10,
    flow: random.uniform() < 0.2 ? null : Math.floor(random.uniform() * 900),
  }));
})();
const truth = (() => {
  const values = new Float64Array(2 * 3 * 1000).fill(NaN);
  for (const [at, { speed, flow }] of readings.entries()) {
    const cell = (at % 3) * 1000 + Math.floor(at / 3);
    values[cell] = speed;
    if (flow !== null) values[3000 + cell] = flow;
  }
  return values;
})();

const ROWS = "    time: { column: time, clock: utc }\n    sensor: { column: id }\n";
const csv = (from = 0, to = readings.length): string =>
  readings
    .slice(from, to)
    .map(({ flow, id, ms, speed }) => `${new Date(ms).toISOString()},${id},${speed},${flow ?? ""}\n`)
    .join("");
const ndjson = (): string =>
  readings
    .map(({ ms, ...rest }) => `${JSON.stringify({ time: new Date(ms).toISOString(), ...rest })}\n`)
    .join("");
const arrow = (format: "file" | "stream"): Uint8Array => {
  const column = <T>(pick: (reading: (typeof readings)[number]) => T): T[] => readings.map(pick);
  return tableToIPC(
    new Table({
      time: vectorFromArray(
        column(({ ms }) => ms),
        new TimestampMillisecond("UTC"),
      ),
      id: vectorFromArray(column(({ id }) => id)),
      speed: vectorFromArray(
        column(({ speed }) => speed),
        new Float64(),
      ),
      flow: vectorFromArray(
        column(({ flow }) => flow),
        new Float64(),
      ),
    }),
    format,
  );
};
/** A Zstandard frame (RFC 8878) whose blocks are not compressed. */
const zstdFrame = (bytes: Uint8Array): Uint8Array => {
  const blocks: number[] = [];
  for (let from = 0; from === 0 || from < bytes.length; from += 65_536) {
    const block = bytes.subarray(from, from + 65_536);
    const header = (block.length << 3) | (from + 65_536 >= bytes.length ? 1 : 0);
    blocks.push(header & 255, (header >> 8) & 255, header >> 16, ...block);
  }
  const { length } = bytes;
  const size = [length & 255, (length >> 8) & 255, (length >> 16) & 255, length >>> 24];
  return Uint8Array.of(0x28, 0xb5, 0x2f, 0xfd, 0xa0, ...size, ...blocks);
};

const parquet = (types: "dates" | "texts", codec?: "ZSTD" | "GZIP"): Uint8Array =>
  new Uint8Array(
    parquetWriteBuffer({
      ...(codec !== undefined && {
        codec,
        compressors: { GZIP: (bytes: Uint8Array) => gzipSync(bytes), ZSTD: zstdFrame },
      }),
      columnData: [
        types === "dates"
          ? { name: "time", data: readings.map(({ ms }) => new Date(ms)), type: "TIMESTAMP" }
          : { name: "time", data: readings.map(({ ms }) => new Date(ms).toISOString()), type: "STRING" },
        { name: "id", data: readings.map(({ id }) => id), type: "STRING" },
        { name: "speed", data: readings.map(({ speed }) => speed), type: "DOUBLE" },
        {
          name: "flow",
          data: readings.map(({ flow }) => flow),
          type: types === "dates" ? "DOUBLE" : "INT32",
          nullable: true,
        },
      ],
      rowGroupSize: 700,
    }),
  );

describe("files of a feed", () => {
  it.each([
    ["csv", "a.csv", () => `time,id,speed,flow\n${csv()}`],
    ["csv", "a.csv.gz", () => gzipSync(`time,id,speed,flow\r\n${csv()}`)],
    ["ndjson", "a.ndjson", ndjson],
    ["arrow", "a.arrow", () => arrow("file")],
    ["arrow", "b.arrow", () => arrow("stream")],
    ["parquet", "a.parquet", () => parquet("dates")],
    ["parquet", "b.parquet", () => parquet("texts")],
    ["parquet", "c.parquet", () => parquet("dates", "ZSTD")],
    ["parquet", "d.parquet", () => parquet("texts", "GZIP")],
  ])("give the same panel as %s (%s), and are passed over when read again", async (kind, name, content) => {
    writeFileSync(file(name), content());
    const path = feed(`  - kind: ${kind}\n    path: ${name}\n${ROWS}`);
    const first = await ingestOnce(path);
    expect(first).toMatchObject({
      rows: 3000,
      kept: 3000,
      sources: [{ records: 3000, files: 1, unreadable: 0 }],
    });
    const { panel } = await stored(START, START + 1000 * STEP);
    expect(panel.sensors).toEqual(["D0", "D1", "D2"]);
    expect(Buffer.from(panel.values.buffer).equals(Buffer.from(truth.buffer))).toBe(true);
    const again = await ingestOnce(path);
    expect(again).toMatchObject({ rows: 0, kept: 0, sources: [{ files: 0, passedOver: 1 }] });
  });

  it("are taken from a folder in the order of their names, those of other kinds named", async () => {
    mkdirSync(file("drop"));
    writeFileSync(file("drop/b.csv"), `time,id,speed,flow\n${csv(1500)}`);
    writeFileSync(file("drop/a.csv"), `time,id,flow,speed\n2025-03-03T00:00Z,D0,7,1\n`);
    writeFileSync(file("drop/notes.pdf"), "");
    writeFileSync(file("drop/.hidden.csv"), "");
    writeFileSync(file("drop/c.csv.part"), "");
    const report = await ingestOnce(feed(`  - kind: csv\n    path: drop\n${ROWS}`));
    expect(report.sources).toMatchObject([{ files: 2, notes: [expect.stringContaining("other kinds")] }]);
    expect(report.kept).toBe(1501);
  });

  it("say all that is wrong with a source, and stop no other", async () => {
    writeFileSync(file("a.csv"), `time,id,speed,flow\n${csv(0, 30)}`);
    writeFileSync(file("b.parquet"), parquet("dates").subarray(0, 2000));
    const path = feed(
      `  - kind: csv\n    path: a.csv\n${ROWS}  - kind: parquet\n    path: b.parquet\n${ROWS}  - kind: arrow\n    path: c.arrow\n${ROWS}`,
    );
    await expect(ingestOnce(path)).rejects.toThrow(
      /b\.parquet: the Parquet file is damaged or cut short[^]*c\.arrow: it cannot be read: ENOENT|c\.arrow[^]*b\.parquet/,
    );
    expect((await stored(START, START + 10 * STEP)).report.channels[0]!.missingShare).toBe(0);
  });

  it("name a column that is not there, and numbers that may count anything", async () => {
    writeFileSync(file("a.parquet"), parquet("dates"));
    const wrong = ROWS.replace("column: id", "column: ids").replace("column: time", "column: speed");
    await expect(ingestOnce(feed(`  - kind: parquet\n    path: a.parquet\n${wrong}`))).rejects.toThrow(
      /no column "ids", which the feed names; did you mean "id"\?/,
    );
    const numbers = ROWS.replace("column: time", "column: speed");
    await expect(ingestOnce(feed(`  - kind: parquet\n    path: a.parquet\n${numbers}`))).rejects.toThrow(
      /holds numbers; say what they count: `format: epoch-s`/,
    );
  });

  it("have their rows without a sensor or a time counted", async () => {
    const bytes = parquetWriteBuffer({
      columnData: [
        {
          name: "time",
          data: [new Date(START), new Date(START + STEP), null],
          type: "TIMESTAMP",
          nullable: true,
        },
        { name: "id", data: ["a", null, "a"], type: "STRING", nullable: true },
        { name: "speed", data: [1, 2, 3], type: "DOUBLE" },
        { name: "flow", data: [1, 2, 3], type: "DOUBLE" },
      ],
    });
    writeFileSync(file("a.parquet"), new Uint8Array(bytes));
    const report = await ingestOnce(feed(`  - kind: parquet\n    path: a.parquet\n${ROWS}`));
    expect(report).toMatchObject({ kept: 1, sources: [{ records: 3, unreadable: 2 }] });
    expect(report.sources[0]!.problems.map(({ line, message }) => `${line} ${message.slice(0, 20)}`)).toEqual(
      ["2 the sensor (id) is m", "3 found nothing in the"],
    );
  });
});

describe("local times", () => {
  const autumn = ["01:55", "02:00", "02:30", "02:55", "02:00", "02:30", "02:55", "03:00"];
  const rows = autumn.map((time, at) => `2025-10-26T${time},D0,${at},\n`);
  const AUTUMN = Date.UTC(2025, 9, 25, 23, 55);
  const LOCAL = "    time: { column: time, clock: local }\n    sensor: { column: id }\n";

  it("are right on both days that the clock is set, and counted", async () => {
    writeFileSync(
      file("a.csv"),
      `time,id,speed,flow\n2025-03-30T01:55,D0,1,\n2025-03-30T02:30,D0,2,\n2025-03-30T03:00,D0,3,\n${rows.join("")}`,
    );
    const report = await ingestOnce(feed(`  - kind: csv\n    path: a.csv\n${LOCAL}`));
    expect(report.sources).toMatchObject([{ nonexistentLocal: 1, ambiguousLocal: 3, repeatedLocal: 3 }]);
    const spring = await stored(Date.UTC(2025, 2, 30, 0, 55), Date.UTC(2025, 2, 30, 1, 5));
    expect(Array.from(spring.panel.values.subarray(0, 2))).toEqual([1, 3]);
    const { panel } = await stored(AUTUMN, AUTUMN + 26 * STEP);
    expect([0, 1, 7, 12, 13, 19, 24, 25].map((step) => panel.values[step])).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  });

  it("are right where the reading stops in the hour that occurs twice and goes on later", async () => {
    const path = feed(`  - kind: csv\n    path: a.csv\n${LOCAL}`);
    writeFileSync(file("a.csv"), "time,id,speed,flow\n");
    for (const row of rows) {
      appendFileSync(file("a.csv"), row);
      await ingestOnce(path);
    }
    const { panel } = await stored(AUTUMN, AUTUMN + 26 * STEP);
    expect([0, 1, 7, 12, 13, 19, 24, 25].map((step) => panel.values[step])).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  });
});

describe("a source that is followed", () => {
  const CSV = `  - kind: csv\n    path: a.csv\n    follow: true\n${ROWS}`;

  it("takes lines as they come, in halves too, and goes on after a restart", async () => {
    const path = feed(CSV);
    const text = `time,id,speed,flow\n${csv(0, 300)}`.replaceAll("D1", "Straße");
    const bytes = Buffer.from(text);
    await whileIngesting(path, async (store) => {
      // The file comes only after its feed.
      for (let at = 0; at < bytes.length; at += 997) {
        appendFileSync(file("a.csv"), bytes.subarray(at, at + 997));
        if (at % 4 === 0) await new Promise((resolve) => setTimeout(resolve, 60));
      }
      await until(async () => (await readingsIn(store)) === 300, "the first lines");
    });
    const report = await whileIngesting(path, async (store) => {
      appendFileSync(file("a.csv"), csv(300, 600).replaceAll("D1", "Straße"));
      await until(async () => (await readingsIn(store)) === 600, "further lines");
    });
    expect(report).toMatchObject({
      kept: 300,
      faults: { repeated: 0 },
      sources: [{ unreadable: 0, records: 300 }],
    });
  });

  it("takes up a file that was put away or emptied, from its beginning", async () => {
    writeFileSync(file("a.csv"), `time,id,speed,flow\n${csv(0, 30)}`);
    await whileIngesting(feed(CSV), async (store) => {
      await until(async () => (await readingsIn(store)) === 30, "the first file");
      appendFileSync(file("a.csv"), csv(30, 60));
      renameSync(file("a.csv"), file("a.csv.1"));
      writeFileSync(file("a.csv"), `time,id,speed,flow\n${csv(60, 75)}`);
      await until(async () => (await readingsIn(store)) === 75, "the second file");
      truncateSync(file("a.csv"), 0);
      await new Promise((resolve) => setTimeout(resolve, 600));
      appendFileSync(file("a.csv"), `time,id,speed,flow\n${csv(75, 90)}`);
      await until(async () => (await readingsIn(store)) === 90, "the emptied file");
    });
  });

  it("takes files that are dropped into a folder once they are whole, and names one that is damaged", async () => {
    mkdirSync(file("drop"));
    const path = feed(`  - kind: parquet\n    path: drop\n    follow: true\n${ROWS}`);
    const bytes = parquet("dates");
    const report = await whileIngesting(path, async (store) => {
      writeFileSync(file("drop/broken.parquet"), bytes.subarray(0, 999));
      writeFileSync(file("drop/whole.parquet"), bytes);
      await until(async () => (await readingsIn(store)) === 3000, "the file that is whole");
    });
    expect(report.sources[0]!.notes.join()).toMatch(
      /broken\.parquet: the Parquet file is damaged or cut short/,
    );
  });
});

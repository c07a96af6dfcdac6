import { Effect, Layer } from "effect";
import { RecordBatchStreamWriter, Table, tableToIPC, vectorFromArray, Float64, Utf8 } from "apache-arrow";
import { parquetWriteBuffer } from "hyparquet-writer";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import * as fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import { platform } from "../../../src/cli/platform.ts";
import { type CheckedTrace, checkTrace } from "../../../src/jobs/check/checkTrace.ts";
import type { TraceOptions } from "../../../src/jobs/check/TraceOptions.ts";
import { specRulebook } from "../../../src/jobs/check/Rulebook.ts";
import { Progress } from "../../../src/jobs/Progress.ts";
import { parseSpec } from "../../../src/stl/index.ts";

const root = mkdtempSync(join(tmpdir(), "ordinance-trace-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const STEPS = 50;
const STEP_MS = 300_000;
const START_MS = Date.UTC(2026, 2, 28, 22);
const SENSORS = ["a", "b", "c"];
const LIMIT = 70;

/** Readings with two decimals, some missing, one step of all sensors without any. */
const reading = (sensor: number, step: number): number =>
  step === 20 || (step * 3 + sensor) % 17 === 0
    ? NaN
    : Math.round(100 * (60 + 12 * Math.sin(step / 5 + sensor))) / 100;

const SPEC = `sampling 5min;
signal speed : real in km/h;
signal flow : real in veh/h;
require limit : forall s in sensors : always[0min, 10min] speed[s] <= ${LIMIT} km/h;
require flows : forall s in sensors : flow[s] >= 100 veh/h;
`;

const { spec } = parseSpec(SPEC, { source: "road.stl" });
const book = specRulebook({
  path: "road.stl",
  text: SPEC,
  spec,
  problems: [],
  declarationsLost: false,
  files: [],
});

/** Held, broken and open instants of `limit`, by its definition. */
const expected = (() => {
  const counts = { held: 0, broken: 0, unknown: 0 };
  for (let step = 0; step < STEPS; step++) {
    let [broken, open] = [false, step + 2 >= STEPS];
    for (let at = step; at <= Math.min(step + 2, STEPS - 1); at++) {
      for (let sensor = 0; sensor < SENSORS.length; sensor++) {
        const value = reading(sensor, at);
        if (Number.isNaN(value)) open = true;
        else if (value > LIMIT) broken = true;
      }
    }
    counts[broken ? "broken" : open ? "unknown" : "held"]++;
  }
  return counts;
})();

interface LongRow {
  readonly time: number;
  readonly sensor: string;
  readonly speed: number;
  readonly flow: number;
}

/** Rows in order of time; the step without readings has no row. */
const rows: LongRow[] = Array.from({ length: STEPS }, (_, step) => step)
  .filter((step) => step !== 20)
  .flatMap((step) =>
    SENSORS.map((sensor, s) => ({
      time: START_MS + step * STEP_MS,
      sensor,
      speed: reading(s, step),
      flow: 300 + step,
    })),
  );

const iso = (ms: number): string => new Date(ms).toISOString();
const cell = (value: number): string => (Number.isNaN(value) ? "" : String(value));

const longCsv = (time: (ms: number) => string, delimiter = ","): string =>
  [
    ["time", "sensor", "speed", "flow"].join(delimiter),
    ...rows.map((row) => [time(row.time), row.sensor, cell(row.speed), row.flow].join(delimiter)),
    "",
  ].join("\n");

const steps = Array.from({ length: STEPS }, (_, step) => step).filter((step) => step !== 20);

const wideCsv = (name: (signal: string, sensor: string) => string): string =>
  [
    ["time", ...SENSORS.flatMap((sensor) => [name("speed", sensor), name("flow", sensor)])].join(","),
    ...steps.map((step) =>
      [
        iso(START_MS + step * STEP_MS),
        ...SENSORS.flatMap((_, s) => [cell(reading(s, step)), 300 + step]),
      ].join(","),
    ),
  ].join("\n");

const tallCsv = (): string =>
  [
    "timestamp,station,variable,value",
    ...rows.flatMap((row) => [
      `${iso(row.time)},${row.sensor},speed,${cell(row.speed)}`,
      `${iso(row.time)},${row.sensor},flow,${row.flow}`,
    ]),
  ].join("\n");

const orNull = (value: number): number | null => (Number.isNaN(value) ? null : value);

const ndjson = (): string =>
  rows
    .map((row) => `${JSON.stringify({ ...row, time: iso(row.time), speed: orNull(row.speed) })}\n`)
    .join("");

const nestedNdjson = (): string =>
  steps
    .map((step) =>
      JSON.stringify({
        time: START_MS + step * STEP_MS,
        speed: Object.fromEntries(SENSORS.map((sensor, s) => [sensor, orNull(reading(s, step))])),
        flow: Object.fromEntries(SENSORS.map((sensor) => [sensor, 300 + step])),
      }),
    )
    .join("\n");

const arrowTable = () =>
  new Table({
    time: vectorFromArray(
      rows.map(({ time }) => time),
      new Float64(),
    ),
    sensor: vectorFromArray(
      rows.map(({ sensor }) => sensor),
      new Utf8(),
    ),
    speed: vectorFromArray(
      rows.map(({ speed }) => orNull(speed)),
      new Float64(),
    ),
    flow: vectorFromArray(
      rows.map(({ flow }) => flow),
      new Float64(),
    ),
  });

const parquet = (codec?: "SNAPPY" | "GZIP"): Uint8Array =>
  new Uint8Array(
    parquetWriteBuffer({
      columnData: [
        { name: "time", data: rows.map(({ time }) => new Date(time)), type: "TIMESTAMP" },
        { name: "sensor", data: rows.map(({ sensor }) => sensor), type: "STRING" },
        { name: "speed", data: rows.map(({ speed }) => orNull(speed)), type: "DOUBLE" },
        { name: "flow", data: rows.map(({ flow }) => BigInt(flow)), type: "INT64" },
      ],
      rowGroupSize: 40,
      ...(codec !== undefined && { codec, compressors: { GZIP: (bytes: Uint8Array) => gzipSync(bytes) } }),
    }),
  );

const options: TraceOptions = { zone: "UTC", units: new Map(), explain: false };
const services = Layer.merge(platform, Progress.silent);

const check = (content: string | Uint8Array, own: Partial<TraceOptions> = {}): Promise<CheckedTrace> => {
  const path = join(root, `trace${Math.random()}`);
  writeFileSync(path, content);
  return Effect.runPromise(
    checkTrace(book, path, { ...options, ...own }).pipe(Effect.scoped, Effect.provide(services)),
  );
};

const countsOf = (trace: CheckedTrace) => {
  const [{ all }] = trace.rules as [CheckedTrace["rules"][number]];
  return { held: all.held, broken: all.broken, unknown: all.unknown };
};

const epoch = (ms: number): string => String(ms / 1000);
const german = (ms: number): string => iso(ms).replace(/(\d{4})-(\d\d)-(\d\d)T(\d\d:\d\d).*/, "$3.$2.$1 $4");
/** Local time of Berlin, without the offset: the night loses the hour from two to three. */
const berlin = (ms: number): string => {
  const parts = new Intl.DateTimeFormat("sv-SE", {
    timeZone: "Europe/Berlin",
    dateStyle: "short",
    timeStyle: "medium",
  }).format(ms);
  return parts.replace(" ", "T");
};

describe("a trace", () => {
  it("is a case with held, broken and open instants", () => {
    expect(Math.min(expected.held, expected.broken, expected.unknown)).toBeGreaterThan(5);
  });

  const layouts: Record<string, readonly [string | Uint8Array, string, Partial<TraceOptions>?]> = {
    "long CSV": [longCsv(iso), "CSV"],
    "long CSV, gzipped": [gzipSync(longCsv(iso)), "CSV, gzip"],
    "long CSV with semicolons and decimal commas": [
      longCsv(iso, ";").replaceAll(/(\d)\.(\d\d?);/g, "$1,$2;"),
      "CSV (;)",
    ],
    "long CSV with tabs, CRLF and a byte order mark": [
      `\ufeff${longCsv(iso, "\t").replaceAll("\n", "\r\n")}`,
      "CSV (tab)",
    ],
    "CSV with seconds since 1970": [longCsv(epoch), "CSV"],
    "CSV with milliseconds since 1970": [longCsv(String), "CSV"],
    "CSV with stamps of a form": [longCsv(german), "CSV", { timeFormat: "DD.MM.YYYY HH:mm" }],
    "CSV with local times, over the hour that spring skips": [
      longCsv(berlin),
      "CSV",
      { zone: "Europe/Berlin" },
    ],
    "wide CSV, signal[sensor]": [wideCsv((signal, sensor) => `${signal}[${sensor}]`), "CSV"],
    "wide CSV, sensor.signal": [wideCsv((signal, sensor) => `${sensor}.${signal}`), "CSV"],
    "wide CSV with units": [
      wideCsv((signal, sensor) => `${signal}[${sensor}] (${signal === "speed" ? "km/h" : "veh/h"})`),
      "CSV",
    ],
    "tall CSV": [tallCsv(), "CSV"],
    NDJSON: [ndjson(), "NDJSON"],
    "NDJSON, gzipped": [gzipSync(ndjson()), "NDJSON, gzip"],
    "NDJSON with sensors within signals": [nestedNdjson(), "NDJSON"],
    "Arrow file": [tableToIPC(arrowTable(), "file"), "Arrow"],
    "Arrow stream": [tableToIPC(arrowTable(), "stream"), "Arrow"],
    "Arrow stream, gzipped": [
      gzipSync(RecordBatchStreamWriter.writeAll(arrowTable()).toUint8Array(true)),
      "Arrow, gzip",
    ],
    Parquet: [parquet(), "Parquet"],
    "Parquet with gzip inside": [parquet("GZIP"), "Parquet"],
    "Parquet, gzipped": [gzipSync(parquet()), "Parquet, gzip"],
  };

  it.each(Object.entries(layouts))(
    "as %s is judged by its definition",
    async (_name, [content, format, own]) => {
      const trace = await check(content, own);
      expect(countsOf(trace)).toEqual(expected);
      expect(trace).toMatchObject({ format, steps: STEPS, stepMs: STEP_MS, startMs: START_MS });
      expect([...trace.site.sensors]).toEqual(SENSORS);
      expect(trace.findings.describe()).toEqual([]);
      expect(trace.findings).toMatchObject({ emptySteps: 1, gaps: 1 });
    },
  );

  it("of one signal may have a column a sensor", async () => {
    const text = `sampling 5min; signal speed : real in km/h; require limit : forall s in sensors : always[0min, 10min] speed[s] <= ${LIMIT} km/h;`;
    const one = parseSpec(text);
    const path = join(root, "matrix.csv");
    const lines = steps.map((step) =>
      [iso(START_MS + step * STEP_MS), ...SENSORS.map((_, s) => cell(reading(s, step)))].join(","),
    );
    writeFileSync(path, ["date,a,b,c", ...lines].join("\n"));
    const trace = await Effect.runPromise(
      checkTrace(
        specRulebook({
          path: "one.stl",
          text,
          spec: one.spec,
          problems: [],
          declarationsLost: false,
          files: [],
        }),
        path,
        options,
      ).pipe(Effect.scoped, Effect.provide(services)),
    );
    expect(countsOf(trace)).toEqual(expected);
    expect(trace.layout).toContain("a column a sensor, 3 sensors of speed");
  });

  it("in another unit is converted by the rules, not the readings", async () => {
    const miles = longCsv(iso)
      .split("\n")
      .map((line, k) => {
        const [time, sensor, speed, flow] = line.split(",");
        return k === 0 || speed === "" || speed === undefined
          ? line
          : [time, sensor, Number(speed) / 1.609344, flow].join(",");
      })
      .join("\n");
    expect(countsOf(await check(miles, { units: new Map([["speed", "mph"]]) }))).toEqual(expected);
    expect(countsOf(await check(miles.replace("speed", "speed (mph)")))).toEqual(expected);
    expect(countsOf(await check(miles)).broken).toBe(0);
  });

  it("in disorder is put in place, counted, and judged the same", async () => {
    const [header, ...lines] = longCsv(iso).trimEnd().split("\n");
    const bySensor = SENSORS.flatMap((sensor) => lines.filter((line) => line.includes(`,${sensor},`)));
    const trace = await check([header, ...bySensor].join("\n"));
    expect(countsOf(trace)).toEqual(expected);
    expect(trace.findings.count("disorder")).toBe(2);
    expect(trace.findings.describe().join("\n")).toContain("held in memory");
  });

  it("counts what is odd, with the first place, and leaves no finding out", async () => {
    const lines = longCsv(iso).trimEnd().split("\n");
    const odd = [
      ...lines.slice(0, 4),
      lines[3]!,
      lines[3]!.replace(/,[\d.]+,(\d+)$/, ",99,$1"),
      lines[4]!.replace(/[\d.]*,(\d+)$/, "fast,$1"),
      ...lines.slice(5, 9),
      `${lines[9]!},7`,
      lines[10]!.replace(/^[^,]*/, "soon"),
      ...lines.slice(11, 20),
      lines[20]!.replace(":00.000Z", ":13.000Z"),
      ...lines.slice(21),
    ].join("\n");
    const { findings } = await check(odd);
    const counts = (
      ["repeated", "conflicting", "unreadableCell", "fieldCount", "unreadableStamp", "offGrid"] as const
    ).map((kind) => [kind, findings.count(kind)]);
    expect(counts).toEqual([
      ["repeated", 3],
      ["conflicting", 1],
      ["unreadableCell", 1],
      ["fieldCount", 1],
      ["unreadableStamp", 1],
      ["offGrid", 1],
    ]);
    const said = findings.describe().join("\n");
    for (const place of [
      /:5: the row repeats/,
      /:6: a second reading/,
      /:7:\d+: "fast"/,
      /:12: the row has 5 fields/,
      /:13: "soon"/,
    ]) {
      expect(said).toMatch(place);
    }
  });

  it("of NDJSON whose later lines have further keys says so", async () => {
    const lines = ndjson().trimEnd().split("\n");
    const late = [...lines.slice(0, 120), ...lines.slice(120).map((line) => line.replace("{", '{"note":1,'))];
    const { findings } = await check(late.join("\n"));
    expect(findings.count("lateKey")).toBe(lines.length - 120);
    expect(findings.describe().join("")).toMatch(/:121: the key "note" is in none of the first lines/);
  });

  it("with stamps beside their steps is moved within the tolerance of the spec, and not else", async () => {
    const jitter = longCsv((ms) => iso(ms + (ms % 2 === 0 ? 7000 : 0) * ((ms / STEP_MS) % 5 === 0 ? 1 : 0)));
    const strict = await check(jitter);
    expect(strict.findings.count("offGrid")).toBeGreaterThan(0);
    const text = SPEC.replace("sampling 5min;", "sampling 5min tolerance 5%;");
    const loose = specRulebook({
      path: "loose.stl",
      text,
      ...parseSpec(text),
      files: [],
    });
    const path = join(root, "jitter.csv");
    writeFileSync(path, jitter);
    const trace = await Effect.runPromise(
      checkTrace(loose, path, options).pipe(Effect.scoped, Effect.provide(services)),
    );
    expect(countsOf(trace)).toEqual(expected);
    expect(trace.findings.count("offGrid")).toBe(0);
    expect(trace.findings.count("moved")).toBeGreaterThan(0);
  });

  it("is judged or refused in words, whatever bytes are damaged", async () => {
    const originals = [longCsv(iso), wideCsv((signal, sensor) => `${signal}[${sensor}]`), ndjson()].map(
      (text) => new TextEncoder().encode(text),
    );
    const binaries = [
      parquet(),
      tableToIPC(arrowTable(), "file"),
      tableToIPC(arrowTable(), "stream"),
      gzipSync(longCsv(iso)),
    ];
    const all = [...originals, ...binaries];
    await fc.assert(
      fc.asyncProperty(
        fc.nat(all.length - 1),
        fc.array(fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.nat(255)), {
          minLength: 1,
          maxLength: 8,
        }),
        fc.option(fc.double({ min: 0, max: 1, noNaN: true }), { freq: 3 }),
        async (which, changes, cut) => {
          const bytes = Uint8Array.from(all[which]!);
          for (const [at, value] of changes) bytes[Math.floor(at * (bytes.length - 1))] = value;
          const content = cut === null ? bytes : bytes.slice(0, Math.ceil(cut * bytes.length));
          try {
            const { findings, rules } = await check(content);
            for (const { all: tally } of rules)
              expect(tally.held + tally.broken + tally.unknown).toBeGreaterThan(0);
            expect(findings.rows).toBeGreaterThan(0);
          } catch (error) {
            const { _tag: tag, message } = error as { _tag?: string; message: string };
            expect([message, tag]).toEqual([message, expect.stringMatching(/^(TraceRefused|SourceError)$/)]);
          }
        },
      ),
      { seed: 81, numRuns: 300 },
    );
  });
});

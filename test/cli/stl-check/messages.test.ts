/** What a new user gets wrong, and what they are told: each message has been read, and names place, cause and remedy. */
import { Effect, Layer } from "effect";
import { tableFromArrays, tableToIPC } from "apache-arrow";
import { parquetWriteBuffer } from "hyparquet-writer";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { platform } from "../../../src/cli/platform.ts";
import { outcomeOf } from "../../../src/cli/stl-check/CheckReport.ts";
import { runCheck } from "../../../src/cli/stl-check/runCheck.ts";
import { textReport } from "../../../src/cli/stl-check/textReport.ts";
import { DataPlace } from "../../../src/ingest/DataPlace.ts";
import type { TraceOptions } from "../../../src/jobs/check/TraceOptions.ts";
import { readSensorsFile } from "../../../src/jobs/check/SensorsFile.ts";
import { Progress } from "../../../src/jobs/Progress.ts";

type Content = string | Uint8Array;

interface Slip {
  readonly spec?: Content;
  /** Further files, by path. */
  readonly files?: Readonly<Record<string, Content>>;
  readonly trace?: Content;
  /** Name of the trace file where it is another one. */
  readonly tracePath?: string;
  readonly sensors?: string;
  readonly options?: Partial<TraceOptions>;
}

const SIGNAL = "signal speed : real in km/h range [0, 200];\n";
const RULE = "require limit : forall s in sensors : always[0min, 10min] speed[s] <= 90 km/h;\n";
const SPEC = `sampling 5min;\n${SIGNAL}${RULE}`;
const CSV = `time,sensor,speed
2026-03-01T06:00,a,50
2026-03-01T06:00,b,60
2026-03-01T06:05,a,52
2026-03-01T06:05,b,61
2026-03-01T06:10,a,53
2026-03-01T06:10,b,62
`;
const formulaOf = (formula: string): string => `sampling 5min;\n${SIGNAL}require r : ${formula};\n`;
const utf16 = (text: string): Uint8Array => {
  const bytes = new Uint8Array(2 + 2 * text.length);
  bytes.set([0xff, 0xfe]);
  for (let i = 0; i < text.length; i++) bytes[2 + 2 * i] = text.charCodeAt(i);
  return bytes;
};
const parquet = (): Uint8Array =>
  new Uint8Array(
    parquetWriteBuffer({
      columnData: [{ name: "speed", data: Array.from({ length: 99 }, (_, k) => k), type: "DOUBLE" }],
    }),
  );
const arrow = (): Uint8Array => tableToIPC(tableFromArrays({ speed: Float64Array.of(1, 2, 3) }), "file");
const half = (bytes: Uint8Array): Uint8Array => bytes.slice(0, Math.floor(bytes.length / 2));

const slips: Readonly<Record<string, Readonly<Record<string, Slip>>>> = {
  syntax: {
    "a missing semicolon": {
      spec: SPEC.replace("90 km/h;", "90 km/h") + "require more : speed[a] > 3 km/h;\n",
    },
    "a doubled relation": { spec: SPEC.replace("<=", "<= <=") },
    "a word that is none": { spec: SPEC.replace("require", "requires") },
    "an operator of another tool": { spec: formulaOf("G[0,5] speed[a] < 90 km/h") },
    "an operator with a slip": { spec: formulaOf("alwys[0min, 5min] speed[a] < 90 km/h") },
    "a rule with a slip, and others with faults of their own": {
      spec: `${SPEC.replace("always", "alwys")}require b : speed[a] <= 3 kg;\nrequire c : sped[a] <= 9 km/h;\n`,
    },
    "a declaration with a slip, so that its name is unknown": {
      spec: SPEC.replace("real in", "reel in") + "require b : speed[a] <= 3 kg;\n",
    },
    "a comment that does not end": { spec: `/* limits\n${SPEC}` },
    "a bracket that does not close": { spec: formulaOf("always[0min, 10min (speed[a] < 90 km/h)") },
  },
  names: {
    "a slip in a signal": { spec: SPEC.replace("speed[s]", "sped[s]") },
    "a slip in a variable": { spec: SPEC.replace("speed[s]", "speed[t]"), trace: CSV },
    "a sensor that the trace lacks": { spec: SPEC + "require one : speed[bridge] < 90 km/h;\n", trace: CSV },
    "two rules of one name": { spec: SPEC + RULE },
    "a severity that is none": { spec: SPEC.replace("limit :", "limit (severity = high) :") },
    "a parameter that nothing reads": { spec: "param calm : real in min = 20min;\n" + SPEC },
  },
  units: {
    "a unit that is none": { spec: SPEC.replace("90 km/h", "90 kmph") },
    "units of two kinds": { spec: SPEC.replace("90 km/h", "90 ug/m3") },
    "a unit of a column of another kind": { spec: SPEC, trace: CSV.replace("speed", "speed (ug/m3)") },
    "a unit of a signal that there is not": {
      spec: SPEC,
      trace: CSV,
      options: { units: new Map([["sped", "mph"]]) },
    },
    "limits that no reading reaches": { spec: SPEC.replace("<= 90", "<= 250") },
  },
  durations: {
    "a bound that is no multiple of the step": { spec: SPEC.replace("10min", "12min") },
    "an interval the wrong way round": { spec: SPEC.replace("[0min, 10min]", "[10min, 5min]") },
    "a duration without a number": { spec: SPEC.replace("sampling 5min", "sampling min") },
  },
  groups: {
    "a group that there is not": { spec: SPEC.replace("in sensors", "in schools") },
    "a tag without a sensors file": { spec: SPEC.replace("in sensors", 'in tag("school")'), trace: CSV },
    "neighbours without positions": {
      spec: SPEC.replace("speed[s] <=", "mean(n in near(s, 2 km) : speed[n]) <="),
      trace: CSV,
    },
    "a sensors file with a slip": {
      spec: SPEC,
      trace: CSV,
      files: { "sensors.csv": "sensor,tags,latitude,longitude\na,school,48.2,16.4\na,,98.2,\n" },
      sensors: "sensors.csv",
    },
    "a sensors file of other sensors": {
      spec: SPEC,
      trace: CSV,
      files: { "sensors.yaml": "A: { tags: [school] }\nb:\n" },
      sensors: "sensors.yaml",
    },
    "a sensors file with an unknown key": {
      spec: SPEC,
      trace: CSV,
      files: { "sensors.yaml": "a: { tag: [school], latitude: north }\n" },
      sensors: "sensors.yaml",
    },
  },
  imports: {
    "a file that is not there": { spec: `import "limits.stl";\n${SPEC}` },
    "a file that imports itself": {
      spec: `import "more.stl";\n${SPEC}`,
      files: { "more.stl": 'import "road.stl";\n' },
    },
    "a fault in an imported file": {
      spec: `import "more.stl" as more;\n${SPEC}`,
      files: { "more.stl": "param x : real = ;\n" },
    },
  },
  "rule files": {
    "an empty file": { spec: "" },
    "text in UTF-16": { spec: utf16(SPEC) },
    "bytes that are no text": { spec: Uint8Array.of(0x53, 0xff, 0xfe, 0x80, 0x00) },
  },
  "header of a trace": {
    "columns that hold no signal": { spec: SPEC, trace: CSV.replace("speed", "velocity") },
    "a slip in a signal": { spec: SPEC, trace: CSV.replace("speed", "sped") },
    "no header": { spec: SPEC, trace: CSV.slice(CSV.indexOf("\n") + 1).replaceAll(/[ab],/g, "") },
    "a column twice": { spec: SPEC, trace: CSV.replace("sensor,speed", "speed,speed") },
    "two columns of time": { spec: SPEC, trace: "date,time,speed\n2026-03-01,06:00,50\n" },
    "sensors without a time": { spec: SPEC, trace: "sensor,speed\na,50\nb,60\n" },
    "neither time nor sampling": { spec: SIGNAL + RULE, trace: "speed\n50\n60\n" },
    "a column that --time names and that is not there": {
      spec: SPEC,
      trace: CSV,
      options: { timeColumn: "tme" },
    },
    "a column without a name": { spec: SPEC, trace: CSV.replace("time,", ",") },
    "mixed columns": { spec: SPEC, trace: "time,speed,speed[a]\n2026-03-01T06:00,50,51\n" },
  },
  "cells and stamps": {
    "words for numbers": { spec: SPEC, trace: CSV.replace(",52\n", ",fast\n").replace(",62\n", ",n.a.\n") },
    "rows of another length": { spec: SPEC, trace: CSV.replace(",a,52", ",a,5,2") },
    "a stamp that is none": { spec: SPEC, trace: CSV.replace("2026-03-01T06:05,a", "2026-13-01T06:05,a") },
    "stamps of another form": { spec: SPEC, trace: CSV.replaceAll("2026-03-01T", "01/03/2026 ") },
    "a row twice, and one that contradicts": {
      spec: SPEC,
      trace: `${CSV}2026-03-01T06:10,b,62\n2026-03-01T06:10,b,64\n`,
    },
    "rows in disorder": { spec: SPEC, trace: `${CSV}2026-03-01T06:05,a,52\n` },
    "a gap": { spec: SPEC, trace: `${CSV}2026-03-01T06:30,a,52\n2026-03-01T06:30,b,52\n` },
    "another step than the sampling": { spec: SPEC.replace("5min", "1min"), trace: CSV },
    "a stamp of another century": { spec: SPEC, trace: `1920-01-01T00:00,a,3\n`.replace(/^/, CSV) },
    "a quote that does not close": { spec: SPEC, trace: CSV.replace(",b,60", ',"b,60') },
    "a rule by the clock on seconds from the start": {
      spec: SPEC + "require night : forall s in sensors : (hour() < 4 implies speed[s] > 30 km/h);\n",
      trace: "time,speed[a]\n0,50\n300,52\n600,53\n",
    },
  },
  "trace files": {
    "a file that is not there": { spec: SPEC, tracePath: "nowhere.csv" },
    "a folder": { spec: SPEC, files: { "folder/x": "" }, tracePath: "folder" },
    "an empty file": { spec: SPEC, trace: "" },
    "blank lines": { spec: SPEC, trace: "\n\n\n" },
    "a header alone": { spec: SPEC, trace: "time,sensor,speed\n" },
    "text in UTF-16": { spec: SPEC, trace: utf16(CSV) },
    "bytes that are no text": { spec: SPEC, trace: Uint8Array.of(1, 0, 2, 0, 3) },
    "a spreadsheet": { spec: SPEC, trace: Uint8Array.of(0x50, 0x4b, 3, 4, 0, 0) },
    "one JSON array": { spec: SPEC, trace: '[{"time": 0, "speed": 3}]' },
    "JSON that breaks off": {
      spec: SPEC,
      trace: '{"time": "2026-03-01T06:00", "speed": 50}\n{"time": "2026-03-01T06:05", "sp\n',
    },
    "gzip that is cut short": { spec: SPEC, trace: gzipSync(CSV.repeat(50)).subarray(0, 60) },
    "Parquet that is cut short": { spec: SPEC, trace: half(parquet()) },
    "Arrow that is cut short": { spec: SPEC, trace: half(arrow()) },
    "Parquet without the signal": { spec: SPEC.replaceAll("speed", "flow"), trace: parquet() },
  },
};

let root: string;
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), "ordinance-slips-"));
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

const services = Layer.mergeAll(
  platform,
  Progress.silent,
  Layer.succeed(DataPlace, DataPlace.of({ cards: "", data: "", cache: "" })),
);

let folders = 0;

/** What the command prints and how it ends, with the folder left out of paths. */
const told = async (slip: Slip): Promise<string> => {
  const folder = join(root, String(folders++));
  const write = (path: string, content: Content): void => {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  };
  write("road.stl", slip.spec ?? SPEC);
  for (const [path, content] of Object.entries(slip.files ?? {})) write(path, content);
  if (slip.trace !== undefined) write("trace.csv", slip.trace);
  const tracePath = slip.tracePath ?? (slip.trace === undefined ? undefined : "trace.csv");
  const check = Effect.gen(function* () {
    const sensors =
      slip.sensors === undefined ? undefined : yield* readSensorsFile(join(folder, slip.sensors));
    return yield* runCheck({
      specs: [join(folder, "road.stl")],
      traces: tracePath === undefined ? [] : [join(folder, tracePath)],
      trace: {
        zone: "UTC",
        units: new Map(),
        explain: false,
        ...(sensors !== undefined && { sensors }),
        ...slip.options,
      },
      data: undefined,
      satisfiability: false,
    });
  });
  const text = await Effect.runPromise(
    check.pipe(
      Effect.match({
        onFailure: (error) => `status 2: ${error.message}`,
        onSuccess: (reports) => {
          const report = textReport(reports, { colour: false, quiet: false, facts: false, explain: false });
          const { message, status } = outcomeOf(reports, false);
          return `${report}\nstatus ${status}${message === "" ? "" : `: ${message}`}`;
        },
      }),
      Effect.provide(services),
    ),
  );
  return text.replaceAll(`${folder}/`, "").replaceAll(/\(HTTP|\/tmp\/\S+/g, "(elsewhere)");
};

for (const [group, cases] of Object.entries(slips)) {
  describe(`slips: ${group}`, () => {
    it.each(Object.entries(cases))("%s", async (_name, slip) => {
      const text = await told(slip);
      expect(text).toMatchSnapshot();
      // Whatever is wrong, a user is never shown the inside of the program.
      expect(text).not.toMatch(/\n\s+at |\[object|undefined|properties of|\bNaN (?!or null)/);
    });
  });
}

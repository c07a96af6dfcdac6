import { tableFromIPC } from "apache-arrow";
import { parquetReadObjects } from "hyparquet";
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openArtefact } from "../../src/edge/index.ts";
import { builtCommand, type Ended } from "./builtCommand.ts";
import { HOUR_MS, TINY_SENSORS, TINY_START_MS, TINY_STEPS, TinyProject } from "./tinyProject.ts";

const HORIZON = 6;
const INSTANT = "2025-03-20T23-00-00Z";
const ISSUED_MS = TINY_START_MS + (TINY_STEPS - 1) * HOUR_MS;

interface ForecastRow {
  readonly sensor: string;
  readonly issued_at: Date;
  readonly valid_at: Date;
  readonly channel: string;
  readonly quantile: number;
  readonly value: number;
  readonly rule_margin: number;
}

let project: TinyProject;
let plain: Ended;
let json: Ended;
let quiet: Ended;
let rows: ForecastRow[];

const bytesOf = (out: string, file: string): Buffer =>
  readFileSync(project.path(out, "tiny", INSTANT, ...file.split("/")));
const jsonOf = (file: string): unknown => JSON.parse(bytesOf("plain", file).toString());

beforeAll(async () => {
  project = new TinyProject();
  const run = (out: string, ...flags: string[]) =>
    builtCommand("ordinance", ["run", "tiny.yaml", "--out", out, ...flags], { cwd: project.root });
  [plain, json, quiet] = await Promise.all([run("plain"), run("json", "--json"), run("quiet", "--quiet")]);
  const parquet = bytesOf("plain", "forecast.parquet");
  const file = parquet.buffer.slice(parquet.byteOffset, parquet.byteOffset + parquet.length) as ArrayBuffer;
  rows = (await parquetReadObjects({ file })) as unknown as ForecastRow[];
});
afterAll(() => project.remove());

/** A quantile's forecast as [lead], leads from 1. */
const pathOf = (sensor: string, channel: string, quantile: number): number[] =>
  rows
    .filter((row) => row.sensor === sensor && row.channel === channel && row.quantile === quantile)
    .sort((a, b) => Number(a.valid_at) - Number(b.valid_at))
    .map((row) => row.value);

/** Smallest room that the two rules of the project leave to a quantile's forecast, in their scales. */
const roomOf = (quantile: number): number => {
  const rooms = TINY_SENSORS.flatMap((sensor) => {
    const speed = pathOf(sensor, "speed", quantile);
    return [
      ...pathOf(sensor, "no2", quantile).map((value) => (45 - value) / 5),
      ...speed.slice(1).map((value, lead) => (6 - Math.abs(value - speed[lead]!)) / 2),
    ];
  });
  return Math.min(...rooms);
};

describe("ordinance run", () => {
  it("ends well and names the report in its last line", () => {
    expect(plain.stderr).not.toContain("ERROR");
    expect(plain.status).toBe(0);
    expect(plain.stdout.trimEnd().split("\n").at(-1)).toBe(`report: plain/tiny/${INSTANT}/report.html`);
    expect(bytesOf("plain", "report.html").toString()).toMatch(/^<!doctype html>/i);
  });

  it("leaves the files of the run and nothing else", () => {
    const names = readdirSync(project.path("plain"), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => `${entry.parentPath.slice(project.path("plain").length + 1)}/${entry.name}`);
    expect(names.sort()).toEqual(
      [
        "card.json",
        "edge/model.ordinance",
        "edge/proof.json",
        "forecast.arrow",
        "forecast.parquet",
        "model.json",
        "report.html",
      ].map((name) => `tiny/${INSTANT}/${name}`),
    );
  });

  it("issues every sensor, channel, lead and quantile once, at the last reading", () => {
    expect(Object.keys(rows[0]!)).toEqual([
      "sensor",
      "issued_at",
      "valid_at",
      "channel",
      "quantile",
      "value",
      "rule_margin",
    ]);
    expect(rows.every((row) => Number(row.issued_at) === ISSUED_MS)).toBe(true);
    const cells = rows.map((row) => {
      const lead = (Number(row.valid_at) - ISSUED_MS) / HOUR_MS;
      return `${row.sensor} ${row.channel} ${lead} ${row.quantile}`;
    });
    const expected = TINY_SENSORS.flatMap((sensor) =>
      ["no2", "speed"].flatMap((channel) =>
        Array.from({ length: HORIZON }, (_, k) => k + 1).flatMap((lead) =>
          [0.1, 0.5, 0.9].map((quantile) => `${sensor} ${channel} ${lead} ${quantile}`),
        ),
      ),
    );
    expect(cells.sort()).toEqual(expected.sort());
  });

  it("gives quantiles that do not cross, within the declared ranges", () => {
    for (const sensor of TINY_SENSORS) {
      for (const channel of ["no2", "speed"]) {
        const [low, middle, high] = [0.1, 0.5, 0.9].map((quantile) => pathOf(sensor, channel, quantile));
        for (let lead = 0; lead < HORIZON; lead++) {
          expect(low![lead]).toBeLessThanOrEqual(middle![lead]!);
          expect(middle![lead]).toBeLessThanOrEqual(high![lead]!);
          expect(low![lead]).toBeGreaterThanOrEqual(0);
          expect(high![lead]).toBeLessThanOrEqual(100);
        }
      }
    }
  });

  it("keeps the enforced rules at quantile 0.5, and says by how much each quantile does", () => {
    expect(roomOf(0.5)).toBeGreaterThanOrEqual(0);
    // The data ends at the day's worst hour, so that the rule about the air binds.
    expect(roomOf(0.9)).toBeLessThan(0);
    for (const quantile of [0.1, 0.5, 0.9]) {
      const margins = new Set(rows.filter((row) => row.quantile === quantile).map((row) => row.rule_margin));
      expect(margins.size).toBe(1);
      expect([...margins][0]).toBeCloseTo(roomOf(quantile), 9);
    }
  });

  it("writes the same table to Arrow and Parquet", () => {
    const table = tableFromIPC(bytesOf("plain", "forecast.arrow"));
    expect(table.schema.fields.map((field) => field.name)).toEqual(Object.keys(rows[0]!));
    const fromArrow = table.toArray().map((row: ForecastRow) => ({
      ...row,
      issued_at: new Date(row.issued_at),
      valid_at: new Date(row.valid_at),
    }));
    expect(fromArrow.map((row) => ({ ...row }))).toEqual(rows);
  });

  it("writes a model card without NaN, and an artefact that proof and card name by its hash", () => {
    const bytes = bytesOf("plain", "edge/model.ordinance");
    const { manifest, sha256 } = openArtefact(new Uint8Array(bytes));
    expect(sha256).toBe(createHash("sha256").update(bytes.subarray(0, -32)).digest("hex"));
    const proof = jsonOf("edge/proof.json");
    // As the rules declare it.
    const no2 = manifest.ruleChannels.find(({ channel }) => channel === "no2");
    expect(no2).toMatchObject({ lower: 0, upper: 100 });
    expect(proof).toMatchObject({ artefactSha256: sha256, passed: true, runs: 40, failures: 0 });
    expect(bytesOf("plain", "card.json").toString()).not.toMatch(/NaN|Infinity|undefined/);
    expect(jsonOf("card.json")).toMatchObject({
      pipeline: "tiny",
      instant: new Date(ISSUED_MS).toISOString(),
      seed: 1,
      proof: { artefactSha256: sha256, passed: true },
      rules: {
        sha256: createHash("sha256")
          .update(readFileSync(project.path("tiny.stl")))
          .digest("hex"),
      },
    });
  });

  it("shows progress on standard error alone, and no colour where it is no terminal", () => {
    expect(plain.stderr).toMatch(/Training.*\n.*Testing.*\n.*Proving/);
    expect(plain.stdout).not.toContain("Training");
    expect(plain.stdout + plain.stderr).not.toContain("\u001b");
  });

  it("is silent with --quiet, but for its result", () => {
    expect(quiet).toMatchObject({ status: 0, stderr: "" });
    expect(quiet.stdout).toBe(plain.stdout.replaceAll("plain/tiny", "quiet/tiny"));
  });

  it("prints one JSON document with --json", () => {
    expect(json).toMatchObject({ status: 0, stderr: "" });
    expect(JSON.parse(json.stdout)).toMatchObject({
      folder: `json/tiny/${INSTANT}`,
      reportPath: `json/tiny/${INSTANT}/report.html`,
      summary: { pipeline: "tiny", proof: { passed: true } },
    });
  });

  it.each(["forecast.parquet", "forecast.arrow", "edge/model.ordinance"])(
    "gives the same bytes of %s each time",
    (file) => {
      expect(bytesOf("quiet", file).equals(bytesOf("plain", file))).toBe(true);
      expect(bytesOf("json", file).equals(bytesOf("plain", file))).toBe(true);
    },
  );

  it("gives the same proof each time, but for the path in its replay command", () => {
    const proof = bytesOf("plain", "edge/proof.json").toString();
    expect(bytesOf("quiet", "edge/proof.json").toString()).toBe(proof.replaceAll("plain/tiny", "quiet/tiny"));
  });
});

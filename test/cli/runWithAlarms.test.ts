import { parquetReadObjects } from "hyparquet";
import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openArtefact } from "../../src/edge/index.ts";
import { builtCommand, type Ended } from "./builtCommand.ts";
import { TINY_PIPELINE, TinyProject } from "./tinyProject.ts";

const INSTANT = "2025-03-20T23-00-00Z";
const ALARMS = `alarms:
  - { channel: no2, above: 35, missCost: 9 }
  - { channel: speed, below: 36, missCost: 3, name: slow }
  - { channel: speed, above: 1000, missCost: 1 }
`;
const withHeads = TINY_PIPELINE.replace("season: 24h", "season: 24h\n  quantileHeads: true");

interface Row {
  readonly sensor: string;
  readonly valid_at: Date;
  readonly channel: string;
  readonly quantile: number;
  readonly value: number;
}

interface AlarmsFile {
  readonly format: number;
  readonly issuedAt: string;
  readonly alarms: readonly {
    readonly name: string;
    readonly level: number;
    readonly raised: readonly {
      readonly sensor: string;
      readonly validAt: string;
      readonly leadSteps: number;
      readonly quantile: number;
      readonly median: number;
    }[];
  }[];
}

const RELEASE = "\nrelease: { target: junction 5, validFor: 30d }\n";

describe.each([
  { heads: false, pipeline: TINY_PIPELINE },
  { heads: true, pipeline: withHeads },
])("ordinance run with alarms, quantile heads: $heads", ({ heads, pipeline }) => {
  let project: TinyProject;
  let ended: Ended;
  let rows: Row[];
  const file = (name: string): Buffer => readFileSync(project.path("out", "tiny", INSTANT, name));
  const alarmsFile = (): AlarmsFile => JSON.parse(file("alarms.json").toString()) as AlarmsFile;

  beforeAll(async () => {
    project = new TinyProject({ "tiny.yaml": pipeline + ALARMS + RELEASE });
    ended = await builtCommand("ordinance", ["run", "tiny.yaml"], { cwd: project.root });
    const bytes = file("forecast.parquet");
    const buffer = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length) as ArrayBuffer;
    rows = (await parquetReadObjects({ file: buffer })) as unknown as Row[];
  });
  afterAll(() => project.remove());

  it("ends well, and issues the quantiles that were asked for, ascending, not those of alarms", () => {
    expect(ended).toMatchObject({ status: 0 });
    expect([...new Set(rows.map((row) => row.quantile))].sort((a, b) => a - b)).toEqual([0.1, 0.5, 0.9]);
    for (let k = 0; k < rows.length; k += 3) {
      const values = rows.slice(k, k + 3).map((row) => row.value);
      expect(values).toEqual([...values].sort((a, b) => a - b));
    }
  });

  it("lists what is raised: exactly where the quantile of the forecast is past the threshold", () => {
    const { alarms, format, issuedAt } = alarmsFile();
    expect({ format, issuedAt }).toEqual({ format: 1, issuedAt: "2025-03-20T23:00:00.000Z" });
    expect(alarms.map(({ level, name }) => [name, level])).toEqual([
      ["no2 above 35", 0.9],
      ["slow", 0.25],
      ["speed above 1000", 0.5],
    ]);
    // The first alarm reads a quantile that is issued as well.
    const high = rows.filter((row) => row.channel === "no2" && row.quantile === 0.9 && row.value > 35);
    expect(high.length).toBeGreaterThan(0);
    const median = new Map(rows.filter((row) => row.quantile === 0.5).map((row) => [cellOf(row), row.value]));
    expect(alarms[0]!.raised).toEqual(
      high.map((row) => ({
        sensor: row.sensor,
        validAt: row.valid_at.toISOString(),
        leadSteps: (Number(row.valid_at) - Date.parse(issuedAt)) / 3_600_000,
        quantile: row.value,
        median: median.get(cellOf(row)),
      })),
    );
    expect(alarms[1]!.raised.every(({ quantile }) => quantile < 36)).toBe(true);
    // Where the median is past the threshold a lower quantile is so too.
    const slow = rows.filter((row) => row.channel === "speed" && row.quantile === 0.5 && row.value < 36);
    expect(alarms[1]!.raised.length).toBeGreaterThanOrEqual(slow.length);
    expect(alarms[2]!.raised).toEqual([]);
  });

  it("judges them in card and report, and the quantiles where they are learned", () => {
    const card = JSON.parse(file("card.json").toString()) as Record<string, unknown>;
    const alarms = card["alarms"] as { source: string; rows: { leadSteps: number; judged: number }[] }[];
    const source = heads ? "learned" : "conformal";
    expect(alarms.map((alarm) => alarm.source)).toEqual([source, source, "median"]);
    expect(alarms[0]!.rows.map((row) => row.leadSteps)).toEqual([1, 3, 6]);
    expect(alarms[0]!.rows.every((row) => row.judged > 100)).toBe(true);
    const page = file("report.html").toString();
    expect(page).toContain('id="alarms"');
    expect(page.includes('id="quantiles"')).toBe(heads);
    const { levels } = (card["quantiles"] ?? {}) as { readonly levels?: readonly number[] };
    expect(levels).toEqual(heads ? [0.1, 0.25, 0.9] : undefined);
  });

  it("says for which device the artefact is, and until when", () => {
    const { manifest } = openArtefact(new Uint8Array(file("edge/model.ordinance")));
    expect(manifest.target).toBe("junction 5");
    expect(Date.parse(manifest.expires!) - Date.parse(manifest.created)).toBe(30 * 86_400_000);
    expect(manifest.created).toBe(`${INSTANT.replace(/T(..)-(..)-(..)Z/, "T$1:$2:$3")}.000Z`);
  });

  it("gives the device the levels it learned", () => {
    const { manifest } = openArtefact(new Uint8Array(file("edge/model.ordinance")));
    expect(manifest.quantiles).toEqual(heads ? [0.1, 0.25, 0.9] : undefined);
  });
});

const cellOf = (row: Row): string => `${row.sensor} ${Number(row.valid_at)} ${row.channel}`;

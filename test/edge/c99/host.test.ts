import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";
import { beforeAll, describe, expect, it } from "vitest";
import type { Artefact } from "../../../src/edge/Artefact.ts";
import { exportDevice } from "../../../src/edge/c99/exportDevice.ts";
import { compileArtefact } from "../../../src/edge/compileArtefact.ts";
import { openArtefact } from "../../../src/edge/openArtefact.ts";
import { createRuntime } from "../../../src/edge/runtime.ts";
import type { FeaturePlan } from "../../../src/series/FeaturePlan.ts";
import { planChannels, type Readings } from "../../../src/series/features.ts";
import { localClock } from "../../../src/series/LocalClock.ts";
import { zoneOffsets } from "../../../src/series/zoneOffsets.ts";
import {
  fixtureMetadata,
  fixtureModel,
  fixturePlan,
  limitRule,
  rampRule,
  uniform,
  unrolled,
} from "../fixture.ts";
import { finds, noCompiler, SANITISED, STRICT } from "./compileC.ts";

const STEP_MS = 300_000;

/** Builds the host program by its own Makefile, strictly and under sanitisers. */
const built = (artefact: Artefact): string => {
  const folder = mkdtempSync(join(tmpdir(), "ordinance-host-"));
  const { exported, host } = exportDevice(artefact, "city");
  writeFileSync(join(folder, "city.h"), exported.header);
  writeFileSync(join(folder, "city.c"), exported.source);
  writeFileSync(join(folder, "city_host.c"), host.source);
  writeFileSync(join(folder, "Makefile"), host.makefile);
  execFileSync("make", ["-C", folder, "CC=gcc", `CFLAGS=${[...STRICT, ...SANITISED].join(" ")}`], {
    stdio: ["ignore", "ignore", "inherit"],
  });
  return join(folder, "city_host");
};

const ran = (program: string, input: string, ...words: readonly string[]) =>
  spawnSync(program, words, { input, encoding: "utf8", maxBuffer: 2 ** 28 });

const artefactOf = (plan: FeaturePlan, quantiles?: readonly number[]): Artefact =>
  openArtefact(
    compileArtefact({
      model: fixtureModel(plan, { units: 5, ...(quantiles !== undefined && { quantiles }) }),
      features: plan,
      rules: [
        { unrolled: limitRule(plan, 0, 10, 120), text: "limit", enforced: false },
        { unrolled: rampRule(plan, 0, 9), text: "ramp", enforced: true },
        // No forecast can mend what was read.
        {
          unrolled: unrolled("calm", { leaf: [[-1, 0, 0, 0]], constant: 50 }),
          text: "calm",
          enforced: true,
        },
      ],
      holds: { speed: 3 },
      zoneOffsets: zoneOffsets(plan.zone, Date.UTC(2025, 0, 1), Date.UTC(2026, 0, 1)),
      // A name that would end a comment in C.
      metadata: { ...fixtureMetadata, target: "bench /*/ int 7;" },
    }),
  );

interface ForecastLine {
  readonly instant: string;
  readonly valid: string;
  readonly sensor: string;
  readonly channel: string;
  readonly lead: number;
  readonly quantile: number;
  readonly value: number;
  readonly raw: number;
}

interface RuleLine {
  readonly instant: string;
  readonly rule: string;
  readonly enforced: boolean;
  readonly flag: string;
  readonly infeasible: boolean;
  readonly before: number | null;
  readonly margin: number | null;
}

/** Some steps of the arterial sample: its sensors, and the texts of its readings, [step][sensor][column]. */
const arterial = (from: number, to: number) => {
  const path = fileURLToPath(new URL("../../../datasets/arterial/arterial.csv.gz", import.meta.url));
  const [header, ...lines] = gunzipSync(readFileSync(path)).toString("utf8").trim().split("\n");
  const columns = header!.split(",");
  const rows = lines.map((line) => line.split(","));
  const sensors = [...new Set(rows.map((row) => row[1]!))];
  const chosen = rows.slice(from * sensors.length, to * sensors.length);
  return { columns, rows: chosen, sensors, startMs: Date.parse(chosen[0]![0]!) };
};

/** Two sensors, one with a name that needs quotes in CSV, in JSON and in C. */
const names = ['"Am Tor", Süd??/', "s1"] as const;
const small = artefactOf({ ...fixturePlan({ sensors: 2 }), sensors: names });
let smallProgram = "";

const lacking = noCompiler ?? (finds("make") ? undefined : "make is not installed");

describe.skipIf(lacking)(`the host program${lacking ? ` (skipped: ${lacking})` : ""}`, () => {
  it("forecasts the arterial sample as the TypeScript runtime does", () => {
    const origins = 4;
    const base = fixturePlan({ sensors: 24, windowSteps: 12, horizonSteps: 6 });
    const context = 12 + 288 + 2;
    const steps = context - 1 + origins;
    const { columns, rows, sensors, startMs } = arterial(60, 60 + steps);
    const plan: FeaturePlan = {
      ...base,
      zone: "Europe/Berlin",
      sensors,
      baseline: { kind: "seasonal", periodSteps: 288 },
      covariates: [{ channel: "no2", transform: "log1p", mean: 3, deviation: 0.5, fallback: 20 }],
      circular: ["wind"],
    };
    const artefact = artefactOf(plan, [0.1, 0.9]);
    const runtime = createRuntime(artefact);
    expect(runtime.contextSteps).toBe(context);

    const channels = planChannels(plan);
    const values = new Float64Array(channels.length * sensors.length * steps);
    const lines: string[] = ["instant,sensor,channel,value"];
    rows.forEach((row, index) => {
      const step = Math.floor(index / sensors.length);
      const sensor = index % sensors.length;
      channels.forEach((channel, k) => {
        const text = row[columns.indexOf(channel)]!;
        values[(k * sensors.length + sensor) * steps + step] = text === "" ? Number.NaN : Number(text);
        // Both forms, and both kinds of instants.
        const seconds = Date.parse(row[0]!) / 1000;
        lines.push(
          k % 2 === 0
            ? `${step % 2 === 0 ? row[0] : seconds},${row[1]},${channel},${text}`
            : JSON.stringify({
                instant: step % 3 === 0 ? seconds : row[0],
                sensor: row[1],
                channel,
                value: text === "" ? null : Number(text),
              }),
        );
      });
    });
    expect(values.some((value) => Number.isNaN(value))).toBe(true);
    const clock = localClock(plan.zone, startMs, STEP_MS, steps + plan.horizonSteps);
    const readings: Readings = { values, steps, clock };

    const said = ran(built(artefact), `${lines.join("\n")}\n`, "--every", "--ndjson");
    expect(said.stderr).toBe("");
    const all = said.stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as ForecastLine | RuleLine);
    let moved = 0;
    const flags: string[] = [];
    runtime.forecastSpan(readings, context - 1, steps, (forecast, origin) => {
      const instant = new Date(startMs + origin * STEP_MS).toISOString().replace(".000", "");
      const own = all.filter((line) => line.instant === instant);
      const entries = own.filter((line) => "lead" in line);
      const expected = [{ level: 0.5, ...forecast }, ...forecast.quantiles].flatMap(
        ({ level, raw, shielded }): Omit<ForecastLine, "instant">[] => {
          const values = forecast.physical(shielded);
          return Array.from(forecast.physical(raw), (rawValue, k) => {
            const lead = (k % plan.horizonSteps) + 1;
            const row = Math.floor(k / plan.horizonSteps);
            return {
              valid: new Date(startMs + (origin + lead) * STEP_MS).toISOString().replace(".000", ""),
              sensor: sensors[row % sensors.length]!,
              channel: plan.targets[Math.floor(row / sensors.length)]!.channel,
              lead,
              quantile: level,
              value: values[k]!,
              raw: rawValue,
            };
          });
        },
      );
      moved += entries.filter(({ raw, value }) => raw !== value).length;
      expect(entries).toEqual(expected.map((entry) => ({ instant, ...entry })));
      const inUnits = (margin: number, units: number): number | null =>
        Number.isFinite(margin) ? Number((margin / units).toPrecision(12)) : null;
      expect(own.filter((line) => "rule" in line)).toEqual(
        forecast.rules.map(({ after, before, enforced, flag, name, unitsPerOne }): RuleLine => ({
          instant,
          rule: name,
          enforced,
          flag,
          infeasible: forecast.infeasible,
          before: inUnits(before, unitsPerOne),
          margin: inUnits(after, unitsPerOne),
        })),
      );
      flags.push(...forecast.rules.filter(({ enforced }) => enforced).map(({ flag }) => flag));
    });
    // Random weights make a ramp that the shield has to mend.
    expect(moved).toBeGreaterThan(100);
    expect(said.status).toBe(flags.includes("failed") ? 1 : 0);
  }, 120_000);

  beforeAll(() => {
    smallProgram = built(small);
  }, 120_000);

  it("tells of what it cannot take, line by line, and forecasts from the rest", () => {
    const plan = small.manifest.features;
    const quoted = '"""Am Tor"", Süd??/"';
    const input = [
      "instant,sensor,channel,value",
      `2025-03-30T00:55:00Z,${quoted},speed,47.3`,
      `2025-03-30T00:55:00Z,${quoted},speed,47.3`,
      `2025-03-30T00:55:00Z,${quoted},speed,47.4`,
      "2025-03-30T00:55:00Z,s2,speed,47.3",
      "2025-03-30T00:55:00Z,s1,noise,47.3",
      "",
      String.raw`{ "note": "a \"b\"", "instant": "2025-03-30T03:05:00+02:00", "sensor": "\"Am Tor\", S\u00fcd??\/", "channel": "speed", "value": 4.8e1 }`,
      "2025-03-30T00:55:00Z,s1,speed,47.3",
      "2025-03-30T01:00:00Z,s1,speed,47.3",
      "2025-03-30T01:07:00Z,s1,speed,47.3",
      "2025-03-30T01:05:01Z,s1,speed,47.3",
      "2025-02-29T01:05:00Z,s1,speed,47.3",
      "2025-03-30T01:05:00,s1,speed,47.3",
      "2025-03-30T01:05:00Z,s1,speed,fast",
      "2025-03-30T01:05:00Z,s1,speed",
      "2025-03-30T01:05:00Z,s1,speed,1,2",
      '{"instant":"2025-03-30T01:05:00Z","sensor":"s1","channel":"speed"}',
      '{"instant":"2025-03-30T01:05:00Z","sensor":"s1","channel":"speed","value":"1"}',
      '{"instant":"2025-03-30T01:05:00Z","sensor":"s1","channel":"speed","value":[1]}',
      `2025-03-30T01:05:00Z,s1,speed,${"1".repeat(5000)}`,
      "2025-03-30T01:05:00Z,s1,flow,",
    ];
    const said = ran(smallProgram, input.join("\r\n"));
    const told = said.stderr.trim().split("\n");
    expect(
      told
        .map((line) => /^line (\d+)/.exec(line)?.[1])
        .filter(Boolean)
        .map(Number),
    ).toEqual([3, 4, 5, 6, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21]);
    expect(told.slice(-9)).toEqual([
      "9 line(s) could not be read",
      "1 line(s) of a sensor that the model does not know",
      "1 line(s) of a channel that the model does not know",
      "2 line(s) between two steps",
      "2 line(s) of a step that was over",
      "1 line(s) that repeat a reading",
      "1 line(s) that contradict an earlier one, which was kept",
      "1 step(s) without a line, taken as missing",
      "3 of the 11 steps that a forecast reads; the rest counts as missing",
    ]);
    // The same readings as the runtime reads them.
    const { horizonSteps } = plan;
    const context = 11;
    const rows = planChannels(plan).length * 2;
    const values = new Float64Array(rows * context).fill(Number.NaN);
    values[context - 3] = 47.3;
    values[context - 1] = 48;
    const startMs = Date.UTC(2025, 2, 30, 1, 5) - (context - 1) * STEP_MS;
    const clock = localClock("UTC", startMs, STEP_MS, context + horizonSteps);
    const forecast = createRuntime(small).forecast({ values, steps: context, clock });
    const [, ...table] = said.stdout.trim().split("\n");
    const fields = table.filter((line) => line.includes(",0.5,"));
    const both = fields.map((line) => line.split(",0.5,")[1]!.split(",").map(Number));
    expect(both.map(([value]) => value)).toEqual([...forecast.physical(forecast.shielded)]);
    expect(both.map(([, raw]) => raw)).toEqual([...forecast.physical(forecast.raw)]);
    expect(table[0]).toMatch(
      /^2025-03-30T01:05:00Z,2025-03-30T01:10:00Z,"""Am Tor"", Süd\?\?\/",speed,1,0.5,/,
    );
    expect(new Set(table.map((line) => line.replace(quoted, "x").split(",").length))).toEqual(new Set([14]));
    expect(table.slice(-3).map((line) => line.split(",").slice(8, 12))).toEqual(
      forecast.rules.map(({ enforced, flag, name }) => [
        name,
        enforced ? "enforced" : "watched",
        flag,
        `${forecast.infeasible}`,
      ]),
    );

    const json = ran(smallProgram, input.join("\n"), "--ndjson");
    expect(JSON.parse(json.stdout.split("\n")[0]!)).toMatchObject({ sensor: names[0], lead: 1 });
  });

  it("ends with status 1 where an enforced rule is broken, else with 0", () => {
    const told = (speed: number) =>
      ran(smallProgram, `2025-03-30T00:55:00Z,"""Am Tor"", Süd??/",speed,${speed}`);
    expect(told(50.1)).toMatchObject({
      status: 1,
      stdout: expect.stringMatching(/,calm,enforced,failed,true,-0.1,-0.1\n$/),
    });
    expect(told(49.9)).toMatchObject({
      status: 0,
      stdout: expect.stringMatching(/,calm,enforced,satisfied,false,0.1,0.1\n$/),
    });
  });

  it("survives 20,000 spoilt lines", () => {
    const good = [
      "2025-03-30T00:55:00Z,s1,speed,47.3",
      '"2025-03-30T00:55:00Z","s""1",flow,4e1',
      String.raw`{"instant": 1743296700, "sensor":"s\u0031\n","channel":"rain","value":null}`,
    ];
    const random = uniform(6);
    const whole = (below: number): number => Math.floor(random() * below);
    const spoilt = Buffer.concat(
      Array.from({ length: 20_000 }, () => {
        const line = Buffer.from(`${good[whole(good.length)]}\n`);
        for (let changes = whole(5); changes >= 0; changes--) {
          const pool = [whole(256), ...Buffer.from('",\\{}:eu0-.ZT')];
          line[whole(line.length)] = pool[whole(pool.length)]!;
        }
        return random() < 0.2 ? line.subarray(0, whole(line.length)) : line;
      }),
    );
    const said = spawnSync(smallProgram, ["--ndjson"], {
      input: spoilt,
      encoding: "utf8",
      maxBuffer: 2 ** 28,
    });
    expect([0, 1]).toContain(said.status);
    expect(said.stderr).not.toMatch(/Sanitizer|runtime error/);
    expect(said.stderr).toMatch(/\d{4} line\(s\) could not be read/);
  });

  it("ends with status 2 where nothing can be read, and where an option is unknown", () => {
    const none = ran(smallProgram, "instant,sensor,channel,value\nx\n");
    expect(none).toMatchObject({ status: 2, stdout: "" });
    expect(none.stderr).toContain("nothing could be read");
    const option = ran(smallProgram, "", "--fast");
    expect(option).toMatchObject({ status: 2, stdout: "" });
    expect(option.stderr).toContain("--fast is no option");
    expect(ran(smallProgram, "", "--help")).toMatchObject({ status: 0, stderr: "" });
  });
});

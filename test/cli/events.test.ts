import { tableFromIPC } from "apache-arrow";
import { parquetReadObjects } from "hyparquet";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { builtCommand, type Ended } from "./builtCommand.ts";
import { HOUR_MS, TINY_SENSORS, TINY_START_MS, TINY_STEPS, TinyProject } from "./tinyProject.ts";

/** Far above what an interruption takes. */
const SECONDS_TO_STOP = 10;
const INSTANT = "2025-03-20T23-00-00Z";
const ISSUED_MS = TINY_START_MS + (TINY_STEPS - 1) * HOUR_MS;
const ROUNDS = 30;

const PIPELINE = `name: tiny-events
kind: events
data: ./streets.yaml
rules: tiny.stl
events:
  - { name: foul, rule: clean_air }
  - { name: slow, when: rise(speed <= 36 km/h) }
forecast: { horizon: 3h, samples: 20, origins: 10 }
model: { units: 4, bins: 6, table: shared }
training: { rounds: ${ROUNDS}, patience: ${ROUNDS}, epochs: 2, ternaryRounds: 2, batch: 4, steps: 8 }
`;
const FILES = ["events.arrow", "events.parquet", "forecast.arrow", "forecast.parquet"] as const;

let project: TinyProject;
let straight: Ended;
let json: Ended;
let stopped: Ended;
let leftBehind: string[];
let resumed: Ended;

const run = (out: string, words: readonly string[] = [], interruptWhen?: () => boolean) =>
  builtCommand("ordinance", ["run", "events.yaml", "--out", out, ...words], {
    cwd: project.root,
    ...(interruptWhen && { interruptWhen }),
  });
const bytesOf = (out: string, file: string): Buffer =>
  readFileSync(project.path(out, "tiny-events", INSTANT, file));
const rowsOf = async (file: string) => {
  const { buffer, byteOffset, length } = bytesOf("straight", file);
  return parquetReadObjects({ file: buffer.slice(byteOffset, byteOffset + length) as ArrayBuffer });
};

beforeAll(async () => {
  project = new TinyProject({ "events.yaml": PIPELINE });
  const checkpoint = project.path("stopped", "tiny-events", "checkpoint.json");
  [straight, json, stopped] = await Promise.all([
    run("straight"),
    run("json", ["--json"]),
    run("stopped", [], () => existsSync(checkpoint)),
  ]);
  leftBehind = readdirSync(project.path("stopped", "tiny-events"));
  const state = JSON.parse(readFileSync(checkpoint, "utf8")) as { history: { moved: number }[] };
  // A mark that only a run which goes on from this very checkpoint can know; nothing is computed from it.
  state.history[0]!.moved = 0.625;
  writeFileSync(checkpoint, JSON.stringify(state));
  resumed = await run("stopped");
});
afterAll(() => project.remove());

describe("ordinance run, of an events pipeline", () => {
  it("ends well, tells the scores and names the report in its last line", () => {
    expect(straight.stderr).not.toContain("ERROR");
    expect(straight.status).toBe(0);
    expect(straight.stdout).toMatch(/Markov chain/);
    expect(straight.stdout.trimEnd().split("\n").at(-1)).toBe(
      `report: straight/tiny-events/${INSTANT}/report.html`,
    );
    expect(straight.stderr).toMatch(/Reading.*\n(.*\n)*.*Training.*\n(.*\n)*.*Testing/);
  });

  it("leaves its files and nothing else", () => {
    expect(readdirSync(project.path("straight", "tiny-events", INSTANT))).toEqual(
      [...FILES, "card.json", "report.html"].sort(),
    );
    expect(readdirSync(project.path("straight", "tiny-events"))).toEqual([INSTANT]);
  });

  it("forecasts every sensor and kind: chances that sum to 1, instants past the last reading in order", async () => {
    const rows = await rowsOf("forecast.parquet");
    expect(rows.map((row) => `${row["sensor"]} ${row["kind"]}`)).toEqual(
      ["foul", "slow"].flatMap((kind) => TINY_SENSORS.map((sensor) => `${sensor} ${kind}`)),
    );
    const sum = rows.reduce((all, row) => all + (row["next_probability"] as number), 0);
    expect(sum).toBeCloseTo(1, 9);
    for (const row of rows) {
      expect(Number(row["issued_at"])).toBe(ISSUED_MS);
      expect(Number(row["horizon_end"])).toBe(ISSUED_MS + 3 * HOUR_MS);
      const instants = [10, 50, 90].map((level) => Number(row[`next_instant_${level}`]));
      expect(instants).toEqual(instants.toSorted((a, b) => a - b));
      expect(instants[0]).toBeGreaterThanOrEqual(ISSUED_MS);
      expect(row["within_horizon"]).toBeGreaterThanOrEqual(0);
      expect(row["within_horizon"]).toBeLessThanOrEqual(1);
    }
  });

  it("lists the events of the test span with what was foretold, the same in both formats", async () => {
    const rows = await rowsOf("events.parquet");
    const card = JSON.parse(bytesOf("straight", "card.json").toString()) as {
      events: { test: number };
      metrics: { which: { model: string; nats: number }[] };
    };
    expect(rows).toHaveLength(card.events.test);
    const nats = rows.reduce((sum, row) => sum - Math.log(row["probability"] as number), 0) / rows.length;
    expect(card.metrics.which.at(-1)).toMatchObject({ model: "model, ternary" });
    expect(card.metrics.which.at(-1)!.nats).toBeCloseTo(nats, 9);
    const table = tableFromIPC(bytesOf("straight", "events.arrow"));
    expect(table.schema.fields.map(({ name }) => name)).toEqual(Object.keys(rows[0]!));
    expect([...table.getChild("rank")!]).toEqual(rows.map((row) => row["rank"]));
    expect([...table.getChild("sensor")!]).toEqual(rows.map((row) => row["sensor"]));
  });

  it("says in card and report that there is no device export", () => {
    const card = JSON.parse(bytesOf("straight", "card.json").toString()) as object;
    expect(card).toMatchObject({ kind: "events", device: expect.stringMatching(/^none/), seed: 1 });
    expect(bytesOf("straight", "card.json").toString()).not.toMatch(/NaN|Infinity|undefined/);
    expect(bytesOf("straight", "report.html").toString()).toMatch(/no export of a model of events/);
  });

  it("prints one JSON document with --json, of a run with the same bytes", () => {
    expect(json).toMatchObject({ status: 0, stderr: "" });
    expect(JSON.parse(json.stdout)).toMatchObject({
      folder: `json/tiny-events/${INSTANT}`,
      summary: { pipeline: "tiny-events" },
    });
    for (const file of FILES) expect(bytesOf("json", file).equals(bytesOf("straight", file))).toBe(true);
  });

  it("stops with status 130 and leaves a checkpoint alone", () => {
    expect(stopped).toMatchObject({ status: 130, stdout: "" });
    expect(stopped.stderr).toMatch(/Interrupted.*same command goes on/);
    expect(stopped.secondsToStop).toBeLessThan(SECONDS_TO_STOP);
    expect(leftBehind).toEqual(["checkpoint.json"]);
  });

  it("goes on from there to the same bytes, and forgets the checkpoint", () => {
    expect(resumed.status).toBe(0);
    expect(resumed.stderr).toContain("Resuming from stopped/tiny-events/checkpoint.json");
    const card = JSON.parse(bytesOf("stopped", "card.json").toString()) as { training: object[] };
    expect(card.training[0]).toMatchObject({ moved: 0.625 });
    for (const file of FILES) expect(bytesOf("stopped", file).equals(bytesOf("straight", file))).toBe(true);
    expect(readdirSync(project.path("stopped", "tiny-events"))).toEqual([INSTANT]);
  });
});

describe("ordinance run refuses, with status 2 and the place,", () => {
  let refusals = 0;
  const refused = async (change: (text: string) => string): Promise<string> => {
    const name = `refused-${refusals++}.yaml`;
    writeFileSync(project.path(name), change(PIPELINE));
    const ended = await builtCommand("ordinance", ["run", name, "--out", "refused"], { cwd: project.root });
    expect(ended).toMatchObject({ status: 2, stdout: "" });
    return ended.stderr;
  };

  it("a kind that is none", async () => {
    expect(await refused((text) => text.replace("kind: events", "kind: event"))).toMatch(
      /:2:\d+: event is no kind of pipeline; did you mean events\?/,
    );
  });

  it("unknown keys, with the nearest", async () => {
    expect(await refused((text) => text.replace("bins: 6", "bin: 6"))).toMatch(
      /Unknown key `bin`; did you mean `bins`\?/,
    );
  });

  it("an unknown rule, a unit that does not fit and a horizon off the grid, all at once", async () => {
    const told = await refused((text) =>
      text.replace("clean_air", "clear_air").replace("36 km/h", "36 ug/m3").replace("3h", "90min"),
    );
    expect(told).toMatch(/:6:\d+: event foul: there is no rule clear_air; did you mean clean_air\?/);
    expect(told).toMatch(/:7:\d+: event slow: column \d+: /);
    expect(told).toMatch(/:8:\d+: forecast.horizon 90min is not a whole number of 1h steps; take 1h or 2h/);
  });

  it("spans without events", async () => {
    const told = await refused((text) =>
      text.replace(/ {2}- \{ name: foul.*\n/, "").replace("36 km/h", "0.5 km/h"),
    );
    expect(told).toMatch(/the training span has no event, but needs at least 9/);
    expect(told).toMatch(/the validation span has no event/);
    expect(told).toMatch(/the test span has no event, but needs at least 2/);
  });
});

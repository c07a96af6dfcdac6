import { spawn } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { random } from "../../src/series/random.ts";
import { builtCommand, type Ended } from "./builtCommand.ts";
import { TinyProject } from "./tinyProject.ts";

const RUN = "2025-03-20T23-00-00Z";
/** Hours of the last evening, whose readings the project has. */
const HOURS = ["18", "19", "20", "21", "22", "23"];
const folderOf = (hour: string): string => `2025-03-20T${hour}-00-00Z`;

let project: TinyProject;
const write = (name: string, extra = ""): void => {
  project.write(
    `${name}.yaml`,
    `name: ${name}
cron: "0 * * * *"
zone: UTC
job: { kind: forecast, model: out/tiny, data: ./streets.yaml }
${extra}`,
  );
  project.write(`forecasts/${name}/begun.json`, '{"format":1,"since":"2025-03-20T17:30:00.000Z"}\n');
};
const schedule = (...words: string[]): Promise<Ended> =>
  builtCommand("ordinance", ["schedule", ...words], { cwd: project.root });
const late = ["--once", "--replay", "2025-03-20T23:20:00Z"];
const hours = (name: string): string[] => readdirSync(project.path("forecasts", name)).sort();
const parquet = (name: string, hour: string): Buffer =>
  readFileSync(project.path("forecasts", name, folderOf(hour), "forecast.parquet"));

beforeAll(async () => {
  project = new TinyProject();
  const run = await builtCommand("ordinance", ["run", "tiny.yaml", "--quiet"], { cwd: project.root });
  expect(run.status).toBe(0);
});
afterAll(() => project.remove());

describe("ordinance schedule", () => {
  it("makes up for every instant that came, each named by it, the last as the run forecast it", async () => {
    write("evening");
    const ended = await schedule("evening.yaml", ...late, "--log", "json");
    expect(ended.status).toBe(0);
    expect(ended.stdout).toBe("evening: 6 holds\n");
    expect(hours("evening")).toEqual([...HOURS.map(folderOf), "begun.json"]);
    expect(parquet("evening", "23")).toEqual(
      readFileSync(project.path("out", "tiny", RUN, "forecast.parquet")),
    );
    const logged = ended.stderr
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as { message: string; annotations: object });
    expect(logged.map(({ message }) => message.slice(0, 31))).toEqual(
      HOURS.map((hour) => `2025-03-20T${hour}:00:00.000Z: holds`),
    );
    expect(logged[0]!.annotations).toEqual({ schedule: "evening" });
    const again = await schedule("evening.yaml", ...late);
    expect(again.stdout).toBe("evening: nothing was due\n");
  });

  it("goes on after kill -9 to the same bytes, with nothing half written and nothing twice", async () => {
    write("killed");
    const source = random(20_261_123);
    for (let k = 0; k < 8 && !existsSync(project.path("forecasts", "killed", folderOf("23"))); k++) {
      const child = spawn(
        process.execPath,
        [
          fileURLToPath(new URL("../../dist/cli/ordinance.js", import.meta.url)),
          "schedule",
          "killed.yaml",
          ...late,
        ],
        { cwd: project.root, stdio: "ignore" },
      );
      const timer = setTimeout(() => child.kill("SIGKILL"), 300 + 1500 * source.uniform());
      await new Promise((resolve) => child.once("exit", resolve));
      clearTimeout(timer);
    }
    expect((await schedule("killed.yaml", ...late)).status).toBe(0);
    expect(hours("killed")).toEqual([...HOURS.map(folderOf), "begun.json"]);
    for (const hour of HOURS) expect(parquet("killed", hour)).toEqual(parquet("evening", hour));
  });

  it("serves health and metrics on the loopback address, and stops when told to", async () => {
    write("served", "http: { port: 0 }\n");
    let seen: { health: Response; body: string; metrics: string } | undefined;
    let second: Ended | undefined;
    let asked = false;
    const ask = async (url: string): Promise<void> => {
      const [health, metrics] = await Promise.all([fetch(`${url}/health`), fetch(`${url}/metrics`)]);
      second = await schedule("served.yaml", "--once");
      seen = { health, body: await health.text(), metrics: await metrics.text() };
    };
    const ended = await builtCommand(
      "ordinance",
      ["schedule", "served.yaml", "--replay", "2025-03-20T23:20:00Z"],
      {
        cwd: project.root,
        interruptWhen: ({ stderr }) => {
          const url = /http:\/\/127\.0\.0\.1:\d+/.exec(stderr)?.[0];
          if (url !== undefined && stderr.includes("T23:00:00.000Z: holds") && !asked) {
            asked = true;
            void ask(url);
          }
          return seen !== undefined;
        },
      },
    );
    expect(ended.status).toBe(130);
    expect(second!.status).toBe(2);
    expect(second!.stderr).toMatch(
      /served\.yaml: another process runs this schedule \(process \d+ writes to it/,
    );
    expect(seen!.health.status).toBe(200);
    expect(JSON.parse(seen!.body)).toMatchObject({
      status: "ok",
      schedules: [
        {
          schedule: "served",
          last: { instant: "2025-03-20T23:00:00.000Z", result: "holds" },
          next: "2025-03-21T00:00:00.000Z",
          failuresInARow: 0,
        },
      ],
    });
    expect(seen!.metrics).toMatch(/ordinance_schedule_runs(_total)?\{[^}]*result="holds"[^}]*\} 6/);
    expect(seen!.metrics).toMatch(/ordinance_schedule_newest_instant_seconds\{[^}]*\} 1742511600/);
  });

  it("forecasts from the store of a feed that it takes in itself, to the bytes of the card's", async () => {
    project.write(
      "feed.yaml",
      `name: streets
zone: UTC
step: 1h
channels: [{ name: no2, unit: ug/m3 }, { name: speed, unit: km/h }]
store: store
sources:
  - { kind: csv, path: streets/readings.csv, time: { column: time, clock: utc }, sensor: { column: street } }
`,
    );
    write("fed");
    const file = project.path("fed.yaml");
    const text = readFileSync(file, "utf8");
    project.write("fed.yaml", text.replace("data: ./streets.yaml", "feed: feed.yaml, ingest: true"));
    const ended = await schedule("fed.yaml", ...late);
    expect(ended.stdout).toBe("fed: 6 holds\n");
    expect(ended.stderr).toContain("streets: 1,440 new readings of 1,440 rows");
    for (const hour of HOURS) expect(parquet("fed", hour)).toEqual(parquet("evening", hour));
  });

  it("gives up where readings are too old, says why, and leaves out what is beyond its bounds", async () => {
    write("stale", "retries: { limit: 1, wait: 1s }\ncatchUp: { max: 4 }\n");
    const file = project.path("stale.yaml");
    project.write("stale.yaml", readFileSync(file, "utf8").replace("data:", "fresh: 2h, data:"));
    const ended = await schedule("stale.yaml", "--once", "--replay", "2025-03-21T03:20:00Z");
    expect(ended.status).toBe(2);
    expect(ended.stdout).toBe("stale: 2 holds, 2 failed, 6 dropped\n");
    const failed = project.path("forecasts", "stale", "failed");
    expect(readdirSync(failed).sort()).toEqual(["2025-03-21T02-00-00Z.json", "2025-03-21T03-00-00Z.json"]);
    expect(JSON.parse(readFileSync(`${failed}/2025-03-21T02-00-00Z.json`, "utf8"))).toEqual({
      format: 1,
      instant: "2025-03-21T02:00:00.000Z",
      attempts: 2,
      reason:
        "the newest reading is of 2025-03-20T23:00:00.000Z, and `fresh` asks for one within 2h of the instant",
    });
  });

  it("prints when it would run, in the zone and in UTC", async () => {
    write("night", "");
    project.write(
      "night.yaml",
      'name: night\ncron: "30 2 * * *"\nzone: Europe/Berlin\njob: { kind: run, pipeline: tiny.yaml }\n',
    );
    const ended = await schedule("night.yaml", "--next", "2");
    expect(ended.status).toBe(0);
    expect(ended.stdout.split("\n")[1]).toMatch(
      /^ *night +\d{4}-\d\d-\d\dT0[01]:30:00.000Z +\d{4}-\d\d-\d\d 02:30:00/,
    );
  });

  it("tells all faults of a schedule file at once, each with its place", async () => {
    project.write(
      "bad.yaml",
      'name: Bad\ncron: "61 * * * *"\nzone: Europe/Bertlin\njob: { kind: forecast }\noverlapp: skip\n',
    );
    const ended = await schedule("bad.yaml");
    expect(ended.status).toBe(2);
    for (const place of [
      "bad.yaml:1:1: `name`: expected a name",
      "bad.yaml:4:6: `job.model` is missing",
      "bad.yaml:5:1: Unknown key `overlapp`; did you mean `overlap`?",
    ]) {
      expect(ended.stderr).toContain(place);
    }
    project.write(
      "bad2.yaml",
      'name: bad\ncron: "61 * * * *"\nzone: Europe/Bertlin\njob: { kind: run, pipeline: x }\n',
    );
    const second = await schedule("bad2.yaml");
    expect(second.stderr).toContain("bad2.yaml:2:1: `61 * * * *` is no cron expression");
    expect(second.stderr).toContain("bad2.yaml:3:1: Europe/Bertlin is no time zone");
  });
});

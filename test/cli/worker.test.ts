import { type ChildProcess, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { builtCommand } from "./builtCommand.ts";
import { freePort, postgresPrograms, type ScratchPostgres, startPostgres } from "./scratchPostgres.ts";
import { TinyProject } from "./tinyProject.ts";

const programs = postgresPrograms();
if (programs === undefined) console.warn("test/cli/worker.test.ts is skipped: Postgres is not installed");

const RUN = "2025-03-20T23-00-00Z";
const GROUPS = ["north", "east", "south", "west"];
const HOURS = ["18", "19", "20", "21", "22", "23"];
const instants = HOURS.map((hour) => `2025-03-20T${hour}:00:00Z`).join(",");

const COMMAND = fileURLToPath(new URL("../../dist/cli/ordinance.js", import.meta.url));

describe.skipIf(programs === undefined)("ordinance worker", () => {
  let project: TinyProject;
  let database: ScratchPostgres;
  const workers: ChildProcess[] = [];

  /** Starts a worker and waits until it works. */
  const start = async (): Promise<ChildProcess> => {
    const port = await freePort();
    const child = spawn(process.execPath, [COMMAND, "worker", "cluster.yaml", "--port", String(port)], {
      cwd: project.root,
      stdio: ["ignore", "ignore", "pipe"],
    });
    workers.push(child);
    let printed = "";
    await new Promise<void>((resolve, reject) => {
      child.stderr.on("data", (chunk: Buffer) => {
        printed += chunk.toString();
        if (printed.includes("working at")) resolve();
      });
      child.once("exit", () => reject(new Error(`the worker ended: ${printed}`)));
    });
    return child;
  };

  beforeAll(async () => {
    project = new TinyProject();
    const run = await builtCommand("ordinance", ["run", "tiny.yaml", "--quiet"], { cwd: project.root });
    expect(run.status).toBe(0);
    database = await startPostgres(programs!);
    project.write(
      "cluster.yaml",
      `name: city
cron: "0 0 1 1 *"
zone: UTC
database: { host: 127.0.0.1, port: ${database.port}, database: postgres, user: tester }
lostAfterSeconds: 8
groups:
${GROUPS.map((name) => `  - { name: ${name}, model: out/tiny, data: ./streets.yaml }`).join("\n")}
`,
    );
  });
  afterAll(() => {
    for (const worker of workers) worker.kill("SIGKILL");
    database.stop();
    project.remove();
  });

  it("makes every forecast exactly once, though one of three workers is killed while they work", async () => {
    const [first] = [await start(), await start(), await start()];
    const asking = builtCommand("ordinance", ["worker", "cluster.yaml", "--submit", instants], {
      cwd: project.root,
    });
    while (Number(database.query("SELECT count(*) FROM ordinance_forecasts")) < 2) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    first.kill("SIGKILL");
    const ended = await asking;
    expect(ended.status).toBe(0);
    expect(ended.stdout.trimEnd().split("\n")).toHaveLength(1 + GROUPS.length * HOURS.length);
    const rows = database
      .query("SELECT group_name, instant AT TIME ZONE 'UTC' FROM ordinance_forecasts ORDER BY 1, 2")
      .split("\n");
    expect(rows).toEqual(
      [...GROUPS].sort().flatMap((group) => HOURS.map((hour) => `${group}|2025-03-20 ${hour}:00:00`)),
    );
    const stored = database.query(
      "SELECT encode(parquet, 'hex') FROM ordinance_forecasts WHERE instant = '2025-03-20 23:00Z' AND group_name = 'east'",
    );
    const ofRun = readFileSync(project.path("out", "tiny", RUN, "forecast.parquet"));
    expect(stored).toBe(ofRun.toString("hex"));
  });

  it("does nothing twice when it is asked again", async () => {
    const before = database.query("SELECT max(xmin::text::bigint) FROM ordinance_forecasts");
    const ended = await builtCommand("ordinance", ["worker", "cluster.yaml", "--submit", instants], {
      cwd: project.root,
    });
    expect(ended.status).toBe(0);
    expect(database.query("SELECT max(xmin::text::bigint) FROM ordinance_forecasts")).toBe(before);
  });

  it("says what is wrong where Postgres cannot be reached", async () => {
    const text = readFileSync(project.path("cluster.yaml"), "utf8");
    project.write("lost.yaml", text.replace(`port: ${database.port}`, `port: ${await freePort()}`));
    const ended = await builtCommand("ordinance", ["worker", "lost.yaml", "--submit", instants], {
      cwd: project.root,
    });
    expect(ended.status).toBe(2);
    expect(ended.stderr).toContain("Postgres at 127.0.0.1:");
    expect(ended.stderr).toContain("the password is read from PGPASSWORD");
  });
});

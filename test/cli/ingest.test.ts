import { appendFileSync, readdirSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { builtCommand, type Ended } from "./builtCommand.ts";
import { TINY_SENSORS, TINY_STEPS, tinyCsv, TinyProject } from "./tinyProject.ts";

const feedOf = (store: string, path: string, follow: boolean): string => `name: three streets
zone: UTC
step: 1h
channels:
  - { name: no2, unit: ug/m3 }
  - { name: speed, unit: km/h, possible: [0, 150] }
store: ${store}
sources:
  - kind: csv
    path: "${path}"
    follow: ${follow}
    time: { column: time, clock: utc }
    sensor: { column: street }
`;

interface Report {
  readonly rows: number;
  readonly kept: number;
  readonly health: readonly Health[];
}
interface Health {
  readonly sensor: string;
  readonly readings: number;
}
const readingsOf = (health: readonly Health[]): number =>
  health.reduce((sum, { readings }) => sum + readings, 0);

let project: TinyProject;
beforeAll(() => {
  project = new TinyProject({
    "piped.yaml": feedOf("piped", "-", false),
    "followed.yaml": feedOf("followed", "drop/readings.csv", true),
    "drop/readings.csv": tinyCsv(),
    "wrong.yaml": feedOf("wrong", "-", false)
      .replace("step: 1h", "step: soon")
      .replace("zone: UTC", "zone: Mars/Olympus"),
  });
});
afterAll(() => project.remove());
const ingest = (
  words: readonly string[],
  more: Partial<Parameters<typeof builtCommand>[2]> = {},
): Promise<Ended> => builtCommand("ordinance", ["ingest", ...words], { cwd: project.root, ...more });
const statusOf = async (feed: string): Promise<readonly Health[]> => {
  const { status, stdout } = await ingest([feed, "--status", "--json"]);
  expect(status).toBe(0);
  return JSON.parse(stdout) as readonly Health[];
};

describe("ordinance ingest", () => {
  it("takes in what comes on standard input, and says how every sensor is doing", async () => {
    const piped = await ingest(["piped.yaml", "--once", "--json"], { input: tinyCsv() });
    expect(piped.status).toBe(0);
    const report = JSON.parse(piped.stdout) as Report;
    expect(report).toMatchObject({ rows: TINY_STEPS * 3, kept: TINY_STEPS * 3 });
    const health = await statusOf("piped.yaml");
    expect(health.map(({ readings, sensor }) => [sensor, readings])).toEqual(
      TINY_SENSORS.map((sensor) => [sensor, TINY_STEPS]),
    );
  });

  it("says all that is wrong with a feed file, with its places", async () => {
    const wrong = await ingest(["wrong.yaml", "--once"]);
    expect(wrong.status).toBe(2);
    expect(wrong.stdout).toBe("");
    expect(wrong.stderr).toMatch(/wrong\.yaml:2:1: .*Mars\/Olympus.* is no IANA time zone/);
    expect(wrong.stderr).toMatch(/wrong\.yaml:3:1: .*soon.* is no duration; write one such as 5min/);
    expect(readdirSync(project.root)).not.toContain("wrong");
  });

  it("names a feed file that is not there", async () => {
    const absent = await ingest(["absent.yaml"]);
    expect(absent).toMatchObject({ status: 2, stdout: "" });
    expect(absent.stderr).toContain("absent.yaml");
  });

  it("keeps what it has acknowledged when it is stopped, and goes on from there", async () => {
    const stored = (): boolean =>
      readdirSync(project.root).includes("followed") &&
      readdirSync(project.path("followed")).some((name) => name.includes("journal"));
    const stopped = await ingest(["followed.yaml", "--json"], { interruptWhen: stored });
    expect(stopped.status).toBe(130);
    expect(stopped.stderr).not.toMatch(/ERROR|\n\s+at /);
    const { health } = JSON.parse(stopped.stdout) as Report;
    // Whether a sensor is dead depends on the clock.
    const counts = (of: readonly Health[]) => of.map(({ readings, sensor }) => [sensor, readings]);
    expect(counts(await statusOf("followed.yaml"))).toEqual(counts(health));
    // More comes while nobody reads.
    appendFileSync(
      project.path("drop/readings.csv"),
      "2025-03-21T00:00:00,market,31.0,44.0\n2025-03-21T01:00:00,market,32.0,43.0\n",
    );
    const resumed = await ingest(["followed.yaml", "--once", "--json"]);
    expect(resumed.status).toBe(0);
    const after = JSON.parse(resumed.stdout) as Report;
    expect(readingsOf(after.health)).toBe(TINY_STEPS * 3 + 2);
    expect(after.kept).toBe(TINY_STEPS * 3 + 2 - readingsOf(health));
    expect(readdirSync(project.path("followed")).filter((name) => name.endsWith(".lock"))).toEqual([]);
  });
});

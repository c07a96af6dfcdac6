import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { DOMParser } from "linkedom";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { builtCommand, type Started } from "./builtCommand.ts";
import { sarifFaults } from "./sarifFaults.ts";
import { TinyProject } from "./tinyProject.ts";

const SPEC = `spec road "A road" {}
sampling 5min;
signal speed : real in km/h range [0, 200];

require limit (severity = major, because = "nobody drives faster & <further>") :
  forall s in sensors : always[0min, 10min] speed[s] <= 90 km/h;

require told (severity = info) : forall s in sensors : speed[s] <= 60 km/h;

require slow : forall s in sensors : (speed[s] > 150 km/h implies eventually[0min, 10min] speed[s] < 50 km/h);
`;

/** Six instants of two sensors; `peak` is what b shows at the fourth. */
const rows = (peak: number) =>
  Array.from({ length: 6 }, (_, step) => ({
    time: `2026-03-01T06:${String(step * 5).padStart(2, "0")}`,
    a: 50 + step,
    b: step === 3 ? peak : 55,
  }));
const csv = (peak: number): string =>
  ["time,speed[a],speed[b]", ...rows(peak).map(({ a, b, time }) => `${time},${a},${b}`), ""].join("\n");

let project: TinyProject;
beforeAll(() => {
  project = new TinyProject({
    "road.stl": SPEC,
    "good.csv": csv(58),
    "bad.csv": csv(97.5),
    "x.csv": "time,x\n0,4\n1,5\n2,2\n3,9\n",
    "untidy.stl": "signal x:real;  require r:x>1   and\n x<9 ; // both\n",
    "tidy.stl": "signal y : real;\nrequire r : y > 1;\n",
    "slip.stl": "require r : x >> 1;\n",
  });
});
afterAll(() => project.remove());

const check = (words: readonly string[], more: Partial<Started> = {}) =>
  builtCommand("stl-check", words, { cwd: project.root, ...more });

interface Finding {
  readonly name: string;
  readonly verdict: string;
  readonly broken: number;
  readonly smallestMargin: number;
  readonly worst: { readonly instant: string };
}
const rulesIn = (stdout: string): readonly Finding[] =>
  (JSON.parse(stdout) as [{ traces: [{ rules: Finding[] }] }])[0].traces[0].rules;

describe.concurrent("stl-check on a trace", () => {
  it("ends with 0 where the rules hold, and says what was not put to the test", async () => {
    const { status, stderr, stdout } = await check(["road.stl", "--trace", "good.csv"]);
    expect([status, stderr]).toEqual([0, ""]);
    expect(stdout).toMatch(/limit +holds +32 km\/h +2026-03-01 06:05 +b/);
    expect(stdout).toMatch(/slow: never triggered: speed\[s\] > 150 km\/h is met at no instant/);
    expect(stdout).toMatch(/limit: 2 instants left open, their windows reach beyond the trace/);
  });

  it("ends with 1 where a rule is broken, and says which, by how much, when, where and why", async () => {
    const { status, stderr, stdout } = await check(["road.stl", "--trace", "bad.csv", "--explain"]);
    expect(status).toBe(1);
    expect(stderr).toContain("broken: limit\n");
    expect(stdout).toMatch(/limit +BROKEN +-7\.5 km\/h +2026-03-01 06:05 +b/);
    expect(stdout).toContain("because: nobody drives faster");
    expect(stdout).toMatch(/speed\[b\] <= 90\n +2026-03-01 06:15: -7\.5 km\/h/);
    expect(stdout).toMatch(/ 97\.5 \| {3}\*\n/);
    expect(stdout).toMatch(/ {7}90 \|-{6}\n/);
    for (const line of stdout.split("\n").filter((each) => each.includes("|"))) {
      expect(line.length).toBeLessThanOrEqual(80);
    }
  });

  it("does not fail for a rule of severity info, unless it binds", async () => {
    const { stdout } = await check(["road.stl", "--trace", "good.csv", "--json"]);
    expect(rulesIn(stdout).map(({ name, verdict }) => [name, verdict])).toEqual([
      ["limit", "true"],
      ["told", "true"],
      ["slow", "true"],
    ]);
    const bad = await check(["road.stl", "--trace", "bad.csv", "--json"]);
    expect(rulesIn(bad.stdout).map(({ name, verdict }) => [name, verdict])).toEqual([
      ["limit", "false"],
      ["told", "false"],
      ["slow", "true"],
    ]);
    expect(bad.stderr).not.toContain("told");
  });

  it("fails for what is left open only where --strict asks for it", async () => {
    project.write("gappy.csv", csv(58).replace(",58", ","));
    const words = ["road.stl", "--trace", "gappy.csv"];
    expect((await check(words)).status).toBe(0);
    const strict = await check([...words, "--strict"]);
    expect(strict.status).toBe(1);
    expect(strict.stderr).toContain("--strict does not allow: limit, slow");
  });

  it("reads NDJSON from standard input", async () => {
    const input = rows(97.5)
      .map(({ a, b, time }) => `${JSON.stringify({ time, "speed[a]": a, "speed[b]": b })}\n`)
      .join("");
    const { status, stdout } = await check(["road.stl", "--trace", "-", "--json"], { input });
    expect(status).toBe(1);
    expect(rulesIn(stdout)[0]).toMatchObject({
      name: "limit",
      broken: 3,
      smallestMargin: -7.5,
      worst: { instant: "2026-03-01T06:05:00.000Z" },
    });
  });

  it("writes SARIF that keeps the rules of its schema", async () => {
    const { status, stdout } = await check([
      "road.stl",
      "slip.stl",
      "--trace",
      "bad.csv",
      "--format",
      "sarif",
    ]);
    expect(status).toBe(1);
    const log = JSON.parse(stdout) as { runs: [{ results: { ruleId: string; level: string }[] }] };
    expect(sarifFaults(log)).toEqual([]);
    expect(log.runs[0].results.map(({ level, ruleId }) => [ruleId, level])).toEqual([
      ["limit", "error"],
      ["told", "note"],
      ["syntax", "error"],
    ]);
  });

  it("tells open rules in SARIF without calling them failures", async () => {
    project.write("open.csv", csv(58).replace(",58", ","));
    const { status, stdout } = await check(["road.stl", "--trace", "open.csv", "--explain", "-f", "sarif"]);
    const log = JSON.parse(stdout) as { runs: [{ results: { kind: string; level: string }[] }] };
    expect([status, sarifFaults(log)]).toEqual([0, []]);
    expect(new Set(log.runs[0].results.map(({ kind, level }) => `${kind} ${level}`))).toEqual(
      new Set(["open none"]),
    );
  });

  it("writes JUnit XML whose counts are those of its cases", async () => {
    const words = [
      "road.stl",
      "slip.stl",
      "--trace",
      "bad.csv",
      "--trace",
      "nowhere.csv",
      "--format",
      "junit",
    ];
    const { status, stdout } = await check(words);
    expect(status).toBe(1);
    const document = new DOMParser().parseFromString(stdout, "text/xml");
    const suites = [...document.querySelectorAll("testsuite")];
    expect(suites.map((suite) => suite.getAttribute("name"))).toEqual([
      "road.stl",
      "road.stl on bad.csv",
      "road.stl on nowhere.csv",
      "slip.stl",
    ]);
    for (const suite of suites) {
      for (const [count, selector] of [
        ["tests", "testcase"],
        ["failures", "failure"],
        ["errors", "error"],
        ["skipped", "skipped"],
      ] as const) {
        expect([count, suite.getAttribute(count)]).toEqual([
          count,
          String(suite.querySelectorAll(selector).length),
        ]);
      }
      for (const each of suite.querySelectorAll("testcase")) {
        for (const name of ["name", "classname", "time"]) expect(each.getAttribute(name)).not.toBe(null);
        expect(each.children.length).toBeLessThanOrEqual(1);
      }
    }
    const failure = document.querySelector('testcase[name="limit"] failure');
    expect(failure?.getAttribute("message")).toContain("margin -7.5 km/h");
    expect(failure?.textContent).toContain("nobody drives faster & <further>");
  });

  it("judges a formula of RTAMT at the first sample, without a rule file", async () => {
    const words = ["--dialect", "rtamt", "--formula", "always[0,2] (x > 3)", "--trace", "x.csv"];
    const { status, stdout } = await check([...words, "--json"]);
    expect(status).toBe(1);
    expect(rulesIn(stdout)[0]).toMatchObject({ verdict: "false", smallestMargin: -1, broken: 1 });
    const held = await check(["--formula", "always[0, 1] x > 3", "--trace", "x.csv"]);
    expect(held.status).toBe(0);
    const slip = await check(["--formula", "always[0, 1] x >> 3", "--trace", "x.csv"]);
    expect(slip.status).toBe(1);
    expect(slip.stderr).toMatch(/formula:1:17[^]*\^/);
  });

  it("lays rule files out, or says what would change", async () => {
    const before = readFileSync(project.path("untidy.stl"), "utf8");
    const asked = await check(["--fmt", "--check", "untidy.stl", "tidy.stl"]);
    expect(asked).toMatchObject({ status: 1, stdout: "would change: untidy.stl\n" });
    expect(readFileSync(project.path("untidy.stl"), "utf8")).toBe(before);
    expect(await check(["--fmt", "untidy.stl", "tidy.stl"])).toMatchObject({
      status: 0,
      stdout: "changed: untidy.stl\n",
    });
    expect(readFileSync(project.path("untidy.stl"), "utf8")).toBe(
      "signal x : real;\nrequire r : x > 1 and x < 9; // both\n",
    );
    expect(await check(["--fmt", "untidy.stl", "slip.stl"])).toMatchObject({ status: 1 });
  });

  it("checks again when a file changes, and ends with 130", async () => {
    const spec = project.write("watched.stl", SPEC.replace("<= 90", "<= 99"));
    let changed = false;
    const { status, stderr, stdout } = await check(["watched.stl", "--trace", "bad.csv", "--watch"], {
      interruptWhen: (printed) => {
        if (printed.stderr.includes("Waiting for a change of") && !changed) {
          changed = true;
          writeFileSync(spec, SPEC);
        }
        return printed.stderr.includes("broken: limit") && printed.stderr.split("Waiting for").length > 2;
      },
    });
    expect(status).toBe(130);
    expect(stderr).toContain("watched.stl has changed");
    expect(stdout).toMatch(/limit +holds[^]*limit +BROKEN/);
  });

  it("names rules that cannot hold together, with their places, in every form", async () => {
    const more = "require fast : forall s in sensors : speed[s] >= 95 km/h;\n";
    project.write("conflict.stl", `${SPEC.replace("(severity = info)", "")}${more}`);
    const { status, stdout } = await check(["conflict.stl"]);
    expect(status).toBe(1);
    expect(stdout).toMatch(
      /no readings keep (limit|told) together with fast \(line 11\) \[conflict\]\n --> conflict\.stl:\d+:9/,
    );
    const sarif = await check(["conflict.stl", "--format", "sarif"]);
    expect(sarifFaults(JSON.parse(sarif.stdout))).toEqual([]);
    expect(sarif.stdout).toContain('"ruleId": "conflict"');
    const junit = await check(["conflict.stl", "--format", "junit"]);
    expect(junit.stdout).toMatch(/failures="1"[^]*together with fast/);
    expect(await check(["conflict.stl", "--no-satisfiability"])).toMatchObject({ status: 0 });
  });

  it("prints readings that keep all rules with --explain, and in JSON", async () => {
    const { stdout } = await check(["road.stl", "--explain"]);
    const [, told] =
      /kept by these readings, by the time from the origin:\n {4}speed\[\w+\]: ([\d.]+) /.exec(stdout) ?? [];
    expect(Number(told)).toBeLessThanOrEqual(90);
    const [report] = JSON.parse((await check(["road.stl", "--json"])).stdout);
    expect(report.satisfiability.verdict).toBe("satisfiable");
    expect(report.satisfiability.witness[0]).toMatchObject({
      signal: "speed",
      runs: [{ value: Number(told) }],
    });
  });

  it("is silent about what is in order where it is to be quiet", async () => {
    expect(await check(["tidy.stl", "road.stl", "-q"])).toMatchObject({ status: 0, stdout: "", stderr: "" });
    const { stdout } = await check(["road.stl", "--trace", "bad.csv", "-q"]);
    expect(stdout).toMatch(/^ {2}rule[^]*limit +BROKEN/);
    expect(stdout).not.toContain("slow");
  });

  it("says with --facts how far rules look and what they withstand", async () => {
    const { stdout } = await check(["road.stl", "--facts", "--no-satisfiability"]);
    expect(stdout).toMatch(/limit +0s +10min +\d+ numbers +2 km\/h\n/);
  });

  it("prints completions that know its flags", async () => {
    const { status, stdout } = await check(["completion", "bash"]);
    expect(status).toBe(0);
    for (const word of ["stl-check", "--trace", "--explain", "learn"]) expect(stdout).toContain(word);
  });

  it("does not mind a reader that has seen enough", () => {
    const script = fileURLToPath(new URL("../../dist/cli/stl-check.js", import.meta.url));
    const { status, stderr } = spawnSync(
      "sh",
      [
        "-c",
        `"${process.execPath}" "${script}" road.stl --trace bad.csv --format sarif | head -c 1 > /dev/null`,
      ],
      { cwd: project.root, encoding: "utf8" },
    );
    expect(status).toBe(0);
    expect(stderr).not.toMatch(/EPIPE|\n\s+at /);
  });

  it.each([
    [
      "--json --format sarif",
      ["road.stl", "--json", "--format", "sarif"],
      /--json and --format sarif differ/,
    ],
    ["--formula beside a file", ["road.stl", "--formula", "x > 1"], /leave one of them out/],
    ["--formula without a trace", ["--formula", "x > 1"], /add --trace FILE/],
    ["--dialect without a formula", ["road.stl", "--dialect", "rtamt"], /add --formula TEXT/],
    [
      "--data beside --trace",
      ["road.stl", "--data", "arterial", "--trace", "x.csv"],
      /leave one of them out/,
    ],
    ["--watch on standard input", ["road.stl", "--trace", "-", "--watch"], /as a file/],
    [
      "a zone that is none",
      ["road.stl", "--trace", "bad.csv", "--zone", "Europe/Brelin"],
      /Europe\/Brelin is no time zone/,
    ],
    ["a unit without a signal", ["road.stl", "--trace", "bad.csv", "--unit", "mph"], /write it as speed=mph/],
    [
      "a form of time without a day",
      ["road.stl", "--trace", "bad.csv", "--time-format", "HH:mm"],
      /names no year/,
    ],
    [
      "a step that is none",
      ["road.stl", "--trace", "bad.csv", "--step", "soon"],
      /Expected a duration such as 5min/,
    ],
    ["--check without --fmt", ["road.stl", "--check"], /add --fmt/],
  ] as const)("refuses %s with status 2", async (_name, words, message) => {
    const { status, stderr } = await check(words);
    expect([status, stderr]).toEqual([2, expect.stringMatching(message)]);
  });
});

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { builtCommand } from "./builtCommand.ts";
import { TINY_SENSORS, TINY_SPEC, TINY_STEPS, TinyProject, tinyReadings } from "./tinyProject.ts";

const LIMIT = 42;
const AHEAD = 3;
/** No hold: a missing hour stays unknown. */
const LIMIT_SPEC = `spec limit "A limit" {}
sampling 1h;
signal no2 : real in ug/m3;
require limit (scale = 5 ug/m3) : forall s in sensors : always[1h, ${AHEAD}h] no2[s] <= ${LIMIT} ug/m3;
`;

let project: TinyProject;
beforeAll(() => {
  project = new TinyProject({
    "limit.stl": LIMIT_SPEC,
    "faulty.stl": TINY_SPEC.replace("no2[s] <=", "no3[s] <=").replace("<= 6 km/h", "<= 6 ug/m3"),
    "slips.stl": TINY_SPEC.replace("<= 45", "<= <= 45").replace("<= 6", "<= <= 6"),
  });
});
afterAll(() => project.remove());

const check = (...words: readonly string[]) => builtCommand("stl-check", words, { cwd: project.root });

/** The hours a rule reads from a step on, of some sensors: the worst known one, and whether any is unknown. */
const hoursAhead = (step: number, sensors: readonly number[]) => {
  let worst = -Infinity;
  let unknown = step + AHEAD >= TINY_STEPS;
  for (let at = step + 1; at <= Math.min(step + AHEAD, TINY_STEPS - 1); at++) {
    for (const sensor of sensors) {
      const value = tinyReadings.no2[at]![sensor]!;
      if (Number.isNaN(value)) unknown = true;
      else worst = Math.max(worst, value);
    }
  }
  return { worst, unknown };
};

/** Counts by plain reading of the numbers. */
const countsOf = (groups: readonly (readonly number[])[]) => {
  const counts = { held: 0, broken: 0, unknown: 0, smallestMargin: Infinity };
  for (let step = 0; step < TINY_STEPS; step++) {
    for (const sensors of groups) {
      const { unknown, worst } = hoursAhead(step, sensors);
      if (worst > LIMIT) counts.broken++;
      else if (unknown) counts.unknown++;
      else counts.held++;
      if (worst > LIMIT || !unknown) counts.smallestMargin = Math.min(counts.smallestMargin, LIMIT - worst);
    }
  }
  return counts;
};

const together = countsOf([TINY_SENSORS.map((_, sensor) => sensor)]);
const single = countsOf(TINY_SENSORS.map((_, sensor) => [sensor]));
const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;

describe.concurrent("stl-check", () => {
  it("says ok of sound rules, with status 0", async () => {
    expect(await check("tiny.stl", "limit.stl")).toMatchObject({
      status: 0,
      stdout: "tiny.stl: ok, 2 rules, they can hold together\nlimit.stl: ok, 1 rule, it can hold\n",
      stderr: "",
    });
  });

  it("shows all slips at once, each with its line, carets and a remedy, with status 1", async () => {
    const { status, stderr, stdout } = await check("slips.stl");
    expect(status).toBe(1);
    for (const place of ["slips.stl:7:50", "slips.stl:10:64"]) expect(stdout).toContain(` --> ${place}\n`);
    const lines = stdout.split("\n");
    const carets = lines.flatMap((line, index) =>
      /^\s*\|\s+\^+$/.test(line) ? [[line.indexOf("^"), index - 1] as const] : [],
    );
    expect(carets.length).toBeGreaterThanOrEqual(2);
    for (const [column, above] of carets) expect(lines[above]!.slice(column, column + 2)).toBe("<=");
    expect(stdout.match(/^ +=/gm)!.length).toBeGreaterThanOrEqual(2);
    expect(stderr).toContain("faulty: slips.stl");
  });

  it("finds unknown names and units of another kind against data, all at once", async () => {
    const { status, stdout } = await check("faulty.stl", "--data", "streets.yaml");
    expect(status).toBe(1);
    expect(stdout).toContain("there is no signal no3");
    expect(stdout).toContain(" --> faulty.stl:7:40");
    expect(stdout).toContain("Did you mean no2?");
    expect(stdout).toContain("cannot compare km/h and ug/m3");
    expect(stdout).toContain(" --> faulty.stl:10:40");
  });

  it("tells programs the same", async () => {
    const { status, stdout } = await check("slips.stl", "tiny.stl", "--json");
    expect(status).toBe(1);
    const [slips, sound] = JSON.parse(stdout) as { faulty: boolean; problems: object[] }[];
    expect(slips).toMatchObject({ path: "slips.stl", faulty: true });
    expect(slips!.problems[0]).toMatchObject({ severity: "error", source: "slips.stl", line: 7, column: 50 });
    expect(sound).toMatchObject({ path: "tiny.stl", faulty: false, problems: [] });
  });

  it("counts on which hours of the past a rule holds", async () => {
    expect(Math.min(together.held, together.broken, together.unknown)).toBeGreaterThan(0);
    const { status, stdout } = await check("limit.stl", "--data", "streets.yaml", "--json");
    expect(status).toBe(0);
    const [{ rules }] = JSON.parse(stdout) as [{ rules: [{ smallestMargin: number }] }];
    expect(rules).toHaveLength(1);
    expect(rules[0]).toMatchObject({
      name: "limit",
      held: together.held,
      broken: together.broken,
      unknown: together.unknown,
      eachSensor: { held: single.held, broken: single.broken },
      unit: "ug/m3",
    });
    expect(rules[0].smallestMargin).toBeCloseTo(together.smallestMargin, 9);
  });

  it("prints those counts as shares", async () => {
    const { status, stdout } = await check("limit.stl", "--data", "streets.yaml");
    expect(status).toBe(0);
    const cells = stdout
      .trimEnd()
      .split("\n")
      .at(-1)!
      .trim()
      .split(/\s{2,}/);
    expect(cells).toEqual([
      "limit",
      percent(single.held / (single.held + single.broken)),
      percent(together.held / (together.held + together.broken)),
      percent(together.unknown / TINY_STEPS),
      `${Number(together.smallestMargin.toPrecision(4))} ug/m3`,
      `${AHEAD} steps`,
    ]);
  });

  it.each([
    ["a file that is not there", ["nowhere.stl"], /nowhere\.stl: .*cannot be read/],
    ["a folder", ["streets"], /streets: .*cannot be read/],
    ["no file", [], /no rule file is named.*stl-check rules\.stl/],
    ["data that there is not", ["tiny.stl", "--data", "artrial"], /"artrial".*did you mean "arterial"/],
    ["a time that is none", ["tiny.stl", "--data", "streets.yaml", "--from", "monday"], /monday/],
    ["a span without data", ["tiny.stl", "--from", "2025-03-02"], /add --data/],
    ["an unknown flag", ["tiny.stl", "--dta", "arterial"], /--dta[^]*--data/],
  ] as const)("refuses %s with status 2", async (_name, words, message) => {
    const { status, stderr } = await check(...words);
    expect(status).toBe(2);
    expect(stderr).toMatch(message);
    expect(stderr).not.toMatch(/\n\s+at |\[object/);
  });
});

import { Effect, Layer } from "effect";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { platform } from "../../src/cli/platform.ts";
import { DataPlace } from "../../src/ingest/DataPlace.ts";
import { type LearnedSpec, type LearningRequest, learnRules } from "../../src/jobs/learnRules.ts";
import { Progress } from "../../src/jobs/Progress.ts";
import { TINY_SENSORS, TINY_STEPS, TinyProject, tinyReadings } from "../cli/tinyProject.ts";

const services = Layer.mergeAll(DataPlace.layer, Progress.silent).pipe(Layer.provideMerge(platform));
const learn = (request: LearningRequest): Promise<LearnedSpec> =>
  Effect.runPromise(learnRules(request).pipe(Effect.provide(services)));

/** Limits and their comments, which stay. */
const SPEC = `/* Learned. */ sampling 1h;
signal no2 : real in ug/m3;
param top  : real in ug/m3 = 30 ug/m3 range [0, 100] learnable; // of the air
param ramp : real in km/h = 5 range [0, 100] learnable;\t# of traffic\r
param calm : real in h = 3h range [1h, 40h] learnable;

require clean : forall s in sensors : always no2[s] <= top;
require gentle : forall s in sensors : always[0h, 5h] abs(delta(speed[s])) <= ramp;
require clears : forall s in sensors : always (rise(no2[s] > 40 ug/m3) implies eventually[0h, calm] no2[s] < 20 ug/m3);
`;

let project: TinyProject;
beforeAll(() => {
  project = new TinyProject({ "learned.stl": SPEC });
});
afterAll(() => project.remove());

const request = (changes: Partial<LearningRequest> = {}): LearningRequest => ({
  spec: project.path("learned.stl"),
  data: project.path("streets.yaml"),
  rate: 0.9,
  rates: new Map([["gentle", 0.99]]),
  holdout: { share: 0.25 },
  write: "nowhere",
  ...changes,
});

const HELD_OUT_FROM = (TINY_STEPS / 24) * 0.75 * 24;
const sensors = TINY_SENSORS.map((_, sensor) => sensor);
const quantile = (values: readonly number[], rate: number): number => {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted.find((_, k) => (k + 1) / sorted.length >= rate)!;
};
const no2 = (sensor: number, from: number, to: number): number[] =>
  tinyReadings.no2.slice(from, to).map((row) => row[sensor]!);

/** Hours from each rise above 40 to below 20, where all that matters was read; Infinity where a span ends first. */
const clearances = (from: number, to: number): number[] =>
  sensors.flatMap((sensor) => {
    const series = no2(sensor, from, to);
    return series.flatMap((value, step) => {
      if (!(value > 40 && step > 0 && series[step - 1]! <= 40)) return [];
      const ahead = series.slice(step).findIndex((later) => later < 20);
      return [ahead < 0 ? Infinity : ahead];
    });
  });

describe("learnRules", () => {
  it("fits limits as order statistics of the days it learns from, and tries them on the others", async () => {
    const learned = await learn(request());
    const levels = sensors.flatMap((sensor) => no2(sensor, 0, HELD_OUT_FROM)).filter((value) => value >= 0);
    const top = quantile(levels, 0.9);
    const changes = sensors.flatMap((sensor) =>
      tinyReadings.speed
        .slice(1, HELD_OUT_FROM)
        .map((row, k) => Math.abs(row[sensor]! - tinyReadings.speed[k]![sensor]!)),
    );
    expect(learned.faulty).toBe(false);
    expect(learned.text).toBe("");
    expect(learned.span).toEqual({ from: "2025-03-01", heldOutFrom: "2025-03-16", to: "2025-03-21" });
    expect(learned.parameters.map(({ after, before, line, name }) => [name, before, after, line])).toEqual([
      ["top", "30 ug/m3", `${top} ug/m3`, 3],
      ["ramp", "5", expect.any(String), 4],
      ["calm", "3h", expect.stringMatching(/^\d+h$/), 5],
    ]);
    expect(Number(learned.parameters[1]!.after)).toBeCloseTo(quantile(changes, 0.99), 5);
    const heldOut = sensors.flatMap((sensor) => no2(sensor, HELD_OUT_FROM, TINY_STEPS));
    const judged = heldOut.filter((value) => value >= 0);
    const [clean] = learned.rules;
    expect(clean).toMatchObject({
      name: "clean",
      wanted: 0.9,
      training: {
        judged: levels.length,
        rate: levels.filter((value) => value <= top).length / levels.length,
        unknown: 3 * HELD_OUT_FROM - levels.length,
      },
      heldOut: {
        judged: judged.length,
        rate: judged.filter((value) => value <= top).length / judged.length,
        unknown: heldOut.length - judged.length,
      },
    });
    expect(clean!.heldOut!.lower).toBeLessThan(clean!.heldOut!.rate);
    expect(clean!.heldOut!.upper).toBeGreaterThan(clean!.heldOut!.rate);
    expect(learned.rules[1]).toMatchObject({ name: "gentle", wanted: 0.99 });
  });

  it("fits a waiting time as the quantile of the episodes that can be judged", async () => {
    const learned = await learn(request({ rates: new Map() }));
    const calm = Number.parseInt(learned.parameters[2]!.after, 10);
    const waits = clearances(0, HELD_OUT_FROM);
    const { rate, judged, unknown } = learned.rules[2]!.training;
    expect(judged + unknown).toBe(waits.length);
    // A gap may leave open what a plain reading calls late: those of the judged that are in time are counted alike.
    expect(Math.round(rate * judged)).toBe(waits.filter((wait) => wait <= calm).length);
    expect(rate).toBeGreaterThanOrEqual(0.9);
    const tighter = waits.filter((wait) => wait <= calm - 1).length;
    expect(tighter / judged).toBeLessThan(0.9);
  });

  it("gives the interval of a lower limit by size too, and the days that a rule binds together", async () => {
    const spec = project.write(
      "floor.stl",
      `param least : real in km/h = 20 range [0, 100] learnable;
require flows : forall s in sensors : always[0h, 30h] speed[s] >= least;
require dips : forall s in sensors : always eventually[0h, 30h] speed[s] >= least + 10 km/h;
`,
    );
    const { parameters, rules } = await learn(request({ spec, rates: new Map() }));
    const [{ after, lower, tighter, upper }] = parameters as [LearnedSpec["parameters"][number]];
    const speeds = tinyReadings.speed.slice(0, HELD_OUT_FROM).flat();
    expect(Number(after)).toBe(
      -quantile(
        speeds.map((speed) => -speed),
        0.9,
      ),
    );
    expect(tighter).toBe("larger");
    expect(Number(lower)).toBeLessThan(Number(after));
    expect(Number(upper)).toBeGreaterThan(Number(after));
    expect(rules.map(({ blockDays, name }) => [name, blockDays])).toEqual([["flows", 1], ["dips", 3]]); // prettier-ignore
  });

  it("writes the values into the text and changes nothing else by a byte", async () => {
    const file = project.path("fitted.stl");
    const learned = await learn(request({ write: { file } }));
    expect(learned.written).toEqual([file]);
    const [top, ramp, calm] = learned.parameters.map(({ after }) => after);
    expect(readFileSync(file, "utf8")).toBe(
      SPEC.replace("= 30 ug/m3", `= ${top}`)
        .replace("km/h = 5", `km/h = ${ramp}`)
        .replace("= 3h", `= ${calm}`),
    );
    expect(readFileSync(project.path("learned.stl"), "utf8")).toBe(SPEC);

    const over = project.write("over.stl", SPEC);
    await learn(request({ spec: over, write: "over" }));
    expect(readFileSync(over, "utf8")).toBe(readFileSync(file, "utf8"));
    // Learned again, it says the same: the fit does not hang on where it starts.
    await learn(request({ spec: over, write: "over" }));
    expect(readFileSync(over, "utf8")).toBe(readFileSync(file, "utf8"));
  });

  it("writes each parameter back to the file that declares it, and refuses to put it elsewhere", async () => {
    const limits = "param top : real in ug/m3 = 30 range [0, 100] learnable; // shared\n";
    const imported = project.write("lib/limits.stl", limits);
    const text = `import "lib/limits.stl" as air;
param ramp : real in km/h = 5 range [0, 100] learnable;
require clean : forall s in sensors : no2[s] <= air.top;
require gentle : forall s in sensors : always abs(delta(speed[s])) <= ramp;
`;
    const spec = project.write("importing.stl", text);
    const { parameters, written } = await learn(request({ spec, write: "over" }));
    expect(parameters.map(({ line, name, source }) => [name, source, line])).toEqual([
      ["ramp", spec, 2],
      ["air.top", imported, 1],
    ]);
    expect(written).toEqual([spec, imported]);
    expect(readFileSync(spec, "utf8")).toBe(text.replace("= 5", `= ${parameters[0]!.after}`));
    expect(readFileSync(imported, "utf8")).toBe(limits.replace("= 30", `= ${parameters[1]!.after}`));
    await expect(learn(request({ spec, write: { file: project.path("one.stl") } }))).rejects.toThrow(
      /limits\.stl, which .*one\.stl cannot hold/,
    );
  });

  it("says what cannot be reached, and writes nothing", async () => {
    const spec = project.write("narrow.stl", SPEC.replace("[0, 100] learnable; //", "[0, 31] learnable; //"));
    const before = readFileSync(spec, "utf8");
    const learned = await learn(request({ spec, write: "over" }));
    expect(learned).toMatchObject({ faulty: true, written: [] });
    expect(learned.text).toMatch(/clean holds at \d+(\.\d+)? % of \d+ judged instants with top = 31 ug\/m3/);
    expect(learned.text).toContain("narrow.stl:3:7");
    expect(learned.parameters.map(({ name }) => name)).toEqual(["ramp", "calm"]);
    expect(readFileSync(spec, "utf8")).toBe(before);
  });

  it("tells a faulty file with its problems, all at once", async () => {
    const spec = project.write(
      "faulty.stl",
      SPEC.replace("no2[s] <= top", "no3[s] <= top").replace("<= ramp", "<= romp"),
    );
    const { faulty, problems } = await learn(request({ spec }));
    expect([faulty, problems.map(({ code }) => code)]).toEqual([true, ["unknown-name", "unknown-name"]]);
  });

  it.each([
    ["no learnable parameter", { spec: "tiny.stl", rates: new Map() }, /tiny\.stl has no learnable parameter\. Declare one/],
    ["a file that is not there", { spec: "nowhere.stl" }, /nowhere\.stl: the rule file cannot be read \(there is no such file/],
    ["a rate of no rule", { rates: new Map([["cleen", 0.9]]) }, /cleen is no rule\. Did you mean clean\?/],
    ["a rate of a parameter", { rates: new Map([["top", 0.9]]) }, /top is a parameter; rates are of rules/],
    ["a date that is none", { holdout: { from: "soon" } }, /soon is no local date/],
    ["all days held out", { holdout: { from: "2025-03-01" } }, /no day is left to learn from: the data has 20 local days from 2025-03-01 on/],
    ["no day held out", { holdout: { from: "2025-03-21" } }, /no day is left to hold out/],
    ["a folder that is not there", { write: { file: "/nowhere/at/all.stl" } }, /\/nowhere\/at\/all\.stl: cannot be written/],
  ] as const)("refuses %s", async (_name, changes, message) => {
    const { spec, ...others } = { spec: "learned.stl", ...changes };
    await expect(learn(request({ spec: project.path(spec), ...others }))).rejects.toThrow(message);
  }); // prettier-ignore

  it("learns from all days where none is held out", async () => {
    const { rules, span } = await learn(request({ holdout: { share: 0 } }));
    expect(span).toEqual({ from: "2025-03-01", heldOutFrom: "2025-03-21", to: "2025-03-21" });
    expect(rules.map(({ heldOut }) => heldOut)).toEqual([undefined, undefined, undefined]);
  });
});

const realData = process.env["ORDINANCE_DATA"] ?? "";
if (realData === "") console.info("Nothing is learned from the air of Beijing: ORDINANCE_DATA is not set.");

describe.skipIf(realData === "")("learnRules on the air of Beijing", () => {
  const spec = (name: string): string => join(import.meta.dirname, "../../specs/learn", name);
  const air = (name: string, rates: ReadonlyMap<string, number>, share: number) =>
    learn({ spec: spec(name), data: "beijing-air", rate: 0.99, rates, holdout: { share }, write: "nowhere" });
  const hours = (text: string | undefined): number => Number(/^(\d+)h$/.exec(text ?? "")?.[1]);
  const limit = (text: string | undefined): number => Number(/^([\d.]+) ug\/m3$/.exec(text ?? "")?.[1]);

  // Counted apart from the product: 99 % of 409,180 changes within an hour are 78 ug/m3 or less, and 95 % of 3,516
  // episodes that go above 150 ug/m3 are back at 75 within 80 hours, readings that are missing left out.
  it("finds the ramp limit, which holds on the days held out", async () => {
    const { parameters, rules } = await air("beijing-ramp.stl", new Map(), 0.2);
    const [ramp] = parameters;
    expect(limit(ramp!.after)).toBe(78);
    expect(limit(ramp!.lower)).toBeLessThanOrEqual(78);
    expect(limit(ramp!.upper)).toBeGreaterThanOrEqual(78);
    expect(Math.abs(rules[0]!.heldOut!.rate - 0.99)).toBeLessThan(0.02);
  }, 60_000);

  it("finds the recovery time, which holds on the days held out", async () => {
    const rates = new Map([["recovers", 0.95]]);
    const { parameters, rules } = await air("beijing-recovery.stl", rates, 0.2);
    expect(hours(parameters[0]!.lower)).toBeLessThanOrEqual(80);
    expect(hours(parameters[0]!.upper)).toBeGreaterThanOrEqual(80);
    expect(Math.abs(rules[0]!.heldOut!.rate - 0.95)).toBeLessThan(0.02);
    const all = await air("beijing-recovery.stl", rates, 0);
    expect([all.parameters[0]!.after, all.rules[0]!.training.judged]).toEqual(["80h", 3516]);
  }, 60_000);
});

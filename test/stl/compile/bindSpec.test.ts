import { describe, expect, it } from "vitest";
import {
  bindSpec,
  type BoundSpec,
  panelRobustness,
  parseSpec,
  type Problem,
  type Site,
} from "../../../src/stl/index.ts";
import type { BoundRule } from "../../../src/stl/compile/BoundRule.ts";

const site: Site = {
  sensors: ["a", "b", "c", "12"],
  channels: [
    { name: "speed", unit: "km/h" },
    { name: "no2", unit: "ug/m3" },
    { name: "flow", unit: "veh/h" },
    { name: "temperature", unit: "degC" },
  ],
  stepMs: 300_000,
  zone: "Europe/Berlin",
  // About 1.11 km apart along a meridian.
  positions: [52, 52.01, 52.02, 52.1].map((latitude) => ({ latitude, longitude: 13 })),
  tags: { school: ["a", "c"], empty: [] },
  forecastSteps: 24,
};

const bind = (text: string, where: Site = site): BoundSpec => {
  const { spec, problems } = parseSpec(text);
  const bound = bindSpec(spec, where);
  return { rules: bound.rules, problems: [...problems, ...bound.problems] };
};

const ruleOf = (text: string, where: Site = site): BoundRule => {
  const { rules, problems } = bind(text, where);
  expect(problems.filter((problem) => problem.severity === "error")).toEqual([]);
  return rules.at(-1) as BoundRule;
};

const problemOf = (text: string, where: Site = site): Problem => {
  const [problem, ...others] = bind(text, where).problems;
  expect(others).toEqual([]);
  return problem as Problem;
};

/** Robustness at step 0 of a trace of one step or more: readings[channel][sensor] is a number or a series. */
const judge = (
  rule: BoundRule,
  readings: Readonly<Record<string, readonly (number | readonly number[])[]>>,
  where: Site = site,
): number => {
  const series = where.channels.flatMap(({ name }) => where.sensors.map((_, s) => readings[name]?.[s] ?? 0));
  const steps = Math.max(...series.map((each) => (typeof each === "number" ? 1 : each.length)));
  const values = Float64Array.from(
    series.flatMap((each) => (typeof each === "number" ? Array.from({ length: steps }, () => each) : each)),
  );
  const { lower, upper } = panelRobustness(rule, { values, steps });
  expect(lower[0]).toBe(upper[0]);
  return lower[0] as number;
};

describe("bindSpec", () => {
  it("converts quantities to the unit that the signal is declared in", () => {
    const rule = ruleOf("signal speed : real in mph; require r: speed[a] < 80.4672 km/h;");
    // 48.28032 km/h are 30 mph, 80.4672 are 50.
    expect(judge(rule, { speed: [48.28032] })).toBeCloseTo(20, 9);
    expect(rule.unit).toBe("mph");
    expect(judge(ruleOf("require r: 0.2 mg/m3 > no2[a];"), { no2: [150] })).toBeCloseTo(50, 9);
    expect(judge(ruleOf("require r: flow[a] < 2 veh/s;"), { flow: [7000] })).toBeCloseTo(200, 6);
    expect(judge(ruleOf("require r: temperature[a] < 86 degF;"), { temperature: [20] })).toBeCloseTo(10, 9);
    expect(judge(ruleOf("require r: speed[a] / 1 mph + 5% < 100;"), { speed: [1.609344] })).toBeCloseTo(
      98.95,
      9,
    );
    expect(judge(ruleOf("require r: speed[a] * 30min < 20 km;"), { speed: [10] })).toBeCloseTo(900, 6);
  });

  it("names both units where they do not agree", () => {
    const problem = problemOf("require r: speed[a] < 30 ug/m3;");
    expect(problem).toMatchObject({
      code: "unit-mismatch",
      message: "cannot compare km/h and ug/m3",
      column: 12,
    });
    expect(problemOf("require r: speed[a] + no2[a] > 3;").message).toBe("cannot add km/h and ug/m3");
    expect(problemOf("signal no2 : real in ppb; require r: no2[a] < 3;").message).toContain(
      "the site measures",
    );
    expect(problemOf("require r: speed[a] < 30 kmh2;").message).toBe("kmh2 after the number 30 is no unit");
    expect(problemOf("require r: exp(speed[a]) < 3;").message).toContain("needs a plain number");
  });

  it("counts durations exactly and names the two legal values beside a wrong one", () => {
    const rule = ruleOf("require r: always[0.5h, 1h30min] speed[a] < 9;");
    expect([rule.historySteps, rule.horizonSteps]).toEqual([0, 18]);
    const problem = problemOf("require r: always[0, 12min] speed[a] < 9;");
    expect(problem).toMatchObject({ code: "duration-step", remedy: "Write 10min or 15min." });
    const param = "param calm : real in h = 20min range [5min, 1h];";
    expect(ruleOf(`${param} require r: always[0, calm] speed[a] < 9;`).horizonSteps).toBe(4);
    expect(ruleOf(`${param} require r: always[0, 2 * calm] speed[a] < 9;`).horizonSteps).toBe(8);
    const tenth = { ...site, stepMs: 100 };
    expect(ruleOf("require r: always[0, 0.3s] speed[a] < 9;", tenth).horizonSteps).toBe(3);
  });

  it("tells of a rule that looks further than a forecast, in time and steps", () => {
    const problem = problemOf("require r: always[0, 2h] eventually[0, 15min] speed[a] < 9;");
    expect(problem.message).toBe("r looks ahead 2h15min (27 steps), a forecast reaches 2h (24 steps)");
    expect(problem.remedy).toBe("Shorten its intervals by 15min in sum, or forecast further.");
    expect(problemOf("require r: always speed[a] < 9;").message).toContain("looks ahead without end");
    const { forecastSteps: _, ...open } = site;
    expect(ruleOf("require r: always speed[a] < 9;", open).horizonSteps).toBe(Infinity);
    const past = ruleOf("require r: once[1h, 2h] lag(delta(speed[a]) over 10min, 1h) > 1;");
    expect([past.historySteps, past.horizonSteps]).toEqual([38, 0]);
  });

  it("suggests the nearest name, whatever is misspelt", () => {
    const remedies = [
      "require r: sped[a] < 3;",
      'group school = tag("school"); require r: forall s in schol: speed[s] < 3;',
      'require r: forall s in tag("scool"): speed[s] < 3;',
      "let polluted(s) = no2[s] > 3; require r: poluted(a);",
      "require r: dellta(speed[a]) < 3;",
      "param limit : real = 3; require r: speed[a] < limt;",
    ].map((text) => problemOf(text).remedy);
    expect(remedies).toEqual([
      "Did you mean speed?",
      "Did you mean school?",
      "Did you mean school?",
      "Did you mean polluted?",
      "Did you mean delta?",
      "Did you mean limit?",
    ]);
  });

  it("collects every problem of every rule, and keeps the rules without", () => {
    const { rules, problems } = bind(`
      require one: speed[x1] < 3 ug/m3 and nothing > 2;
      require two: always[0, 7min] speed[a] < 3;
      require fine: speed['12'] < 3;
    `);
    expect(rules.map((rule) => rule.name)).toEqual(["fine"]);
    expect(problems.map((problem) => [problem.line, problem.code])).toEqual([
      [2, "unknown-name"],
      [2, "unit-mismatch"],
      [2, "unknown-name"],
      [3, "duration-step"],
    ]);
  });

  it("runs quantifiers over groups, neighbours and their combinations", () => {
    const speed = [10, 20, 30, 40];
    const value = (formula: string): number =>
      judge(
        ruleOf(`group schools = tag("school"); sensors pair = { b, 12 };
        group both = schools union pair; group few = sensors except pair; group none = both intersect schools;
        require r: ${formula};`),
        { speed, no2: [4, 3, 2, 1] },
      );
    expect(value("forall s in sensors: speed[s] < 50")).toBe(10);
    expect(value("exists s in schools: speed[s] > 25")).toBe(5);
    expect(value("atleast 2 s in sensors: speed[s] > 25")).toBe(5);
    expect(value("atleast 60% s in sensors: speed[s] > 15")).toBe(5);
    expect(value("atmost 1 s in sensors: speed[s] > 25")).toBe(-5);
    expect(value("exactly 2 s in sensors: speed[s] > 25")).toBe(5);
    expect(value("atmost 50% s in sensors: speed[s] > 15")).toBe(-5);
    expect(value("forall s in both: speed[s] < 50")).toBe(10);
    expect(value("forall s in few: speed[s] < 50")).toBe(20);
    expect(value("forall s in none: speed[s] < 50")).toBe(20);
    expect(value("count(s in sensors: speed[s] > 25) >= 3")).toBe(-5);
    expect(value("3 > count(s in sensors: speed[s] > 25)")).toBe(5);
    expect(value("mean(s in sensors: speed[s]) < 30")).toBe(5);
    expect(value("sum(s in pair: speed[s]) < 70")).toBe(10);
    expect(value("max(s in schools: speed[s]) - min(s in schools: speed[s]) < 25")).toBe(5);
    // b lies between a and c; 12 has nobody within 2 km.
    expect(value("forall s in sensors: mean(n in near(s, 2 km): speed[n]) < 45")).toBe(5);
    expect(value("forall s in schools: exists n in near(s, 1.2 km) where n != s: speed[n] > 15")).toBe(5);
    expect(value("exists s in sensors: forall n in near(s, 5 km): speed[n] > speed[s] - 1 km/h")).toBe(1);
    expect(value("forall s in sensors where s in schools and not (s == a): speed[s] < 50")).toBe(20);
    expect(value("forall s in sensors where no2[s] > 2.5: speed[s] < 35")).toBe(1.5);
  });

  it("puts lets in with their own names, and sees cycles", () => {
    const text = `let limit = 30; let above(s, by) = speed[s] > limit + by; let hot(s) = above(s, 5 km/h);
      require r: exists limit in sensors: hot(limit);`;
    expect(judge(ruleOf(text), { speed: [10, 20, 30, 40] })).toBe(5);
    expect(problemOf("let p = q; let q = p; require r: p;")).toMatchObject({ code: "cycle" });
    expect(problemOf("param p : real = p + 1; require r: speed[a] > p;")).toMatchObject({ code: "cycle" });
    const doubling = Array.from({ length: 40 }, (_, k) => `let p${k + 1} = p${k} and not p${k};`).join("\n");
    const plan = ruleOf(`let p0 = speed[a] > 3; ${doubling} require r: p40;`).plan;
    expect(plan.nodes.length).toBeLessThan(200);
  });

  it("reads the clock of the panel", () => {
    const rule = (formula: string): BoundRule => ruleOf(`require r: ${formula} implies speed[a] < 5;`);
    const at = (formula: string, minuteOfDay: number, weekday = 1): number => {
      const clock = {
        minuteOfDay: Int16Array.of(minuteOfDay),
        weekday: Int8Array.of(weekday),
        dayNumber: Int32Array.of(20_000),
      };
      const values = new Float64Array(16).fill(7);
      return panelRobustness(rule(formula), { values, steps: 1, clock }).lower[0] as number;
    };
    expect([at("between(7h, 10h)", 419), at("between(7h, 10h)", 420)]).toEqual([Infinity, -2]);
    expect([at("between(7h, 10h)", 599), at("between(7h, 10h)", 600)]).toEqual([-2, Infinity]);
    expect([at("between(22h30min, 6h)", 1350), at("between(22h30min, 6h)", 359)]).toEqual([-2, -2]);
    expect(at("between(22h30min, 6h)", 720)).toBe(Infinity);
    expect([at("hour() < 9.5", 599), at("hour() < 9.5", 600)]).toEqual([-2, Infinity]);
    expect([at("6 <= weekday()", 0, 6), at("weekday() != 6", 0, 6)]).toEqual([-2, Infinity]);
    expect(at("minute_of_day() == 61", 61)).toBe(-2);
    expect(at("day_number() > 19999", 0)).toBe(-2);
    expect(problemOf("require r: hour() > speed[a];").code).toBe("clock");
    expect(problemOf("require r: hour() + 1 > 3;").code).toBe("clock");
    expect(() => panelRobustness(rule("hour() > 3"), { values: new Float64Array(16), steps: 1 })).toThrow(
      "clock",
    );
  });

  it("takes missing readings as the declared range, or holds the last one for as long as it is said", () => {
    const bounds = (declaration: string, readings: readonly number[]): number[][] => {
      const rule = ruleOf(`signal speed : real in km/h ${declaration}; require r: speed[a] < 50;`);
      const values = new Float64Array(16 * readings.length);
      values.set(readings);
      const { lower, upper } = panelRobustness(rule, { values, steps: readings.length });
      return [Array.from(lower), Array.from(upper)];
    };
    expect(bounds("", [10, NaN])).toEqual([
      [40, -Infinity],
      [40, Infinity],
    ]);
    expect(bounds("range [0, 60]", [10, NaN])).toEqual([
      [40, -10],
      [40, 50],
    ]);
    const gap = [10, NaN, NaN, NaN, 20];
    expect(bounds("range [0, 60] missing hold 10min", gap)[0]).toEqual([40, 40, 40, -10, 30]);
    expect(bounds("range [0, 60] missing hold", gap)[0]).toEqual([40, 40, 40, 40, 30]);
  });

  it("scales by the attribute, the declared range, the threshold, in this order", () => {
    const range = "signal speed : real in km/h range [0, 200];";
    expect(ruleOf(`${range} require r (scale=5 mph): speed[a] < 50;`).scale).toBeCloseTo(8.04672, 9);
    expect(ruleOf(`${range} require r: speed[a] < 50;`).scale).toBe(2);
    expect(ruleOf("require r: speed[a] < 50;").scale).toBe(0.5);
    expect(ruleOf("require r: speed[a] > 0;").scale).toBe(1);
    expect(problemOf("require r (scale=5 ug/m3): speed[a] < 50;").code).toBe("unit-mismatch");
  });

  it("keeps attributes, and marks goals", () => {
    const rule = ruleOf(
      'require r (severity=critical, weight=2.5, tags=["air", "goal"], owner="x", because="y", at=start): speed[a] < 5;',
    );
    expect(rule).toMatchObject({
      severity: "critical",
      weight: 2.5,
      tags: ["air", "goal"],
      goal: true,
      owner: "x",
      because: "y",
      at: "start",
      text: "speed[a] < 5",
      channels: [0],
      position: { line: 1, column: 9 },
    });
  });

  it("warns of operators mixed without parentheses, mixed units and rules that ranges settle", () => {
    const codes = (text: string): string[] =>
      bind(text).problems.map((problem) => `${problem.severity} ${problem.code}`);
    expect(codes("require r: always[0, 5min] speed[a] < 5 and speed[b] < 5;")).toEqual([
      "warning mixed-operators",
    ]);
    expect(codes("require r: (always[0, 5min] speed[a] < 5) and speed[b] < 5;")).toEqual([]);
    expect(codes("require r: speed[a] < 5 and speed[b] < 5 or speed[b] > 9;")).toEqual([
      "warning mixed-operators",
    ]);
    expect(codes("require r: speed[a] < 5 and speed[b] < 5 implies speed[b] > 9;")).toEqual([]);
    expect(codes("require r: speed[a] < 5 or no2[a] > 7;")).toEqual(["warning mixed-units"]);
    const range = "signal speed : real in km/h range [0, 50];";
    expect(codes(`${range} require r: speed[a] < 60;`)).toEqual(["warning tautology"]);
    expect(codes(`${range} require r: speed[a] > 60;`)).toEqual(["error contradiction"]);
    expect(codes("require r: always[0, 2] speed[a] < 60;")).toEqual(["warning bare-bound"]);
    expect(codes("sampling 15min; require r: speed[a] < 60;")).toEqual(["error sampling"]);
    expect(codes("sampling 5.2min tolerance 5%; require r: speed[a] < 60;")).toEqual([]);
  });

  it("asks for sensors where there are several, and for positions where near needs them", () => {
    expect(problemOf("require r: speed < 60;").remedy).toBe("Say of which sensor: speed[s].");
    const single: Site = { ...site, sensors: ["a"], positions: [], tags: {} };
    expect(judge(ruleOf("require r: speed < 60;", single), { speed: [10] }, single)).toBe(50);
    expect(problemOf("require r: forall s in near(a, 1 km): speed[s] < 3;", single).code).toBe("no-position");
    expect(
      problemOf("require r: forall s in sensors: mean(n in sensors where n != s: speed[n]) < 3;", single),
    ).toMatchObject({ code: "empty-group" });
  });

  it("refuses a trace of another shape", () => {
    const rule = ruleOf("require r: speed[a] < 60;");
    expect(() => panelRobustness(rule, { values: new Float64Array(3), steps: 1 })).toThrow("need 16");
    expect(panelRobustness(rule, { values: new Float64Array(0), steps: 0 }).lower.length).toBe(0);
  });
});

describe("parseSpec", () => {
  const files: Record<string, string> = {
    "city/limits.stl":
      'import "units.stl"; param base : real in ug/m3 = 100; param hourly : real in ug/m3 = 2 * base; let high(s) = no2[s] > hourly;',
    "city/units.stl": "signal no2 : real in ug/m3 range [0, 1000];",
    "city/loop.stl": 'import "main.stl";',
  };
  const read = (path: string): string => {
    const text = files[path];
    if (text === undefined) throw new Error("no such file");
    return text;
  };

  it("imports, with names of its own where an alias is given", () => {
    const text = `import "limits.stl" as lim; import "./limits.stl";
      require r: exists s in sensors: lim.high(s) or no2[s] > lim.hourly + base;`;
    const { spec, problems } = parseSpec(text, { source: "city/main.stl", read });
    expect(problems).toEqual([]);
    const { rules, problems: more } = bindSpec(spec, site);
    expect(more.map(({ code }) => code)).toEqual(["dead-part"]);
    expect(judge(rules[0] as BoundRule, { no2: [0, 0, 0, 350] })).toBe(150);
  });

  it("tells of imports that cannot be read or go in circles", () => {
    const codes = (text: string, options: Parameters<typeof parseSpec>[1]): string[] =>
      parseSpec(text, options).problems.map((problem) => problem.message);
    files["city/main.stl"] = 'import "loop.stl";';
    expect(codes('import "loop.stl";', { source: "city/main.stl", read })).toEqual([
      "city/main.stl imports itself",
    ]);
    expect(codes('import "gone.stl";', { source: "city/main.stl", read })).toEqual([
      "cannot read city/gone.stl: no such file",
    ]);
    expect(codes('import "a.stl";', {})).toEqual(["a.stl cannot be read here"]);
  });

  it("reads header, sampling and comments", () => {
    const { spec, problems } = parseSpec(`
      spec air "Air of the city" { version = 2; author = "x"; sampling 5min tolerance 10%; }
      // a line # and
      # another /* not a comment
      /* a block /* within */ a block */
      signal 'odd name', pm25 : real in ug/m3; `);
    expect(problems).toEqual([]);
    expect(spec).toMatchObject({
      name: "air",
      title: "Air of the city",
      meta: { version: "2", author: "x" },
      sampling: { kind: "regular", tolerancePercent: 10 },
      signals: [{ name: "odd name" }, { name: "pm25" }],
    });
  });

  it("goes on after a faulty item and tells every fault", () => {
    const { spec, problems } = parseSpec(
      [
        "signal x : real in km/h range [5, 1];",
        "require a: always x > ;",
        "let p(s = 3;",
        "param q : real = 3",
        "requir b: x > 3;",
        "signal x : real; group g = ;",
        "require ok: x > 3; require ok: x < 3; signal y : real in flurb;",
        'require text (because="not closed): x > 3;',
      ].join("\n"),
    );
    expect(problems.map(({ line, code }) => [line, code])).toEqual([
      [1, "empty-range"],
      [2, "syntax"],
      [3, "syntax"],
      [4, "syntax"],
      [5, "syntax"],
      [6, "duplicate"],
      [6, "syntax"],
      [7, "duplicate"],
      [7, "unknown-unit"],
      [8, "unclosed-quote"],
      [8, "syntax"],
    ]);
    expect(problems[4]?.remedy).toBe("Did you mean require?");
    expect(spec.rules.map((rule) => rule.name)).toEqual(["ok", "ok"]);
  });
});

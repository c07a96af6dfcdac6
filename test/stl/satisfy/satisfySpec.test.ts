import * as fc from "fast-check";
import { readdirSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { bindSpec } from "../../../src/stl/compile/bindSpec.ts";
import type { BoundRule } from "../../../src/stl/compile/BoundRule.ts";
import type { Site } from "../../../src/stl/compile/Site.ts";
import { panelRobustness } from "../../../src/stl/evaluate/panelRobustness.ts";
import { parseSpec } from "../../../src/stl/language/parseSpec.ts";
import { satisfySpec, type SatisfyOptions } from "../../../src/stl/satisfy/satisfySpec.ts";

const siteOf = (sensors: readonly string[], channels: readonly string[], stepMs = 3_600_000): Site => ({
  sensors,
  channels: channels.map((name) => ({ name, unit: "1" })),
  stepMs,
  zone: "UTC",
});
const oneSignal = siteOf(["a"], ["x"]);

const rulesOf = (text: string, site: Site): readonly BoundRule[] => {
  const { spec, problems } = parseSpec(text);
  const bound = bindSpec(spec, site);
  const errors = [...problems, ...bound.problems].filter((problem) => problem.severity === "error");
  if (errors.length > 0) throw new Error(JSON.stringify(errors));
  return bound.rules;
};

const judged = (text: string, site = oneSignal, options: SatisfyOptions = {}) =>
  satisfySpec(rulesOf(text, site), site, options);

const conflictOf = (text: string, site = oneSignal): readonly string[] => {
  const outcome = judged(text, site);
  if (outcome.verdict !== "unsatisfiable") throw new Error(JSON.stringify(outcome));
  return outcome.conflict;
};

describe("rules that cannot hold together", () => {
  it.each([
    {
      what: "a limit against an excursion",
      text: "require high: always[0, 3h] x > 5; require low: eventually[1h, 2h] x < 4;",
    },
    {
      what: "a ramp against a jump",
      text: "require ramp: always[1h, 2h] abs(delta(x)) <= 1; require jump: always[2h, 2h] delta(x) over 2h > 2;",
    },
    {
      what: "a recovery against a hold",
      text: "require recovery: always[0, 2h] (x > 5 implies eventually[0, 3h] x <= 5); require hold: always[0, 5h] x > 6;",
    },
    { what: "strict comparisons that meet", text: "require over: x > 3; require under: x < 3;" },
    {
      what: "a strict and a weak comparison that meet",
      text: "require over: x >= 3; require under: x < 3;",
    },
  ])("are named: $what", ({ text }) => {
    const names = Array.from(text.matchAll(/require (\w+)/g), ([, name]) => name);
    expect(conflictOf(text)).toEqual(names);
  });

  it("leave out what has no part in it, and are as few as can be", () => {
    const text = `
      require a: x <= y; require b: y <= z; require c: z < x; require d: x >= 5; require e: x <= 4; require f: z > 0;
    `;
    expect(conflictOf(text, siteOf(["s"], ["x", "y", "z"]))).toEqual(["d", "e"]);
    expect(conflictOf(text.replace("require e: x <= 4;", ""), siteOf(["s"], ["x", "y", "z"]))).toEqual([
      "a",
      "b",
      "c",
    ]);
  });

  it("may be a single rule", () => {
    expect(
      conflictOf("require fine: x > 0; require never: x - y > 1 and y - x > -1;", siteOf(["s"], ["x", "y"])),
    ).toEqual(["never"]);
  });

  it("are found for any of many sensors and through their mean", () => {
    const sensors = Array.from({ length: 30 }, (_, s) => `s${s}`);
    const text = `
      require each: forall s in sensors: always[1h, 6h] x[s] <= 50;
      require city: eventually[2h, 4h] mean(s in sensors: x[s]) > 50;
      require quorum: atleast 20 s in sensors: x[s] >= 10;
    `;
    expect(conflictOf(text, siteOf(sensors, ["x"]))).toEqual(["each", "city"]);
  });

  it("count the declared ranges", () => {
    const text = "signal x: real range [0, 4]; require wide: always[1h, 2h] delta(x) >= 2.5;";
    expect(conflictOf(text)).toEqual(["wide"]);
    expect(judged(text.replace("2.5", "2")).verdict).toBe("satisfiable");
  });
});

describe("rules by the clock", () => {
  const text = `
    require night: hour() >= 22 implies next x <= 10;
    require weekend: weekday() >= 6 implies next x >= 20;
  `;

  it("conflict where both speak", () => {
    expect(judged(text)).toEqual({
      verdict: "unsatisfiable",
      conflict: ["night", "weekend"],
      clockNote: "Saturday 22:00",
    });
  });

  it("go together where they never meet", () => {
    expect(judged(text.replace("weekday() >= 6", "weekday() >= 6 and hour() < 22")).verdict).toBe(
      "satisfiable",
    );
  });

  it("are read in the zone of the site", () => {
    const zoned = { ...oneSignal, zone: "Asia/Kolkata" };
    const half =
      "require half: minute_of_day() == 1350 implies x > 1; require other: minute_of_day() >= 1345 implies x < 1;";
    expect(judged(half, zoned)).toMatchObject({ verdict: "unsatisfiable", clockNote: "Monday 22:30" });
    expect(judged(half).verdict).toBe("satisfiable");
  });

  it("are not decided beyond the limit on patterns", () => {
    expect(judged("require night: hour() >= 22 implies x > 1;", oneSignal, { patternLimit: 1 })).toEqual({
      verdict: "unknown",
      reason: "the clock tests have 2 patterns in a week; in the first 1 of them the rules can hold together",
    });
  });
});

describe("what is not decided", () => {
  it("is a file with a rule that is not affine, unless the others conflict", () => {
    const product = "require product: x * x > 1;";
    expect(judged(product)).toMatchObject({
      verdict: "unknown",
      reason: expect.stringContaining("not affine"),
    });
    expect(conflictOf(`${product} require over: x > 3; require under: x < 3;`)).toEqual(["over", "under"]);
  });

  it("is what the work does not suffice for", () => {
    const text = "require a: x + y >= 7 or x - y >= 9; require b: 2 * x + y <= -9 or y >= 5 + x;";
    const outcome = judged(text, siteOf(["s"], ["x", "y"]), { workLimit: 1 });
    expect(outcome).toMatchObject({ verdict: "unknown", reason: expect.stringContaining("work limit 1") });
  });
});

it("takes weak comparisons that meet", () => {
  const outcome = judged("require over: x >= 3; require under: x <= 3;");
  expect(outcome).toMatchObject({ verdict: "satisfiable", origin: 0 });
  expect(outcome.verdict === "satisfiable" && outcome.witness.values[0]).toBe(3);
});

it.each(["patternLimit", "workLimit"])("refuses a %s of nothing", (name) => {
  expect(() => judged("require a: x > 1;", oneSignal, { [name]: 0 })).toThrow(`${name} is 0: give 1 or more`);
});

it("takes a file without rules", () => {
  expect(satisfySpec([], oneSignal).verdict).toBe("satisfiable");
});

/** A rule as text, and whether it holds by its definition; `at(channel, sensor, step)` reads the readings. */
interface Stated {
  readonly text: string;
  readonly holds: (at: Read, step: number) => boolean;
}
type Read = (channel: number, sensor: number, step: number) => number;

interface Shape {
  readonly sensors: readonly string[];
  readonly channels: readonly string[];
  /** Readings a series: steps 0 .. steps - 1 from the origin. */
  readonly steps: number;
}

const relations: Readonly<Record<string, (a: number, b: number) => boolean>> = {
  "<": (a, b) => a < b,
  "<=": (a, b) => a <= b,
  ">": (a, b) => a > b,
  ">=": (a, b) => a >= b,
  "==": (a, b) => a === b,
  "!=": (a, b) => a !== b,
};

/**
 * Rules of single readings and differences of two, with thresholds that are multiples of one more than there are
 * readings: a system of such constraints, strict ones among them, that real numbers keep is kept by whole ones.
 */
const statedRules = (shape: Shape): fc.Arbitrary<Stated> => {
  const { channels, sensors, steps } = shape;
  const unit = channels.length * sensors.length * steps + 1;
  const reading = fc.record({ channel: fc.nat(channels.length - 1), sensor: fc.nat(sensors.length - 1) });
  const named = ({ channel, sensor }: { channel: number; sensor: number }): string =>
    `${channels[channel]}[${sensors[sensor]}]`;
  const atom = fc
    .record({
      one: reading,
      other: fc.option(reading),
      delta: fc.boolean(),
      relation: fc.constantFrom(...Object.keys(relations)),
      threshold: fc.integer({ min: -1, max: 2 }).map((k) => k * unit),
    })
    .map(({ delta, one, other, relation, threshold }): Stated => {
      const left = other === null ? named(one) : `${named(one)} - ${named(other)}`;
      const isDelta = delta && other === null;
      const value: (at: Read, step: number) => number = (at, step) => {
        const own = at(one.channel, one.sensor, step);
        if (other !== null) return own - at(other.channel, other.sensor, step);
        return isDelta ? own - at(one.channel, one.sensor, step - 1) : own;
      };
      return {
        text: `(${isDelta ? `delta(${left})` : left} ${relation} (${threshold}))`,
        holds: (at, step) => relations[relation]!(value(at, step), threshold),
      };
    });
  const { local } = fc.letrec<{ local: Stated }>((tie) => ({
    local: fc.oneof(
      { depthSize: "small", withCrossShrink: true },
      { arbitrary: atom, weight: 3 },
      {
        arbitrary: fc
          .tuple(tie("local"), fc.constantFrom("and", "or", "implies"), tie("local"))
          .map(([p, operator, q]): Stated => ({
            text: `(${p.text} ${operator} ${q.text})`,
            holds: (at, step) => {
              if (operator === "and") return p.holds(at, step) && q.holds(at, step);
              return (operator === "or" ? p.holds(at, step) : !p.holds(at, step)) || q.holds(at, step);
            },
          })),
        weight: 2,
      },
      {
        arbitrary: tie("local").map((p): Stated => ({
          text: `(not ${p.text})`,
          holds: (at, step) => !p.holds(at, step),
        })),
        weight: 1,
      },
    ),
  }));
  // Step 0 is read by differences from step 1 alone, so that every step read is one of the trace.
  return fc
    .tuple(
      fc.constantFrom("always", "eventually"),
      fc.integer({ min: 1, max: steps - 1 }),
      fc.nat(steps - 2),
      local,
    )
    .map(([word, from, extra, p]) => {
      const to = Math.min(steps - 1, from + extra);
      const window = Array.from({ length: to - from + 1 }, (_, k) => from + k);
      return {
        text: `${word}[${from}h, ${to}h] ${p.text}`,
        holds: (at, step) =>
          word === "always"
            ? window.every((k) => p.holds(at, step + k))
            : window.some((k) => p.holds(at, step + k)),
      };
    });
};

describe.each([
  { shape: { sensors: ["a"], channels: ["x"], steps: 3 }, files: 200 },
  { shape: { sensors: ["a"], channels: ["x", "y"], steps: 2 }, files: 50 },
  { shape: { sensors: ["a", "b"], channels: ["x"], steps: 2 }, files: 50 },
])("$files files over $shape", ({ shape, files }) => {
  const { channels, sensors, steps } = shape;
  const count = channels.length * sensors.length * steps;
  const unit = count + 1;
  const greatest = 2 * unit;
  const site = siteOf(sensors, channels);
  const header = channels.map((name) => `signal ${name}: real range [0, ${greatest}];`).join("\n");
  const readIn =
    (values: ArrayLike<number>): Read =>
    (channel, sensor, step) =>
      values[(channel * sensors.length + sensor) * steps + step]!;

  /** Whether some whole readings keep all rules, by trying all. */
  const isKept = (rules: readonly Stated[]): boolean => {
    const values = new Float64Array(count);
    const read = readIn(values);
    for (;;) {
      if (rules.every((rule) => rule.holds(read, 0))) return true;
      let at = 0;
      while (at < count && values[at] === greatest) values[at++] = 0;
      if (at === count) return false;
      values[at] = values[at]! + 1;
    }
  };

  it("are satisfiable exactly where whole readings keep them, and conflicts are smallest", () => {
    let conflicts = 0;
    fc.assert(
      fc.property(fc.array(statedRules(shape), { minLength: 1, maxLength: 4 }), (stated) => {
        const text = stated.map((rule, r) => `require r${r}: ${rule.text};`).join("\n");
        const { spec } = parseSpec(`${header}\n${text}`);
        const { problems, rules } = bindSpec(spec, site);
        // A rule that is false by its range alone is told of by the binding, and left out.
        const own = rules.map((rule) => stated[Number(rule.name.slice(1))]!);
        expect(
          problems.filter(({ code, severity }) => severity === "error" && code !== "contradiction"),
        ).toEqual([]);
        const outcome = satisfySpec(rules, site);
        if (outcome.verdict === "satisfiable") {
          const { origin, witness } = outcome;
          const { values } = witness;
          expect(values.every((value) => value >= 0 && value <= greatest)).toBe(true);
          const read: Read = (channel, sensor, step) =>
            values[(channel * sensors.length + sensor) * witness.steps + origin + step]!;
          expect(own.map((rule) => rule.holds(read, 0))).toEqual(own.map(() => true));
          for (const rule of rules) {
            expect(panelRobustness(rule, witness).lower[origin]).toBeGreaterThanOrEqual(0);
          }
          return;
        }
        expect([outcome.verdict, isKept(own)]).toEqual(["unsatisfiable", false]);
        if (outcome.verdict !== "unsatisfiable") return;
        conflicts++;
        const conflict = outcome.conflict.map((name) => stated[Number(name.slice(1))]!);
        expect(isKept(conflict)).toBe(false);
        for (const left of conflict) expect(isKept(conflict.filter((rule) => rule !== left))).toBe(true);
        if (conflict.length > 1) expect(own.every((rule) => isKept([rule]))).toBe(true);
        if (conflict.length > 2) {
          for (const [k, rule] of own.entries()) {
            for (const other of own.slice(k + 1)) expect(isKept([rule, other])).toBe(true);
          }
        }
      }),
      { numRuns: files },
    );
    expect(conflicts).toBeGreaterThan(files / 20);
  });
});

describe("the shipped rule files", () => {
  const folder = resolve(import.meta.dirname, "../../../specs");
  /** Sensors on a grid of about 400 m, the channels that each file declares, an hour or five minutes a step. */
  const shapes: Readonly<Record<string, { readonly sensors: number; readonly zone: string }>> = {
    "arterial.stl": { sensors: 24, zone: "Europe/Berlin" },
    "beijing-air.stl": { sensors: 12, zone: "Asia/Shanghai" },
    "los-loop.stl": { sensors: 207, zone: "America/Los_Angeles" },
    "melbourne-pedestrians.stl": { sensors: 55, zone: "Australia/Melbourne" },
  };

  it("are all of those known here", () => {
    expect(readdirSync(folder).filter((name) => name.endsWith(".stl"))).toEqual(Object.keys(shapes));
  });

  it.each(Object.entries(shapes))("can hold together: %s", (name, { sensors, zone }) => {
    const { spec } = parseSpec(readFileSync(resolve(folder, name), "utf8"));
    const site: Site = {
      sensors: Array.from({ length: sensors }, (_, s) => `s${s}`),
      channels: spec.signals.map((signal) => ({ name: signal.name, unit: signal.unit ?? "1" })),
      stepMs: name === "arterial.stl" || name === "los-loop.stl" ? 300_000 : 3_600_000,
      zone,
      positions: Array.from({ length: sensors }, (_, s) => ({
        latitude: 0.0036 * Math.floor(s / 15),
        longitude: 0.0036 * (s % 15),
      })),
    };
    const { problems, rules } = bindSpec(spec, site);
    expect(problems).toEqual([]);
    const outcome = satisfySpec(rules, site);
    expect(outcome.verdict).toBe("satisfiable");
    if (outcome.verdict !== "satisfiable") return;
    for (const rule of rules) {
      expect(panelRobustness(rule, outcome.witness).lower[outcome.origin], rule.name).toBeGreaterThanOrEqual(
        0,
      );
    }
  });
});

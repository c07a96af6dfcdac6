import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Term } from "../../../src/stl/language/Syntax.ts";
import { createInstanceJudge } from "../../../src/stl/learn/createInstanceJudge.ts";
import type { DayCounts } from "../../../src/stl/learn/DayCounts.ts";
import { ruleInstances } from "../../../src/stl/learn/ruleInstances.ts";
import { hourlySite, hourlyTrace, soundSpec } from "./learnFixture.ts";

const site = hourlySite(["a", "b"]);
const STEPS = 30;

type Truth = boolean | undefined;
const and = (...parts: readonly Truth[]): Truth =>
  parts.includes(false) ? false : parts.includes(undefined) ? undefined : true;
const or = (...parts: readonly Truth[]): Truth =>
  parts.includes(true) ? true : parts.includes(undefined) ? undefined : false;
const not = (part: Truth): Truth => (part === undefined ? undefined : !part);
const compare = (value: number | undefined, test: (value: number) => boolean): Truth =>
  value === undefined || Number.isNaN(value) ? undefined : test(value);

/** Counts by the words of the definition: where asked for, held, broken or open. */
const countPlainly = (
  tuples: number,
  asked: (tuple: number, step: number) => Truth,
  holds: (tuple: number, step: number) => Truth,
): DayCounts => {
  const counts = { held: new Float64Array(2), broken: new Float64Array(2), unknown: 0, doubtful: 0 };
  for (let tuple = 0; tuple < tuples; tuple++) {
    for (let step = 0; step < STEPS; step++) {
      const relevant = asked(tuple, step);
      const truth = holds(tuple, step);
      const day = step < 24 ? 0 : 1;
      if (relevant === false) continue;
      if (relevant === undefined) counts.doubtful++;
      else if (truth === undefined) counts.unknown++;
      else if (truth) counts.held[day]!++;
      else counts.broken[day]!++;
    }
  }
  return counts;
};

const reading = fc.oneof(
  { weight: 6, arbitrary: fc.integer({ min: 0, max: 9 }) },
  { weight: 1, arbitrary: fc.constant(Number.NaN) },
);
const readings = fc.array(reading, { minLength: STEPS, maxLength: STEPS });
const rows = fc.array(readings, { minLength: 4, maxLength: 4 });

const judged = (
  text: string,
  rows: readonly (readonly number[])[],
  values: ReadonlyMap<string, Term> = new Map(),
  where = site,
) => {
  const spec = soundSpec(text, where);
  const instances = ruleInstances(spec, spec.rules[0]!.formula);
  return createInstanceJudge(instances, where, hourlyTrace(rows)).judge(values);
};

describe("createInstanceJudge", () => {
  it("counts a response that has gaps as the definition does", () => {
    const text = `require calms: forall s in sensors:
      always (rise(x[s] > 6 ug/m3) implies eventually[0h, 3h] y[s] <= 2 ug/m3);`;
    fc.assert(
      fc.property(rows, (readings) => {
        const over = (s: number, step: number): Truth => compare(readings[s]![step], (v) => v > 6);
        const low = (s: number, step: number): Truth => compare(readings[2 + s]![step], (v) => v <= 2);
        const expected = countPlainly(
          2,
          (s, step) => and(over(s, step), not(over(s, step - 1))),
          (s, step) => or(...[0, 1, 2, 3].map((ahead) => low(s, step + ahead))),
        );
        expect(judged(text, readings)).toEqual(expected);
      }),
      { numRuns: 100 },
    );
  });

  it("counts a condition that names no sensor once a sensor", () => {
    const text = `require afternoon: forall s in sensors: always (hour() >= 20 implies x[s] < 5 ug/m3);`;
    fc.assert(
      fc.property(rows, (readings) => {
        const expected = countPlainly(
          2,
          (_, step) => step % 24 >= 20,
          (s, step) => compare(readings[s]![step], (v) => v < 5),
        );
        expect(judged(text, readings)).toEqual(expected);
      }),
      { numRuns: 30 },
    );
  });

  it("counts pairs of sensors", () => {
    const three = hourlySite(["a", "b", "c"]);
    const text = `require near: forall s in sensors: always forall n in sensors where n != s:
      y[s] > 3 ug/m3 implies x[s] <= x[n] + 4 ug/m3;`;
    const pairs = [[0, 1], [0, 2], [1, 0], [1, 2], [2, 0], [2, 1]] as const; // prettier-ignore
    fc.assert(
      fc.property(fc.array(readings, { minLength: 6, maxLength: 6 }), (rows) => {
        const expected = countPlainly(
          pairs.length,
          (pair, step) => compare(rows[3 + pairs[pair]![0]]![step], (v) => v > 3),
          (pair, step) => {
            const [s, n] = pairs[pair]!;
            return compare(rows[s]![step]! - rows[n]![step]!, (v) => v <= 4);
          },
        );
        expect(judged(text, rows, new Map(), three)).toEqual(expected);
      }),
      { numRuns: 30 },
    );
  });

  it("takes a where that reads signals as a condition on the sensors of its quantifier", () => {
    const three = hourlySite(["a", "b", "c"]);
    const text = `require near: forall s in sensors where y[s] > 3 ug/m3:
      forall n in sensors where n != s: x[s] <= x[n] + 4 ug/m3;`;
    fc.assert(
      fc.property(fc.array(readings, { minLength: 6, maxLength: 6 }), (rows) => {
        const expected = countPlainly(
          3,
          (s, step) => compare(rows[3 + s]![step], (v) => v > 3),
          (s, step) =>
            and(...[1, 2].map((k) => compare(rows[s]![step]! - rows[(s + k) % 3]![step]!, (v) => v <= 4))),
        );
        expect(judged(text, rows, new Map(), three)).toEqual(expected);
      }),
      { numRuns: 30 },
    );
  });

  it("tells < from <= where robustness is zero", () => {
    const flat = Array.from({ length: 4 }, () => Array.from({ length: STEPS }, () => 5));
    const held = (relation: string): number[] =>
      Array.from(judged(`require r: forall s in sensors: x[s] ${relation} 5 ug/m3;`, flat)!.held);
    expect([held("<"), held("<=")]).toEqual([[0, 0], [48, 12]]); // prettier-ignore
  });

  it("is the same through a let, and puts the values given in place of those declared", () => {
    const plain =
      "param top : real = 9 learnable; require r: forall s in sensors: x[s] > 2 ug/m3 implies y[s] / 1 ug/m3 <= top;";
    const through = `param top : real = 9 learnable; let p(n) = x[n] > 2 ug/m3 implies y[n] / 1 ug/m3 <= top;
      require r: forall s in sensors: p(s);`;
    const place = { source: "", line: 1, column: 1, endLine: 1, endColumn: 1 };
    fc.assert(
      fc.property(rows, fc.integer({ min: 0, max: 9 }), (readings, top) => {
        const values = new Map([["top", { kind: "quantity", value: top, place } as const]]);
        const expected = countPlainly(
          2,
          (s, step) => compare(readings[s]![step], (v) => v > 2),
          (s, step) => compare(readings[2 + s]![step], (v) => v <= top),
        );
        expect(judged(plain, readings, values)).toEqual(expected);
        expect(judged(through, readings, values)).toEqual(expected);
      }),
      { numRuns: 30 },
    );
  });

  it("judges again what a moving condition asks for", () => {
    const spec = soundSpec(
      "param p : real in ug/m3 = 5 learnable; require r: forall s in sensors: x[s] > p implies y[s] < 4 ug/m3;",
      site,
    );
    const readings = Array.from({ length: 4 }, (_, row) =>
      Array.from({ length: STEPS }, (_, k) => (k * (row + 3)) % 10),
    );
    const judge = createInstanceJudge(
      ruleInstances(spec, spec.rules[0]!.formula),
      site,
      hourlyTrace(readings),
    );
    const place = { source: "", line: 1, column: 1, endLine: 1, endColumn: 1 };
    for (const p of [7, 2, 7]) {
      const values = new Map([["p", { kind: "quantity", value: p, unit: "ug/m3", place } as const]]);
      const expected = countPlainly(
        2,
        (s, step) => readings[s]![step]! > p,
        (s, step) => readings[2 + s]![step]! < 4,
      );
      expect(judge.judge(values)).toEqual(expected);
    }
  });

  it("gives nothing of an interval that the values make empty, and the reach of its bounded windows", () => {
    const spec = soundSpec(
      "param w : real in h = 5h learnable; require r: forall s in sensors: always (eventually[3h, w] once[0h, 2h] x[s] < 4 ug/m3 or once x[s] < 0 ug/m3);",
      site,
    );
    const trace = hourlyTrace(Array.from({ length: 4 }, () => Array.from({ length: STEPS }, () => 1)));
    const judge = createInstanceJudge(ruleInstances(spec, spec.rules[0]!.formula), site, trace);
    const hours = (number: string) => {
      const place = { source: "", line: 1, column: 1, endLine: 1, endColumn: 1 };
      return new Map([["w", { kind: "duration", parts: [{ number, unit: "h" }], place } as const]]);
    };
    expect(judge.judge(hours("2"))).toBeUndefined();
    expect(judge.judge(hours("7"))!.held.length).toBe(2);
    expect(judge.span(hours("7"))).toBe(7);
  });

  it("counts nothing of no step", () => {
    expect(judged("require r: forall s in sensors: x[s] < 4 ug/m3;", [[], [], [], []])).toEqual({
      held: new Float64Array(0),
      broken: new Float64Array(0),
      unknown: 0,
      doubtful: 0,
    });
  });
});

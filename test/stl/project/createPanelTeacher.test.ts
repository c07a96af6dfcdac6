/** The panel's teacher against the exact evaluator, the exact projection, and closed forms. */
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { panelRobustness } from "../../../src/stl/evaluate/panelRobustness.ts";
import { bindSpec, createPanelTeacher, parseSpec, projectPanel, unrollRule } from "../../../src/stl/index.ts";
import type { PanelTrace } from "../../../src/stl/compile/Site.ts";
import { bindRule, ruleTexts, traces } from "../randomRules.ts";

const site = {
  sensors: ["a"],
  channels: [
    { name: "x", unit: "1" },
    { name: "y", unit: "1" },
  ],
  stepMs: 3_600_000,
  zone: "UTC",
};
const rulesOf = (text: string, where = site) => bindSpec(parseSpec(text).spec, where).rules;
const traceOf = (...series: readonly (readonly number[])[]): PanelTrace => ({
  values: Float64Array.from(series.flat()),
  steps: series[0]!.length,
});
const taught = (text: string, trace: PanelTrace, margins: readonly number[], scale: readonly number[]) => {
  const nearest = new Float64Array(trace.values.length);
  const lesson = createPanelTeacher(rulesOf(text), { margins, scale }).teach(trace, 0, nearest);
  return { ...lesson, nearest: Array.from(nearest, (value) => Math.round(value * 1e9) / 1e9) };
};

describe("random rules over four sensors, the clock and the past", () => {
  it("teaches what the exact projection finds, kept by the margin, or leaves out what it gives up", () => {
    const [steps, origin, margin] = [14, 6, 0.5];
    let met = 0;
    let leftOut = 0;
    fc.assert(
      fc.property(ruleTexts(true), traces(steps, true), (text, trace) => {
        const rule = bindRule(text);
        const worth = 2;
        const teacher = createPanelTeacher([rule], { margins: [margin], scale: [worth, worth] });
        const nearest = new Float64Array(trace.values.length);
        const lesson = teacher.teach(trace, origin, nearest);
        const exact = projectPanel([rule], trace, origin, { margin: margin / rule.scale });
        if (lesson.leftOut.length > 0) {
          leftOut++;
          expect(exact.found && exact.optimal).toBe(false);
          return;
        }
        let distance = 0;
        nearest.forEach((value, k) => {
          if (k % steps <= origin || Number.isNaN(value)) expect(value).toBe(trace.values[k]);
          else distance += (value - trace.values[k]!) ** 2;
        });
        expect(distance / worth ** 2).toBeCloseTo(lesson.distance, 9);
        if (!exact.found || !exact.optimal) return;
        met++;
        const rho = panelRobustness(rule, { ...trace, values: nearest }).lower[origin]!;
        // What is read of the past is asked for no margin, and may leave more than one way to keep the rule.
        const readsPast = unrollRule(rule).step.some((step) => step <= 0);
        expect(rho).toBeGreaterThanOrEqual((readsPast ? 0 : margin) - 1e-9);
        if (!readsPast) expect(lesson.distance).toBeGreaterThan((exact.distance / worth) ** 2 - 1e-9);
        expect(lesson.distance).toBeLessThan((exact.distance / worth) ** 2 + 1e-9);
      }),
      { numRuns: 80 },
    );
    expect(Math.min(met, leftOut)).toBeGreaterThan(10);
  });
});

it("moves most what is worth least, as the weighted nearest point does", () => {
  // x + 3 y <= -1 from x = y = 1, in units of 1 and 2: multiplier 5 / (1 + 9 * 4), moves of 1 and 3 * 4 of it.
  const { distance, nearest } = taught(
    "require sum: next x + 3 * y <= 0;",
    traceOf([9, 1], [9, 1]),
    [1],
    [1, 2],
  );
  const multiplier = 5 / 37;
  expect(nearest[1]).toBeCloseTo(1 - multiplier, 8);
  expect(nearest[3]).toBeCloseTo(1 - 12 * multiplier, 8);
  expect(distance).toBeCloseTo(25 / 37, 8);
});

it("asks each rule for its own margin, and the past for none", () => {
  const rules = "require low: x <= 4 and next x <= 3; require high: next y >= 5;";
  expect(taught(rules, traceOf([4, 9], [0, 0]), [0.5, 2], [1, 1])).toEqual({
    distance: 6.5 ** 2 + 7 ** 2,
    leftOut: [],
    nearest: [4, 2.5, 0, 7],
  });
});

it("keeps forecasts within the declared ranges, in their own unit", () => {
  const text = "signal x : real range [0, 6]; require high: next x >= -9; require y: next y >= 1;";
  expect(taught(text, traceOf([1, 8], [1, 1]), [1, 1], [4, 1])).toMatchObject({
    distance: 0.25 + 1,
    nearest: [1, 6, 1, 2],
  });
});

it("leaves out the rules that the past has broken or that contradict each other, and teaches the others", () => {
  const text = `require past: x <= 4; require low: next x <= 3; require high: next x >= 5; require other: next y >= 5;`;
  expect(taught(text, traceOf([9, 4], [0, 0]), [1, 1, 1, 1], [1, 1])).toEqual({
    distance: 36,
    leftOut: [0, 1, 2],
    nearest: [9, 4, 0, 6],
  });
});

it("does not touch a forecast that keeps the rules, nor channels that were not forecast", () => {
  expect(taught("require low: next x <= 3;", traceOf([9, 1], [7, 7]), [1], [1])).toEqual({
    distance: 0,
    leftOut: [],
    nearest: [9, 1, 7, 7],
  });
  // The second channel cannot move: a rule of it past the origin is given up where it is broken.
  expect(taught("require y: next y <= 3;", traceOf([9, 1], [7, 7]), [1], [1])).toMatchObject({
    leftOut: [0],
  });
});

it("reads the clock at the origin's own time", () => {
  const rules = rulesOf("require late: always[1h, 2h] (hour() >= 5 implies x <= 3);");
  const teacher = createPanelTeacher(rules, { margins: [1], scale: [1] });
  const clock = {
    minuteOfDay: Int16Array.of(180, 240, 300),
    weekday: new Int8Array(3).fill(1),
    dayNumber: new Int32Array(3),
  };
  const nearest = new Float64Array(6);
  teacher.teach({ ...traceOf([9, 9, 9], [0, 0, 0]), clock }, 0, nearest);
  expect(Array.from(nearest.subarray(0, 3))).toEqual([9, 9, 2]);
});

it("tells all options at once that cannot be", () => {
  expect(() =>
    createPanelTeacher(rulesOf("require low: next x <= 3;"), { margins: [0, 1], scale: [1, -1, 1] }),
  ).toThrow(/margins has 2 numbers.*margins is 0, 1.*scale has 3 numbers.*scale is 1, -1, 1/u);
});

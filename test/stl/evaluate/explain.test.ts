import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  explain,
  explainRule,
  panelRobustness,
  parseFormula,
  robustnessInterval,
} from "../../../src/stl/index.ts";
import { plainFormulas, plainTraces } from "../randomFormulas.ts";
import { bindRule, ruleTexts, site, traces } from "../randomRules.ts";

describe("explain", () => {
  it("leads from the formula to the predicate, the step and the readings that decide", () => {
    const formula = parseFormula("always[0, 3] (x > 5 implies eventually[0, 1] y < 2)");
    const signals = { x: [1, 9, 8, 1, 1], y: [9, 5, 4, 3, 1] };
    const { verdict, lower, path, readings } = explain(formula, { signals });
    expect([verdict, lower]).toEqual(["false", -2]);
    expect(path.map(({ text, step }) => `${step}: ${text}`)).toEqual([
      "0: always[0, 3] ((x <= 5) or (eventually[0, 1] (y < 2)))",
      "1: (x <= 5) or (eventually[0, 1] (y < 2))",
      "1: eventually[0, 1] (y < 2)",
      "2: y < 2",
    ]);
    expect(readings).toEqual([{ channel: "y", sensor: "", step: 2, value: 4 }]);
  });

  it("ends at a predicate, truth or clock whose value is, up to sign, that of the formula", () => {
    fc.assert(
      fc.property(plainFormulas, plainTraces(9, "quarters"), fc.nat(8), (text, signals, step) => {
        const explanation = explain(parseFormula(text), { signals }, step);
        const last = explanation.path.at(-1);
        const value = Math.abs(explanation.verdict === "false" ? explanation.upper : explanation.lower);
        const ends = [last?.lower, last?.upper].some((bound) => Math.abs(bound as number) === value);
        expect([text, step, ends]).toEqual([text, step, true]);
        const { lower, upper } = robustnessInterval(parseFormula(text), { signals });
        expect([explanation.lower, explanation.upper]).toEqual([lower[step], upper[step]]);
      }),
      { seed: 31, numRuns: 300 },
    );
  });

  it("leads to what breaks the formula for certain, not to what is missing beside it", () => {
    const formula = parseFormula("always[0, 2] x < 5");
    const { path, verdict } = explain(formula, { signals: { x: [NaN, 9, 7] } });
    expect([verdict, path.at(-1)?.step]).toEqual(["false", 1]);
  });

  it("is unknown where the future is", () => {
    const { verdict, lower, upper } = explain(parseFormula("always[0, 3] x > 0"), { signals: { x: [1, 2] } });
    expect([verdict, lower, upper]).toEqual(["unknown", -Infinity, 1]);
    expect(() => explain(parseFormula("x > 0"), { signals: { x: [1] } }, 1)).toThrow(RangeError);
  });
});

describe("explainRule", () => {
  it("names the sensor that decides", () => {
    const rule = bindRule(
      "forall s in sensors: always[0 samples, 1 samples] mean(n in near(s, 1.2 km): x[n]) < 5",
    );
    const values = Float64Array.of(1, 1, 1, 1, 8, 1, 9, 1, ...new Float64Array(8));
    const { path, readings, verdict } = explainRule(rule, site, { values, steps: 2 }, 0);
    expect(verdict).toBe("false");
    expect(path.at(-1)?.text).toContain("< 5");
    // c and d are near each other and b: the mean of c and d alone, 8.5, is the worst.
    expect(readings.map(({ sensor, value }) => [sensor, value])).toEqual([
      ["c", 8],
      ["d", 9],
    ]);
  });

  it("has the bounds of panelRobustness on random rules", () => {
    fc.assert(
      fc.property(ruleTexts(true), traces(10, true), fc.nat(9), (text, trace, step) => {
        const rule = bindRule(text);
        const { lower, upper } = panelRobustness(rule, trace);
        const explanation = explainRule(rule, site, trace, step);
        expect([text, explanation.lower, explanation.upper]).toEqual([text, lower[step], upper[step]]);
      }),
      { seed: 33, numRuns: 100 },
    );
  });
});

import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { PlanEvaluator } from "../../../src/stl/evaluate/PlanEvaluator.ts";
import { parseSpec } from "../../../src/stl/language/parseSpec.ts";
import { parameterUses } from "../../../src/stl/learn/parameterUses.ts";
import { bindRule, ruleTexts, site, traces } from "../randomRules.ts";

const usesOf = (formula: string, declarations = "") => {
  const { problems, spec } = parseSpec(
    `param p : real = 5 range [0, 9] learnable; param q : real = 1 learnable; ${declarations} require rule: ${formula};`,
  );
  expect(problems.filter(({ severity }) => severity === "error")).toEqual([]);
  return parameterUses(spec, spec.rules[0]!.formula).map(
    ({ direction, parameter, role }) => `${parameter} ${direction} ${role}`,
  );
};

describe("parameterUses", () => {
  it.each([
    ["x <= p", ["p 1 number"]],
    ["p < x", ["p -1 number"]],
    ["x == p", ["p 0 number"]],
    ["1 < p <= x", ["p 1 number", "p -1 number"]],
    ["not x <= p", ["p -1 number"]],
    ["x > p implies y < q", ["p 1 number", "q 1 number"]],
    ["x > p iff y < 1", ["p 0 number"]],
    ["rise(x > p)", ["p 0 number"]],
    ["x <= 3 - 2 * p", ["p -1 number"]],
    ["x <= y * p", ["p 0 number"]],
    ["x <= abs(y) * p", ["p 1 number"]],
    ["x <= (abs(y) + sqrt(x)) * p", ["p 1 number"]],
    ["x <= (abs(y) - sqrt(x)) * p", ["p 0 number"]],
    ["x <= (-2 - sqrt(x)) * p", ["p -1 number"]],
    ["x <= 1 / p", ["p -1 number"]],
    ["x <= 1 / q", ["q 0 number"]],
    ["abs(x - p) <= 2", ["p 0 number"]],
    ["min(x, p) <= 2", ["p -1 number"]],
    ["x <= p or true", []],
    ["always[0, p] x < 1", ["p -1 bound"]],
    ["always[p, 20] x < 1", ["p 1 bound"]],
    ["eventually[0, p] x < 1", ["p 1 bound"]],
    ["once[p, 20] x < 1", ["p -1 bound"]],
    ["not historically[0, p] x < 1", ["p 1 bound"]],
    ["x < 1 until[0, p] y < 1", ["p 1 bound"]],
    ["x < 1 since[p, 20] y < 1", ["p -1 bound"]],
    ["x < 1 release[0, p] y < 1", ["p -1 bound"]],
    ["x < 1 unless[0, p] y < 1", ["p 0 bound"]],
    ["delta(x) over p < 1", ["p 0 bound"]],
    ["x < lag(p, 1 samples)", ["p 1 number"]],
    ["atmost 2 s in sensors: x[s] < p", ["p -1 number"]],
    ["exactly 2 s in sensors: x[s] < p", ["p 0 number"]],
    ["forall s in sensors where y[s] > p: x[s] < 1", ["p 1 number"]],
    ["exists s in sensors where y[s] > p: x[s] < 1", ["p -1 number"]],
    ["count(s in sensors: x[s] < p) >= 3", ["p 1 number"]],
    ["mean(s in sensors: x[s]) <= p", ["p 1 number"]],
    ["forall s in near(a, p): x[s] < 1", ["p 0 number"]],
  ] as const)("of %s are %j", (formula, uses) => {
    expect(usesOf(formula)).toEqual(uses);
  });

  it("are found through lets, other parameters and groups, names of a let's own left alone", () => {
    expect(usesOf("f(p)", "let f(a) = not x <= a;")).toEqual(["p -1 number"]);
    expect(usesOf("f(3)", "let f(p) = x <= p;")).toEqual([]);
    expect(usesOf("x <= twice", "param twice : real = 2 * p;")).toEqual(["p 1 number"]);
    expect(usesOf("forall s in g: x[s] < 1", "group g = near(a, p);")).toEqual(["p 0 number"]);
    // Within the let, y is whatever is passed, not the signal that is never negative.
    expect(usesOf("f(0 - 4)", "signal y : real range [0, 1]; let f(y) = x <= y * p;")).toEqual([
      "p 0 number",
    ]);
  });

  it("pull the truth of random rules the way they say", () => {
    let decided = 0;
    fc.assert(
      fc.property(ruleTexts(true), traces(9, true), fc.nat(9), (text, trace, place) => {
        // One threshold, or factor, of the rule becomes the parameter.
        const numbers = Array.from(text.matchAll(/(?<=[<>=*] )-?\d+(?=\))/g));
        fc.pre(numbers.length > 0);
        const { 0: number, index } = numbers[place % numbers.length]!;
        const formula = `${text.slice(0, index)}p${text.slice(index + number.length)}`;
        const header = (value: number): string => `
          signal x : real range [-9, 9] missing hold 2 samples; signal y : real; group odd = tag("odd");
          param p : real = ${value} learnable;`;
        const { spec } = parseSpec(`${header(0)} require rule: ${formula};`);
        const directions = new Set(parameterUses(spec, spec.rules[0]!.formula).map((use) => use.direction));
        const [direction] = directions;
        if (directions.size !== 1 || direction === 0 || direction === undefined) return;
        decided++;
        const [below, above] = [-2, 3].map((value) => {
          const { plan } = bindRule(formula, site, header(value));
          const evaluator = new PlanEvaluator({
            plan,
            sensorCount: site.sensors.length,
            steps: trace.steps,
            before: "unknown",
            after: "unknown",
            boolean: true,
          });
          const { lower, lowerOffset, upper, upperOffset } = evaluator.evaluate(
            trace.values,
            trace.clock,
            0,
            8,
          );
          return Array.from({ length: 9 }, (_, k) => [
            lower[lowerOffset + k]!,
            upper[upperOffset + k]!,
          ]).flat();
        });
        const [tight, loose] = direction === 1 ? [below!, above!] : [above!, below!];
        const wrong = tight.findIndex((value, k) => value > loose[k]!);
        if (wrong >= 0)
          expect([formula, direction, wrong, tight[wrong]]).toEqual([
            formula,
            direction,
            wrong,
            loose[wrong],
          ]);
      }),
      { seed: 5, numRuns: 400 },
    );
    expect(decided).toBeGreaterThan(120);
  });
});

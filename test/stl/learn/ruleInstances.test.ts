import { describe, expect, it } from "vitest";
import { parseSpec } from "../../../src/stl/language/parseSpec.ts";
import { printTerm } from "../../../src/stl/language/printTerm.ts";
import { ruleInstances } from "../../../src/stl/learn/ruleInstances.ts";

const declarations = "param width : real in h = 2h learnable; param top : real = 5 learnable;";
const instancesOf = (formula: string, lets = "") => {
  const { problems, spec } = parseSpec(`${declarations} ${lets} require rule: ${formula};`);
  expect(problems).toEqual([]);
  return ruleInstances(spec, spec.rules[0]!.formula);
};

describe("ruleInstances", () => {
  it.each([
    ["x < top", "x < top", 0],
    ["always x < top", "x < top", 0],
    ["forall s in sensors: always[1h, 9h] x[s] < top", "forall s in sensors: x[s] < top", 1],
    ["always forall s in sensors: forall n in sensors: x[s] < x[n] + top",
      "forall s in sensors: forall n in sensors: x[s] < x[n] + top", 2],
    ["exists s in sensors: x[s] < top", "exists s in sensors: x[s] < top", 0],
    ["always[0h, width] x < 3", "always[0h, width] x < 3", 0],
    ["eventually x < top", "eventually x < top", 0],
  ] as const)("of %s speaks everywhere", (formula, body, depth) => {
    const instances = instancesOf(formula);
    expect([printTerm(instances.body), instances.condition, instances.depth]).toEqual([body, undefined, depth]);
  }); // prettier-ignore

  it.each([
    ["always (x > 9 implies y < top)", "x > 9 and (x > 9 implies y < top or true)"],
    ["always (not x > 9 or y < top)", "x > 9 and (not x > 9 or y < top or true)"],
    ["always (y < top or not x > 9)", "x > 9 and (y < top or not x > 9 or true)"],
    ["forall s in sensors where y[s] > 1: x[s] < top",
      "exists s in sensors where y[s] > 1: true and (x[s] < top or true)"],
  ] as const)("of %s speaks where %s", (formula, condition) => {
    const instances = instancesOf(formula);
    const spaceless = (text: string): string => text.replace(/[()\s]/g, "");
    expect(spaceless(printTerm(instances.condition!))).toBe(spaceless(condition));
  }); // prettier-ignore

  it("looks into lets without mixing up their names", () => {
    const { body, condition, depth, spec } = instancesOf(
      "forall n in sensors: calms(n)",
      "let calms(s) = always (x[s] > 9 implies eventually[0h, width] x[s] < top);",
    );
    expect([printTerm(body), printTerm(condition!), depth]).toEqual([
      "forall n in sensors: 'calms body'(n)",
      "exists n in sensors: 'calms condition'(n)",
      1,
    ]);
    const added = spec.lets.slice(1).map(({ name, value }) => [name, printTerm(value).split(" and ")[0]]);
    expect(added).toEqual([
      ["calms body", "x[s] > 9 implies eventually[0h, width] x[s] < top"],
      ["calms condition", "x[s] > 9"],
    ]);
  });
});

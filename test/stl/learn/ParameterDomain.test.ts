import { describe, expect, it } from "vitest";
import { bindSpec } from "../../../src/stl/compile/bindSpec.ts";
import { parameterDomain } from "../../../src/stl/learn/ParameterDomain.ts";
import { parseSpec } from "../../../src/stl/language/parseSpec.ts";
import { rewriteText } from "../../../src/stl/learn/rewriteText.ts";
import { hourlySite, soundSpec } from "./learnFixture.ts";

const halfHourly = { ...hourlySite(["a"]), stepMs: 1_800_000 };
const limitRule = "require r: x[a] <= p;";
const windowRule = "require r: eventually[0h, p] x[a] > 1 ug/m3;";

const domainOf = (declaration: string, rule: string, role: "number" | "bound") => {
  const spec = soundSpec(`${declaration} ${rule}`, halfHourly);
  return {
    spec,
    domain: parameterDomain(spec, halfHourly, spec.parameters[0]!, { direction: 1, role, longestSteps: 99 }),
  };
};

/** The file with another value, and the threshold or the steps that its rule then has. */
const rewritten = (declaration: string, rule: string, role: "number" | "bound", value: number) => {
  const { domain, spec } = domainOf(declaration, rule, role);
  const text = rewriteText(spec.texts["rules.stl"]!, [{ place: domain.written, text: domain.text(value) }]);
  const again = parseSpec(text);
  const bound = bindSpec(again.spec, halfHourly);
  expect([...again.problems, ...bound.problems].filter(({ severity }) => severity === "error")).toEqual([]);
  const node = bound.rules[0]!.plan.nodes.find(
    ({ kind }) => kind === (role === "number" ? "constant" : "eventually"),
  )!;
  return {
    declaration: text.slice(0, text.indexOf(";") + 1),
    value: node.kind === "constant" ? node.value : node.kind === "eventually" ? node.upper : undefined,
  };
};

describe("parameterDomain", () => {
  it.each([
    ["param p : real in ug/m3 = 60 ug/m3 range [10, 500] learnable;", 78, "param p : real in ug/m3 = 78 ug/m3 range [10, 500] learnable;", 78],
    ["param p : real in ug/m3 = 60 range [10, 500] learnable;", 78.5, "param p : real in ug/m3 = 78.5 range [10, 500] learnable;", 78.5],
    ["param p : real in ug/m3 = 0.06mg/m3 learnable;", 0.078, "param p : real in ug/m3 = 0.078mg/m3 learnable;", 78],
    ["param p : real in ug/m3 = (40 + 20) learnable;", 78, "param p : real in ug/m3 = 78 ug/m3 learnable;", 78],
    ["param p : real in ug/m3 = -60 learnable;", 7, "param p : real in ug/m3 = 7 learnable;", 7],
    ["param p : real in ug/m3 = 60 learnable;", -7.25, "param p : real in ug/m3 = -7.25 learnable;", -7.25],
  ] as const)("puts into %s the quantity %f", (declaration, value, expected, limit) => {
    const after = rewritten(declaration, limitRule, "number", value);
    expect([after.declaration, Number(after.value?.toFixed(9))]).toEqual([expected, limit]);
  }); // prettier-ignore

  it.each([
    ["param p : real in h = 2h range [1h, 9h] learnable;", 7, "param p : real in h = 3h30min range [1h, 9h] learnable;"],
    ["param p : real in h = 2 h range [1h, 9h] learnable;", 8, "param p : real in h = 4 h range [1h, 9h] learnable;"],
    ["param p : real in min = 30 min learnable;", 7, "param p : real in min = 210 min learnable;"],
    ["param p : real in h = 1h30min learnable;", 7, "param p : real in h = 3h30min learnable;"],
    ["param p : real in h = 2 learnable;", 8, "param p : real in h = 4h learnable;"],
    ["param p : real = 2 learnable;", 7, "param p : real = 7 learnable;"],
  ] as const)("puts into %s so many steps: %i", (declaration, steps, expected) => {
    expect(rewritten(declaration, windowRule, "bound", steps)).toEqual({ declaration: expected, value: steps });
  }); // prettier-ignore

  it("reads ranges in the unit of the value, and in steps inwards", () => {
    const limit = domainOf(
      "param p : real in ug/m3 = 0.06 mg/m3 range [10, 0.5 mg/m3] learnable;",
      limitRule,
      "number",
    );
    expect(
      [limit.domain.lower, limit.domain.start, limit.domain.upper].map((end) => Number(end.toFixed(9))),
    ).toEqual([0.01, 0.06, 0.5]);
    const wait = domainOf("param p : real in h = 2h range [40min, 4h10min] learnable;", windowRule, "bound");
    expect([wait.domain.lower, wait.domain.start, wait.domain.upper]).toEqual([2, 4, 8]);
    const free = domainOf("param p : real in h = 2h learnable;", windowRule, "bound");
    expect([free.domain.lower, free.domain.upper]).toEqual([0, 99]);
    const open = domainOf("param p : real in ug/m3 = 2 learnable;", limitRule, "number");
    expect([open.domain.lower, open.domain.upper]).toEqual([-Infinity, Infinity]);
  });
});

import { describe, expect, it } from "vitest";
import { outcomeOf, type SpecReport } from "../../../src/cli/stl-check/CheckReport.ts";
import type { CheckedTrace } from "../../../src/jobs/check/checkTrace.ts";
import type { RuleFinding } from "../../../src/jobs/check/RulesJudge.ts";
import type { Problem } from "../../../src/stl/index.ts";

const place = { source: "a.stl", line: 1, column: 1, endLine: 1, endColumn: 2 };
const problem = (severity: Problem["severity"]): Problem => ({
  ...place,
  severity,
  code: "c",
  message: "m",
  remedy: "r",
});

const finding = (name: string, verdict: RuleFinding["verdict"], own: object = {}, judged = 5): RuleFinding =>
  ({
    verdict,
    rule: { name, severity: "major", goal: false, ...own },
    all: { held: judged, broken: 0 },
  }) as Partial<RuleFinding> as RuleFinding;

const report = (own: Partial<SpecReport>, rules: readonly RuleFinding[] = []): SpecReport => ({
  path: "a.stl",
  texts: {},
  ruleCount: 1,
  stepMs: 1000,
  problems: [],
  facts: [],
  satisfiability: undefined,
  witness: [],
  past: undefined,
  traces: rules.length === 0 ? [] : [{ rules } as Partial<CheckedTrace> as CheckedTrace],
  refused: [],
  ...own,
});

const refused = [{ path: "t.csv", message: "t.csv: no" }];

describe("outcomeOf", () => {
  it.each([
    ["nothing wrong", [report({}, [finding("r", "true")])], 0, ""],
    ["a warning", [report({ problems: [problem("warning")] })], 0, ""],
    ["an error", [report({ problems: [problem("error")] })], 1, "faulty: a.stl"],
    ["a broken rule", [report({}, [finding("r", "false"), finding("r", "false")])], 1, "broken: r"],
    ["a broken rule of severity info", [report({}, [finding("r", "false", { severity: "info" })])], 0, ""],
    ["a broken goal", [report({}, [finding("r", "false", { goal: true })])], 0, ""],
    ["an open rule", [report({}, [finding("r", "unknown")])], 0, ""],
    [
      "rules that no instant decides",
      [report({}, [finding("r", "unknown", {}, 0)])],
      2,
      "no rule could be judged at any instant of the trace",
    ],
    ["a trace that cannot be judged", [report({ refused })], 2, "t.csv: no"],
    ["such a trace for two files", [report({ refused }), report({ refused })], 2, "t.csv: no"],
    [
      "such a trace and a broken rule",
      [report({ refused }, [finding("r", "false")])],
      1,
      "t.csv: no\nbroken: r",
    ],
  ] as const)("of %s", (_name, reports, status, message) => {
    expect(outcomeOf(reports, false)).toEqual({ status, message });
  });

  it("is strict with open rules where that is asked for, save goals", () => {
    const open = [finding("r", "unknown"), finding("g", "unknown", { goal: true })];
    expect(outcomeOf([report({}, open)], true)).toEqual({
      status: 1,
      message: "left open, which --strict does not allow: r",
    });
  });
});

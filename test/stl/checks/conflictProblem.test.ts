import { describe, expect, it } from "vitest";
import { checkSpec, parseSpec } from "../../../src/stl/index.ts";
import { conflictProblem } from "../../../src/stl/checks/conflictProblem.ts";

const { spec } = parseSpec("require a : x > 1;\nrequire b : x > 2;\nrequire c : x > 3;\n", {
  source: "r.stl",
});
const { rules } = checkSpec(spec);
const problemOf = (conflict: readonly string[], clockNote?: string) =>
  conflictProblem(rules, {
    verdict: "unsatisfiable",
    conflict,
    ...(clockNote !== undefined && { clockNote }),
  });

describe("conflictProblem", () => {
  it("stands at the first rule and names the others with their lines", () => {
    expect(problemOf(["a", "c", "b"])).toMatchObject({
      code: "conflict",
      severity: "error",
      source: "r.stl",
      line: 1,
      column: 9,
      message: "no readings keep a together with b (line 2) and c (line 3)",
    });
    expect(problemOf(["c", "b"], "Monday 07:00")).toMatchObject({
      line: 2,
      message: "no readings keep b together with c (line 3) at Monday 07:00",
    });
  });

  it("says of a single rule that nothing keeps it", () => {
    expect(problemOf(["b"])).toMatchObject({
      line: 2,
      message: expect.stringMatching(/declared ranges keep b$/),
    });
  });

  it("is none where rules hold together, or it is not known", () => {
    expect(conflictProblem(rules, { verdict: "unknown", reason: "work" })).toBeUndefined();
  });
});

import { expect, it } from "vitest";
import { judgeTraces } from "../../../experiments/stlnet/judgeTraces.ts";
import { tasks } from "../../../experiments/stlnet/tasks.ts";
import { parseFormula } from "../../../src/stl/index.ts";

it("takes the root of the mean square, the share that keeps the rule, and the mean of what is missing", () => {
  const rule = "always x > 0";
  const task = { ...tasks[2]!, rule, signals: ["x"], steps: 3, given: 1 };
  const truths = Float64Array.of(1, 1, 1, 2, 2, 2, 1, 1, 1, 1, 1, 1);
  // Of the four traces one falls short by 3 and one by 1; the given samples do not count as errors.
  const forecasts = Float64Array.of(9, 1, 1, 2, -3, 2, 1, 1, -1, 1, 1, 2);
  expect(judgeTraces(task, parseFormula(rule), forecasts, truths)).toEqual({
    error: Math.sqrt((25 + 4 + 1) / 8),
    kept: 2 / 4,
    open: 0,
    violation: (3 + 1) / 4,
    margin: -3,
  });
});

it("counts no error where the truth is missing, and says what that leaves open", () => {
  const rule = "always x > 0";
  const task = { ...tasks[2]!, rule, signals: ["x"], steps: 3, given: 1 };
  const truths = Float64Array.of(1, NaN, 2, NaN, 1, 1, 1, NaN, -2);
  const forecasts = Float64Array.of(1, 5, 5, 1, 1, 5, 1, 5, -2);
  expect(judgeTraces(task, parseFormula(rule), forecasts, truths).error).toBe(Math.sqrt((9 + 16) / 4));
  const { kept, open, violation } = judgeTraces(task, parseFormula(rule), truths, truths);
  expect({ kept, open, violation }).toEqual({ kept: 0, open: 2 / 3, violation: 2 / 3 });
});

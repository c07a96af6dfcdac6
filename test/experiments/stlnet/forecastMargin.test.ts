import { expect, it } from "vitest";
import { forecastMargin } from "../../../experiments/stlnet/forecastMargin.ts";
import { parseFormula } from "../../../src/stl/index.ts";
import { unrollFormula } from "../../../src/stl/unroll/unrollFormula.ts";

it.each([
  // A given sample on the limit says nothing of the forecast.
  ["always[0, 2] x <= 1", [1, 0.5, 0.25], 1, 0.5],
  ["always[0, 2] x <= 1", [1, 0.5, 0.25], 0, 0],
  // One beyond it breaks the rule, whatever is forecast.
  ["always[0, 2] x <= 1", [1.5, 0.5, 0.25], 1, -Infinity],
  ["always[0, 2] x < 1", [1, 0.5, 0.25], 1, -Infinity],
  // What the given samples have done need not be done again.
  ["eventually[0, 2] x >= 1", [1, 0, 0.25], 1, Infinity],
  ["eventually[0, 2] x >= 1", [0.5, 0, 0.25], 1, -0.75],
  // A change from a given sample is the forecast's.
  ["always[1, 2] delta(x) over 1 samples >= -2", [9, 7.5, 7], 1, 0.5],
  ["always[1, 2] delta(x) over 1 samples >= -2", [9, 7.5, 7], 2, 1.5],
])("%s of %s, %d given: %d", (rule, trace, given, margin) => {
  expect(forecastMargin(unrollFormula(parseFormula(rule), 3), Float64Array.from(trace), given)).toBe(margin);
});

it("tells two signals apart", () => {
  const unrolled = unrollFormula(parseFormula("always[0, 1] (x < 9 and y < x)"), 2);
  expect(forecastMargin(unrolled, Float64Array.of(8, 7, 7, 3), 1)).toBe(2);
});

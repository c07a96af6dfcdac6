import { expect, it } from "vitest";
import { bindSpec, parseSpec } from "../../src/stl/index.ts";
import { teacherMargins } from "../../src/train/teacherMargins.ts";

const { rules } = bindSpec(
  parseSpec(`
    require low (scale = 10): forall s in sensors: always[1h, 2h] x[s] <= 5;
    require ramp (scale = 0.1): forall s in sensors: always[1h, 2h] abs(delta(x[s])) <= 5;
    require both (scale = 0.1): forall s in sensors: next (2 * x[s] - 3 * y[s] <= z[s]);`).spec,
  {
    sensors: ["a", "b"],
    channels: ["x", "y", "z"].map((name) => ({ name, unit: "1" })),
    stepMs: 3_600_000,
    zone: "UTC",
  },
);

it("is the margin in scales, but never within what rounding to quanta moves", () => {
  // 3 of 10; 1.5 * 2 quanta of 0.5; 1.5 * (2 * 0.5 + 3 * 2), as z is no forecast.
  expect(teacherMargins(rules, 0.3, [0.5, 2])).toEqual([3, 1.5, 10.5]);
  expect(teacherMargins(rules, 0, [0.5, 2])).toEqual([0.75, 1.5, 10.5]);
});

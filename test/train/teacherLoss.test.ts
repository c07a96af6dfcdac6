import { describe, expect, it } from "vitest";
import { random } from "../../src/series/random.ts";
import { createTraceTeacher, parseFormula } from "../../src/stl/index.ts";
import { scheduledBeta, teacherLoss } from "../../src/train/teacherLoss.ts";

const rules = [
  "always[2, 5] (x <= 0.5 and y >= x - 0.2)",
  "always[2, 5] abs(delta(x) over 1 samples) <= 0.3 and eventually[2, 5] y > 1",
];

describe.each(rules)("under %s", (rule) => {
  const teacher = createTraceTeacher(parseFormula(rule), 6, {
    margin: 0.1,
    fixedSamples: 2,
    scale: [0.5, 2],
  });
  const source = random(4);
  const truths = Float64Array.from({ length: 3 * 12 }, () => source.normal());
  const forecasts = truths.map((value, k) => (k % 6 < 2 ? value : value + source.normal()));

  it.each([0, 0.3, 1])("has the gradient that central differences give, beta %f", (beta) => {
    const { gradient, untaught } = teacherLoss(teacher, forecasts, truths, beta);
    expect(untaught).toBe(0);
    const step = 1e-4;
    const at = (k: number, by: number): number =>
      teacherLoss(teacher, forecasts.with(k, forecasts[k]! + by), truths, beta).loss;
    const moving = Array.from(forecasts.keys()).filter((k) => k % 6 >= 2);
    const largest = Math.max(...gradient.map(Math.abs));
    expect(largest).toBeGreaterThan(0.01);
    const apart = moving.map((k) => Math.abs((at(k, step) - at(k, -step)) / (2 * step) - gradient[k]!));
    expect(Math.max(...apart)).toBeLessThan(1e-4 * largest);
    expect(gradient.filter((_, k) => k % 6 < 2).every((value) => value === 0)).toBe(true);
  });

  it("is the mean squared error with beta 1, and nothing with beta 0 on what keeps the rule", () => {
    const squares = forecasts.map((value, k) => ((value - truths[k]!) / (k % 12 < 6 ? 0.5 : 2)) ** 2);
    const mean = squares.reduce((sum, value) => sum + value, 0) / 24;
    expect(teacherLoss(teacher, forecasts, truths, 1).loss).toBeCloseTo(mean, 12);
    const kept = new Float64Array(12);
    teacher.teach(forecasts.slice(0, 12), kept);
    const { gradient, loss } = teacherLoss(teacher, kept, truths.slice(0, 12), 0);
    expect(loss).toBeLessThan(1e-12);
    expect(Math.max(...gradient.map(Math.abs))).toBeLessThan(1e-6);
  });
});

it("leaves a trace that nothing can mend to the truth", () => {
  const teacher = createTraceTeacher(parseFormula("x > 0 and always[1, 1] x > 1"), 2, {
    margin: 0.1,
    fixedSamples: 1,
  });
  const { gradient, loss, untaught } = teacherLoss(
    teacher,
    Float64Array.of(-1, 0),
    Float64Array.of(-1, 2),
    0.5,
  );
  expect(untaught).toBe(1);
  expect(loss).toBe(2);
  expect([...gradient]).toEqual([0, -2]);
});

it("the schedule goes down in a line and stays", () => {
  const schedule = { from: 0.9, to: 0.1, steps: 4 };
  expect([0, 1, 2, 3, 4, 40].map((step) => Number(scheduledBeta(schedule, step).toFixed(12)))).toEqual([
    0.9, 0.7, 0.5, 0.3, 0.1, 0.1,
  ]);
});

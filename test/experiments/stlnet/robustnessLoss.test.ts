import { expect, it } from "vitest";
import { robustnessLoss } from "../../../experiments/stlnet/robustnessLoss.ts";
import { drawTraces, tasks } from "../../../experiments/stlnet/tasks.ts";
import { random } from "../../../src/series/random.ts";
import { parseFormula } from "../../../src/stl/index.ts";

it.each(tasks)("$name: the gradient is that of central differences", (task) => {
  const source = random(3);
  const truths = drawTraces(task, source, "test", 3);
  const scaleAt = (k: number): number => task.scale[Math.floor(k / task.steps) % task.signals.length]!;
  const isGiven = (k: number): boolean => k % task.steps < task.given;
  const forecasts = truths.map((value, k) => (isGiven(k) ? value : value + scaleAt(k) * source.normal()));
  const loss = robustnessLoss(task, parseFormula(task.rule), () => 0.25);
  const { gradient } = loss(forecasts, truths, 0);
  const scaled = gradient.map((slope, k) => slope * scaleAt(k));
  const largest = Math.max(...scaled.map(Math.abs));
  const at = (k: number, by: number): number => loss(forecasts.with(k, forecasts[k]! + by), truths, 0).loss;
  const apart = Array.from(forecasts.keys())
    .filter((k) => !isGiven(k) && k % 3 === 0)
    .map((k) => {
      const step = 1e-5 * scaleAt(k);
      return Math.abs((at(k, step) - at(k, -step)) / 2e-5 - scaled[k]!);
    });
  expect(Math.max(...apart)).toBeLessThan(1e-5 * largest);
  expect(gradient.some((slope, k) => isGiven(k) && slope !== 0)).toBe(false);
});

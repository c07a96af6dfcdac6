import { describe, expect, it } from "vitest";
import { judgeTraces } from "../../../experiments/stlnet/judgeTraces.ts";
import { shieldTraces } from "../../../experiments/stlnet/shieldTraces.ts";
import { drawTraces, tasks } from "../../../experiments/stlnet/tasks.ts";
import { random } from "../../../src/series/random.ts";
import { createTraceTeacher, parseFormula } from "../../../src/stl/index.ts";

describe.each(tasks)("$name", (task) => {
  const formula = parseFormula(task.rule);
  const truths = drawTraces(task, random(6), "test", 40);
  const source = random(7);
  const scaleAt = (k: number): number => task.scale[Math.floor(k / task.steps) % task.signals.length]!;
  const isGiven = (k: number): boolean => k % task.steps < task.given;
  const noisy = truths.map((value, k) => (isGiven(k) ? value : value + scaleAt(k) * source.normal()));
  const { forecasts, passed } = shieldTraces(task, formula, noisy);

  it("keeps the rule in every trace, by the exact evaluator and by a margin, where the noise broke it", () => {
    expect(judgeTraces(task, formula, noisy, truths).kept).toBeLessThan(1);
    const { kept, margin } = judgeTraces(task, formula, forecasts, truths);
    expect(kept).toBe(1);
    expect(margin).toBeGreaterThanOrEqual(task.margin * (1 - 1e-9));
    expect(margin).toBeGreaterThan(Math.max(...task.quantum.slice(-1)));
    expect(passed).toBeGreaterThan(0.9 * 40);
  });

  it("hands on the given samples, and forecasts whole quanta", () => {
    const quantumAt = (k: number): number => task.quantum[Math.floor(k / task.steps) % task.signals.length]!;
    const apart = Array.from(forecasts, (value, k) => {
      if (isGiven(k)) return Math.abs(value - truths[k]!);
      const quanta = value / quantumAt(k);
      return Math.abs(quanta - Math.round(quanta));
    });
    expect(Math.max(...apart)).toBeLessThan(1e-9);
  });

  it("goes hardly further than the nearest trace does", () => {
    const teacher = createTraceTeacher(formula, task.steps, {
      margin: task.margin,
      fixedSamples: task.given,
      scale: task.quantum,
    });
    const width = task.signals.length * task.steps;
    const nearest = new Float64Array(width);
    let least = 0;
    let gone = 0;
    for (let start = 0; start < noisy.length; start += width) {
      least += teacher.teach(noisy.subarray(start, start + width), nearest);
      for (let k = start; k < start + width; k++) {
        const quantum = task.quantum[Math.floor(k / task.steps) % task.signals.length]!;
        gone += ((forecasts[k]! - noisy[k]!) / quantum) ** 2;
      }
    }
    expect(gone).toBeGreaterThan(0.99 * least);
    expect(gone).toBeLessThan(1.5 * least);
  });
});

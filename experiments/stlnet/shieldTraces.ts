import { compileRule } from "../../src/edge/compileRule.ts";
import { createRuleSystem } from "../../src/edge/RuleSystem.ts";
import { createShield } from "../../src/edge/shield.ts";
import type { Formula } from "../../src/stl/index.ts";
import { unrollFormula } from "../../src/stl/unroll/unrollFormula.ts";
import type { TraceTask } from "./TraceTask.ts";

export interface ShieldedTraces {
  /** The given samples as they came, then forecasts on the grid of the quanta; [trace][signal][step]. */
  readonly forecasts: Float64Array;
  /** Traces in which the device's own monitor finds the rule kept. */
  readonly passed: number;
}

/** Quanta that a forecast may lie from zero. */
const farthest = 2 ** 20;

/**
 * What the device makes of forecasts: rounded to its quanta, then repaired in integers by its shield, with the margin of
 * the task. The origin is the last given sample; those before it are the past that the rule reads.
 *
 * Throws an ArtefactError where the rule cannot be put into integers.
 *
 * @param forecasts whole traces, [trace][signal][step]
 */
export const shieldTraces = (task: TraceTask, formula: Formula, forecasts: Float64Array): ShieldedTraces => {
  const { given, margin, quantum, signals, steps } = task;
  const horizonSteps = steps - given;
  const unrolled = unrollFormula(formula, steps);
  const site = {
    channels: signals,
    ruleChannels: signals.map((channel, k) => ({ channel, quantum: quantum[k]!, holdSteps: 0 })),
    targets: signals.length,
    sensors: 1,
    horizonSteps,
  };
  const rule = compileRule(
    {
      unrolled: { ...unrolled, step: unrolled.step.map((step) => step - given + 1) },
      text: task.rule,
      enforced: true,
      margin,
    },
    site,
  );
  const system = createRuleSystem([rule], site);
  const shield = createShield(
    system,
    signals.map(() => ({ minimum: -farthest, maximum: farthest })),
  );
  const { pastSteps } = system;
  const past = {
    lower: new Int32Array(signals.length * pastSteps),
    upper: new Int32Array(signals.length * pastSteps),
    known: new Uint8Array(signals.length * pastSteps).fill(1),
  };
  const raw = new Int32Array(system.variables);
  const repaired = forecasts.slice();
  let passed = 0;
  for (let start = 0; start < forecasts.length; start += signals.length * steps) {
    signals.forEach((_, signal) => {
      const first = start + signal * steps;
      for (let k = 0; k < pastSteps; k++) {
        const reading = forecasts[first + given - pastSteps + k]! / quantum[signal]!;
        past.lower[signal * pastSteps + k] = Math.floor(reading);
        past.upper[signal * pastSteps + k] = Math.ceil(reading);
      }
      for (let lead = 0; lead < horizonSteps; lead++) {
        const value = Math.round(forecasts[first + given + lead]! / quantum[signal]!);
        raw[signal * horizonSteps + lead] = Math.max(-farthest, Math.min(farthest, value));
      }
    });
    const { forecast, verdicts } = shield(raw, past, undefined);
    if (verdicts[0]!.after >= 0) passed++;
    forecast.forEach((quanta, k) => {
      const signal = Math.floor(k / horizonSteps);
      repaired[start + signal * steps + given + (k % horizonSteps)] = quanta * quantum[signal]!;
    });
  }
  return { forecasts: repaired, passed };
};

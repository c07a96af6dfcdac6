import { describe, expect, it, vi } from "vitest";
import { parameterNames } from "../../src/model/Parameters.ts";
import { runFused } from "../../src/model/runFused.ts";
import { random } from "../../src/series/random.ts";
import { baselineErrors } from "../../src/train/baselineErrors.ts";
import { ruleGradientCosines } from "../../src/train/ruleGradientCosines.ts";
import { createRuleLoss } from "../../src/train/ruleLoss.ts";
import { ruleBatchStart } from "../../src/train/trainForecaster.ts";
import { epochBatches } from "../../src/train/trainingBatches.ts";
import { trainingStep } from "../../src/train/trainingStep.ts";
import { movedParameters } from "../model/smallForecaster.ts";
import { bound, type PlainRule } from "./plainRules.ts";
import { shapeOf, smallSettings, wavyData } from "./smallData.ts";

vi.mock("../../src/stl/index.ts", () => import("./plainRules.ts"));

const data = wavyData(200, 5);
const shape = shapeOf(data);
const parameters = movedParameters(shape, 2);
const training = { from: 0, to: 140 };
const settings = { ...smallSettings, stepsPerEpoch: 1, rules: { ...smallSettings.rules, weight: 1 } };

/** The first sensor's flow lies far from a limit at its first lead: on the wrong side, whichever `sign` it has. */
const limit = (sign: 1 | -1, weight = 1): PlainRule => ({
  historySteps: 1,
  weight,
  scale: 5,
  value: () => -50,
  slope: (_, origin, gradient) => {
    gradient[origin + 1]! += sign;
  },
});
const kept: PlainRule = { ...limit(1), value: () => 1e6 };
const rules = [limit(1), limit(-1), limit(1, 0), kept].map(bound);
const cosines = ruleGradientCosines({ data, rules, run: runFused, settings, shape, training }, parameters);

/** The gradient of the rule loss as what a step has more with the rule than without. */
const cosineByDifference = (): number => {
  const source = random(settings.seed, 1);
  const [batch] = epochBatches(settings, training, data.sensors, data.plan.horizonSteps, source);
  const state = source.state.slice();
  const scale = baselineErrors(data, training.from, training.to);
  const stepWith = (ruled: Parameters<typeof trainingStep>[10]) =>
    trainingStep(runFused, parameters, shape, data, batch!, scale, settings, source, true, 0, ruled);
  const without = stepWith(undefined).gradients;
  const first = ruleBatchStart({ data, settings, training }, source);
  source.state.set(state);
  const loss = createRuleLoss(data, [bound(limit(1))]);
  const both = stepWith({ loss, first, temperature: settings.rules.temperature[1] }).gradients;
  const flat = (of: (name: (typeof parameterNames)[number], k: number) => number): number[] =>
    parameterNames.flatMap((name) => Array.from(without[name], (_, k) => of(name, k)));
  const forecast = flat((name, k) => without[name][k]!);
  const rule = flat((name, k) => both[name][k]! - without[name][k]!);
  const dot = (a: readonly number[], b: readonly number[]): number =>
    a.reduce((sum, value, k) => sum + value * b[k]!, 0);
  return dot(forecast, rule) / Math.sqrt(dot(forecast, forecast) * dot(rule, rule));
};

describe("ruleGradientCosines", () => {
  it("is the cosine between what the rule adds to a step's gradient and the gradient without it", () => {
    expect(cosines[0]).toBeCloseTo(cosineByDifference(), 4);
    expect(Math.abs(cosines[0]!)).toBeGreaterThan(0.01);
    expect(Math.abs(cosines[0]!)).toBeLessThanOrEqual(1);
  });

  it("is the opposite for the opposite rule, and the same whatever a rule weighs", () => {
    expect(cosines[1]).toBeCloseTo(-cosines[0]!, 9);
    expect(cosines[2]).toBe(cosines[0]);
  });

  it("is not a number where a rule asks for nothing", () => {
    expect(cosines[3]).toBeNaN();
  });
});

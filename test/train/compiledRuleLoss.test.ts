/** The rule loss with rules compiled from a rule file; ruleLoss.test.ts has its own part alone. */
import { describe, expect, it } from "vitest";
import { random } from "../../src/series/random.ts";
import { bindSpec, type BoundRule, parseSpec } from "../../src/stl/index.ts";
import { decodeOutput } from "../../src/train/decodeOutput.ts";
import { judgeForecasts } from "../../src/train/judgeForecasts.ts";
import { createRuleLoss } from "../../src/train/ruleLoss.ts";
import type { TrainingData } from "../../src/train/TrainingData.ts";
import { STEP_MS, wavyData } from "./smallData.ts";

const rulesOf = (data: TrainingData, text: string): readonly BoundRule[] => {
  const { problems: syntax, spec } = parseSpec(
    `spec small "Small" {}\nsampling 15min;\nsignal flow : real missing hold 30min;\nsignal temperature : real missing hold 30min;\n${text}`,
  );
  const { problems, rules } = bindSpec(spec, {
    sensors: data.plan.sensors,
    channels: ["flow", "temperature"].map((name) => ({ name, unit: "1" })),
    stepMs: STEP_MS,
    zone: data.plan.zone,
    forecastSteps: data.plan.horizonSteps,
  });
  expect([...syntax, ...problems].filter((problem) => problem.severity === "error")).toEqual([]);
  return rules;
};

const citySpec = `
require ceiling (severity = critical, scale = 4, because = "the road has no more room") :
  forall s in sensors : always[15min, 45min] flow[s] <= 45;
require ramp (severity = major, scale = 2, because = "queues take their time") :
  forall s in sensors : always[15min, 45min] abs(delta(flow[s])) <= 6;
require recovery (severity = major, scale = 3, because = "a jam dissolves") :
  always[15min, 30min] (mean(s in sensors : flow[s]) > 40 implies eventually[0min, 15min] flow[s0] <= 38);
require relation (severity = minor, scale = 1, because = "busy roads are warm") :
  atleast 2 s in sensors : always[15min, 45min] temperature[s] <= flow[s] / 4;
`;

/** Rows of [target][lead] for some origins of all sensors, at multiples of 2^-6 that are exact in float32. */
const outputsOf = (origins: number, seed: number, spread: number): Float32Array => {
  const source = random(seed);
  return Float32Array.from({ length: origins * 18 }, () => Math.round(64 * spread * source.normal()) / 64);
};

describe("the loss of compiled rules", () => {
  const data = wavyData(200, 21);
  const rules = rulesOf(data, citySpec);

  it.each([1, 5])(
    "has the gradient that central differences of the outputs give, temperature %i",
    (temperature) => {
      const loss = createRuleLoss(data, rules);
      const settings = { margin: 1, temperature };
      const outputs = outputsOf(6, 22, 0.4);
      const at = (given: Float32Array): number => loss(given, 60, 6, 2, settings).loss;
      const { gradient, loss: value } = loss(outputs, 60, 6, 2, settings);
      expect(value).toBeGreaterThan(0);
      const step = 2 ** -12;
      const largest = Math.max(...gradient.map(Math.abs));
      for (let k = 0; k < outputs.length; k++) {
        const difference =
          (at(outputs.with(k, outputs[k]! + step)) - at(outputs.with(k, outputs[k]! - step))) / (2 * step);
        // Curvature of the soft minimum: (temperature * slope * step)^2 / 6, some 1e-5 at temperature 5.
        expect(Math.abs(difference - gradient[k]!)).toBeLessThan(1e-4 * largest);
      }
    },
  );

  it("is 0 and pulls nowhere where the rules hold with room to spare", () => {
    const loose = rulesOf(
      data,
      `require wide (severity = minor, scale = 1, because = "nothing is ever so large") :
         forall s in sensors : always[15min, 45min] (flow[s] <= 1000 and temperature[s] >= -500);`,
    );
    const { gradient, loss } = createRuleLoss(data, loose)(outputsOf(6, 23, 0.1), 60, 6, 1, {
      margin: 1,
      temperature: 5,
    });
    expect(loss).toBe(0);
    expect(gradient.every((value) => value === 0)).toBe(true);
  });

  it("of 0 means that every rule holds: the smooth robustness never promises more than the exact one", () => {
    // Without a gap, so that what is held and what is observed are the same.
    const whole = wavyData(200, 24, { trainSteps: 140 });
    const filled: TrainingData = {
      ...whole,
      readings: { ...whole.readings, values: whole.readings.values.slice() },
    };
    filled.readings.values.set(filled.held);
    const width = 6;
    const loss = createRuleLoss(filled, rules);
    let kept = 0;
    for (let seed = 0; seed < 400; seed++) {
      const origin = 30 + (seed % 150);
      const outputs = outputsOf(1, seed, 0.1);
      const result = loss(outputs, origin, 1, 1, { margin: 0, temperature: 1 + (seed % 7) });
      if (result.loss > 0) continue;
      kept++;
      const values = new Float64Array(width);
      const tallies = judgeForecasts(filled, rules, Int32Array.of(origin), (_, sensor) => {
        decodeOutput(filled, outputs, sensor, sensor, origin, values);
        return values;
      });
      expect(tallies.map((tally) => tally.held)).toEqual(rules.map(() => 1));
    }
    expect(kept).toBeGreaterThan(20);
    expect(kept).toBeLessThan(380);
  });

  it("follows its own gradient down", () => {
    const loss = createRuleLoss(data, rules);
    const settings = { margin: 0.5, temperature: 3 };
    let outputs = outputsOf(2, 25, 0.8);
    const start = loss(outputs, 60, 2, 1, settings).loss;
    for (let step = 0; step < 300; step++) {
      const { gradient } = loss(outputs, 60, 2, 1, settings);
      outputs = outputs.map((value, k) => value - 0.01 * gradient[k]!);
    }
    expect(loss(outputs, 60, 2, 1, settings).loss).toBeLessThan(0.2 * start);
  });
});

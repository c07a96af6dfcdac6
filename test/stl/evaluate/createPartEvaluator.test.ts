import { describe, expect, it } from "vitest";
import { createPartEvaluator } from "../../../src/stl/evaluate/createPartEvaluator.ts";
import { bindSpec, createRuleEvaluator, parseSpec } from "../../../src/stl/index.ts";
import { random } from "../../../src/series/random.ts";

const STEPS = 16;
const AT = 3;
const SENSORS = ["a", "b", "c"];
const numbers = random(11);
const values = Float64Array.from({ length: 3 * STEPS }, () =>
  numbers.uniform() < 0.1 ? Number.NaN : 10 * numbers.uniform(),
);
const bound = (formula: string) => {
  const site = { channels: [{ name: "x" }], stepMs: 60_000, zone: "UTC", sensors: SENSORS };
  const { problems, rules } = bindSpec(
    parseSpec(`signal x : real range [0, 10]; require r: ${formula};`).spec,
    site,
  );
  expect(problems).toEqual([]);
  return rules[0]!;
};
/** By the evaluator of whole rules. */
const whole = (formula: string) => ({
  ...createRuleEvaluator(bound(formula), STEPS).at(values, undefined, AT),
});
const partsOf = (formula: string) => {
  const parts = createPartEvaluator(bound(formula), STEPS);
  return { ...parts, found: parts.at(values, undefined, AT) };
};
const entry = (
  { lower, upper }: { readonly lower: Float64Array; readonly upper: Float64Array },
  at: number,
) => ({
  lower: lower[at],
  upper: upper[at],
});

/** Rules with `T` for their window and `S` for what they say of a sensor; each alone is a rule too. */
const FORMULAS = [
  ["forall s in sensors: always[T] x[s] < 7", "always[T] x[S] < 7"],
  ["always[T] forall s in sensors: x[s] < 7", "always[T] x[S] < 7"],
  [
    "forall s in sensors: always[T] (x[s] > 8 implies eventually[0min, 3min] x[s] < 4)",
    "always[T] (x[S] > 8 implies eventually[0min, 3min] x[S] < 4)",
  ],
  [
    "forall s in sensors: forall n in sensors: always[T] x[s] - x[n] < 6",
    "forall n in sensors: always[T] x[S] - x[n] < 6",
  ],
] as const;

describe("the parts of a rule", () => {
  it.each(FORMULAS)("%s", (rule, ofSensor) => {
    const window = (text: string, from: number, to: number) => text.replace("T", `${from}min, ${to}min`);
    const { firstStep, found, sensors, windowSteps } = partsOf(window(rule, 2, 6));
    expect({ firstStep, windowSteps, sensors }).toEqual({ firstStep: 2, windowSteps: 5, sensors: [0, 1, 2] });
    expect(found.whole).toEqual(whole(window(rule, 2, 6)));
    for (let k = 0; k < 5; k++) {
      expect(entry(found.bySteps, k)).toEqual(whole(window(rule, 2 + k, 2 + k)));
    }
    SENSORS.forEach((name, sensor) => {
      expect(entry(found.bySensors, sensor)).toEqual(whole(window(ofSensor.replaceAll("S", name), 2, 6)));
    });
  });

  it("leave out what the where leaves out", () => {
    expect(partsOf("forall s in sensors where s != b: x[s] < 7")).toMatchObject({
      sensors: [0, 2],
      windowSteps: 0,
    });
  });

  it("add the windows of one always within another", () => {
    const { firstStep, found, windowSteps } = partsOf("always[1min, 2min] always[0min, 3min] x[a] < 7");
    expect({ firstStep, windowSteps }).toEqual({ firstStep: 1, windowSteps: 5 });
    for (let k = 0; k < 5; k++) {
      expect(entry(found.bySteps, k)).toEqual(whole(`always[${1 + k}min, ${1 + k}min] x[a] < 7`));
    }
  });

  it.each([
    ["atleast 2 s in sensors: always[1min, 5min] x[s] < 7"],
    ["eventually[1min, 5min] x[a] < 2"],
    ["not (forall s in sensors: x[s] < 7)"],
  ])("are none where a rule does not ask all: %s", (rule) => {
    const { found, sensors, windowSteps } = partsOf(rule);
    expect({ sensors, windowSteps }).toEqual({ sensors: [], windowSteps: 0 });
    expect(found.whole).toEqual(whole(rule));
  });

  it("are by step alone where the sensors are judged together", () => {
    expect(partsOf("always[1min, 5min] mean(s in sensors: x[s]) < 7")).toMatchObject({
      sensors: [],
      windowSteps: 5,
    });
  });
});

import { describe, expect, it } from "vitest";
import { panelRobustness } from "../../../src/stl/evaluate/panelRobustness.ts";
import { tupleRobustness } from "../../../src/stl/evaluate/tupleRobustness.ts";
import { bindSpec, parseSpec } from "../../../src/stl/index.ts";
import { random } from "../../../src/series/random.ts";

const STEPS = 30;
const numbers = random(3);
const values = Float64Array.from({ length: 3 * STEPS }, () =>
  numbers.uniform() < 0.1 ? NaN : 10 * numbers.uniform(),
);
const site = { channels: [{ name: "x" }], stepMs: 60_000, zone: "UTC" };
const bound = (formula: string, sensors: readonly string[]) => {
  const { problems, rules } = bindSpec(parseSpec(`require r: ${formula};`).spec, { ...site, sensors });
  expect(problems).toEqual([]);
  return rules[0]!;
};

describe("tupleRobustness", () => {
  it.each([
    ["x[s] < 5", "x < 5", 0],
    ["once[0min, 2min] x[s] > 8", "once[0min, 2min] x > 8", 0],
    ["eventually[1min, 3min] x[s] > 8", "eventually[1min, 3min] x > 8", 3],
  ])("of forall s: %s is that of each sensor by itself", (each, alone, ahead) => {
    const found = tupleRobustness(bound(`forall s in sensors: ${each}`, ["a", "b", "c"]), {
      values,
      steps: STEPS,
    })!;
    expect(found.sensors).toEqual([0, 1, 2]);
    expect(found.ahead).toBe(ahead);
    for (let sensor = 0; sensor < 3; sensor++) {
      const [from, to] = [sensor * STEPS, (sensor + 1) * STEPS];
      const own = panelRobustness(bound(alone, ["a"]), { values: values.slice(from, to), steps: STEPS });
      expect(found.bounds.lower.slice(from, to)).toEqual(own.lower);
      expect(found.bounds.upper.slice(from, to)).toEqual(own.upper);
    }
  });

  it("leaves out what the where leaves out, and says nothing of a rule for all together", () => {
    const trace = { values, steps: STEPS };
    const rule = bound("forall s in sensors where s != b: x[s] < 5", ["a", "b", "c"]);
    expect(tupleRobustness(rule, trace)!.sensors).toEqual([0, 2]);
    expect(tupleRobustness(bound("mean(s in sensors: x[s]) < 5", ["a", "b", "c"]), trace)).toBeUndefined();
  });
});

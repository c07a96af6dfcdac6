import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { BoundRule } from "../../../src/stl/compile/BoundRule.ts";
import type { UnrolledRule } from "../../../src/stl/unroll/UnrolledRule.ts";
import { createRuleEvaluator } from "../../../src/stl/evaluate/createRuleEvaluator.ts";
import { panelRobustness } from "../../../src/stl/evaluate/panelRobustness.ts";
import { unrolledRobustness } from "../../../src/stl/unroll/unrolledRobustness.ts";
import { NotAffineError, unrollRule } from "../../../src/stl/unroll/unrollRule.ts";
import { referenceBounds } from "../planReference.ts";
import { bindRule, ruleTexts, site, traces } from "../randomRules.ts";

const near = (actual: number, expected: number): boolean =>
  actual === expected || Math.abs(actual - expected) < 1e-9 * Math.max(1, Math.abs(expected));

/** A sum of many minima can have more parts than are unrolled. */
const unrollIfAffine = (rule: BoundRule): UnrolledRule | undefined => {
  try {
    return unrollRule(rule);
  } catch (error) {
    expect(error).toBeInstanceOf(NotAffineError);
    return undefined;
  }
};

describe("panelRobustness", () => {
  it("is the definition, on random rules with gaps, at every step", () => {
    fc.assert(
      fc.property(ruleTexts(false), traces(9, true), (text, trace) => {
        const rule = bindRule(text);
        const { lower, upper } = panelRobustness(rule, trace);
        for (let step = 0; step < trace.steps; step++) {
          const [least, greatest] = referenceBounds(rule.plan, trace, site.sensors.length, step);
          if (!near(lower[step] as number, least) || !near(upper[step] as number, greatest)) {
            expect([text, step, lower[step], upper[step]]).toEqual([text, step, least, greatest]);
          }
        }
      }),
      { seed: 7, numRuns: 200 },
    );
  });

  it("is what an evaluator gives step by step, and what the unrolled rule gives", () => {
    fc.assert(
      fc.property(ruleTexts(true), traces(24, false), (text, trace) => {
        const rule = bindRule(text);
        const { lower, upper } = panelRobustness(rule, trace);
        const evaluator = createRuleEvaluator(rule, trace.steps);
        const unrolled = unrollIfAffine(rule);
        for (const step of [0, 8, 15, 8, 23]) {
          const { lower: least, upper: greatest } = evaluator.at(trace.values, trace.clock, step);
          const agree = near(least, lower[step] as number) && near(greatest, upper[step] as number);
          if (!agree) expect([text, step, least, greatest]).toEqual([text, step, lower[step], upper[step]]);
        }
        if (unrolled === undefined) return;
        for (let step = rule.historySteps; step + rule.horizonSteps < trace.steps; step++) {
          const own = unrolledRobustness(unrolled, trace, step, site.sensors.length);
          const agree = near(own.lower, lower[step] as number) && near(own.upper, upper[step] as number);
          if (!agree) expect([text, step, own.lower]).toEqual([text, step, lower[step]]);
        }
      }),
      { seed: 11, numRuns: 200 },
    );
  });

  it("ranks many sensors, ties and gaps among them", () => {
    const many = {
      sensors: Array.from({ length: 60 }, (_, k) => `s${k}`),
      channels: [{ name: "x", unit: "1" }],
      stepMs: 60_000,
      zone: "UTC",
    };
    const reading = fc.oneof(
      { weight: 9, arbitrary: fc.integer({ min: -9, max: 9 }) },
      { weight: 1, arbitrary: fc.constant(NaN) },
    );
    fc.assert(
      fc.property(
        fc.array(reading, { minLength: 60, maxLength: 60 }),
        fc.constantFrom(1, 3, 20, 30, 45, 59, 60),
        (readings, count) => {
          const rule = bindRule(`atleast ${count} s in sensors: x[s] > 2`, many, "");
          const { lower, upper } = panelRobustness(rule, { values: Float64Array.from(readings), steps: 1 });
          const ranked = (missing: number): number =>
            readings.map((value) => (Number.isNaN(value) ? missing : value - 2)).sort((a, b) => b - a)[
              count - 1
            ] as number;
          expect([count, lower[0], upper[0]]).toEqual([count, ranked(-Infinity), ranked(Infinity)]);
        },
      ),
      { seed: 19, numRuns: 300 },
    );
  });
});

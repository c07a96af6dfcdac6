import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createSmoothEvaluator } from "../../../src/stl/smooth/createSmoothEvaluator.ts";
import { panelRobustness } from "../../../src/stl/evaluate/panelRobustness.ts";
import { type Formula, parseFormula } from "../../../src/stl/compile/parseFormula.ts";
import { robustness } from "../../../src/stl/evaluate/robustness.ts";
import type { SmoothMethod } from "../../../src/stl/smooth/SmoothPlan.ts";
import {
  smoothRobustness,
  smoothRobustnessBatch,
  type SmoothRobustnessOptions,
} from "../../../src/stl/smooth/smoothRobustness.ts";
import { TraceError } from "../../../src/stl/evaluate/Trace.ts";
import { plainFormulas, plainTraces } from "../randomFormulas.ts";
import { bindRule, ruleTexts, traces } from "../randomRules.ts";

const methods = fc.constantFrom<SmoothMethod>("exact", "logsumexp", "softmax", "sound");
const temperatures = fc.constantFrom(0.5, 2, 20);
const places = fc.constantFrom<"start" | "mean">("start", "mean");

/** Central differences of the value, by every sample of x. */
const differences = (
  formula: Formula,
  signals: Record<string, Float64Array>,
  name: string,
  options: SmoothRobustnessOptions,
): Float64Array => {
  const own = signals[name] as Float64Array;
  const valueWith = (k: number, shift: number): number => {
    const moved = own.slice();
    moved[k] = (moved[k] as number) + shift;
    return smoothRobustness(formula, { signals: { ...signals, [name]: moved } }, options).value;
  };
  const h = 1e-6;
  return own.map((_, k) => {
    const [above, below] = [valueWith(k, h), valueWith(k, -h)];
    return above === below ? 0 : (above - below) / (2 * h);
  });
};

describe("smoothRobustness", () => {
  it("has the derivative that central differences show", () => {
    fc.assert(
      fc.property(
        plainFormulas,
        plainTraces(7, "reals"),
        methods,
        temperatures,
        places,
        (text, signals, method, temperature, at) => {
          const formula = parseFormula(text);
          const options = { method, temperature, at };
          const { gradient } = smoothRobustness(formula, { signals }, options);
          for (const name of formula.signals) {
            const expected = differences(formula, signals, name, options);
            (gradient[name] as Float64Array).forEach((slope, k) => {
              const scale = Math.max(1, Math.abs(expected[k] as number));
              if (!(Math.abs(slope - (expected[k] as number)) < 2e-4 * scale)) {
                expect([text, method, at, name, k, slope]).toEqual([text, method, at, name, k, expected[k]]);
              }
            });
          }
        },
      ),
      { seed: 3, numRuns: 400 },
    );
  });

  it("with exact is the robustness, and every method comes near to it as the temperature grows", () => {
    fc.assert(
      fc.property(plainFormulas, plainTraces(9, "reals"), methods, (text, signals, method) => {
        const formula = parseFormula(text);
        const exact = robustness(formula, { signals })[0] as number;
        const { value } = smoothRobustness(formula, { signals }, { method, temperature: 5e4 });
        if (Number.isNaN(exact)) return;
        if (Number.isFinite(exact) || Number.isFinite(value)) {
          expect([text, method, Math.abs(value - exact) < 0.01]).toEqual([text, method, true]);
        } else expect([text, value]).toEqual([text, exact]);
      }),
      { seed: 5, numRuns: 300 },
    );
  });

  it("with sound is a lower bound of the robustness, one step or a mean of them", () => {
    fc.assert(
      fc.property(
        plainFormulas,
        plainTraces(12, "reals"),
        fc.constantFrom(0.1, 1, 10),
        places,
        (text, signals, temperature, at) => {
          const formula = parseFormula(text);
          const exact = robustness(formula, { signals });
          const finite = at === "mean" ? exact.filter(Number.isFinite) : exact.slice(0, 1);
          const mean = finite.reduce((sum, value) => sum + value, 0) / finite.length;
          const { value } = smoothRobustness(formula, { signals }, { method: "sound", temperature, at });
          if (Number.isFinite(mean)) expect([text, value <= mean + 1e-9]).toEqual([text, true]);
        },
      ),
      { seed: 9, numRuns: 300 },
    );
  });

  it("leaves missing samples and empty windows out", () => {
    const options = { method: "logsumexp", temperature: 1 } as const;
    const gap = smoothRobustness(parseFormula("always x > 0"), { signals: { x: [1, NaN, 3] } }, options);
    const without = smoothRobustness(parseFormula("always x > 0"), { signals: { x: [1, 3] } }, options);
    expect(gap.value).toBe(without.value);
    expect(gap.gradient["x"]?.[1]).toBe(0);
    const nothing = smoothRobustness(parseFormula("always x > 0"), { signals: { x: [NaN] } }, options);
    expect([nothing.value, nothing.gradient["x"]?.[0]]).toEqual([Infinity, 0]);
    const empty = smoothRobustness(parseFormula("always[5, 6] x > 0"), { signals: { x: [1] } }, options);
    expect([empty.value, empty.gradient["x"]?.[0]]).toEqual([Infinity, 0]);
  });

  it("refuses a temperature that is not above zero", () => {
    const options = { method: "sound", temperature: 0 } as const;
    expect(() => smoothRobustness(parseFormula("x > 0"), { signals: { x: [1] } }, options)).toThrow(
      RangeError,
    );
  });
});

describe("smoothRobustnessBatch", () => {
  it("gives for every trace what it gives alone", () => {
    const batches = fc.array(plainTraces(6, "gaps"), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(plainFormulas, batches, methods, places, (text, traces, method, at) => {
        const formula = parseFormula(text);
        const options = { method, temperature: 3, at };
        const joined = (name: "x" | "y" | "z"): number[] =>
          traces.flatMap((trace) => Array.from(trace[name]));
        const signals = { x: joined("x"), y: joined("y"), z: joined("z") };
        const { gradient, values } = smoothRobustnessBatch(
          formula,
          { count: traces.length, signals },
          options,
        );
        const alone = traces.map((trace) => smoothRobustness(formula, { signals: trace }, options));
        expect(Array.from(values)).toEqual(alone.map(({ value }) => value));
        for (const name of formula.signals) {
          const slopes = alone.flatMap((each) => Array.from(each.gradient[name] as Float64Array));
          expect(Array.from(gradient[name] as Float64Array)).toEqual(slopes);
        }
      }),
      { seed: 21, numRuns: 150 },
    );
  });

  it("refuses samples that are no whole number of traces", () => {
    const options = { method: "exact", temperature: 1 } as const;
    const batch =
      (count: number): (() => unknown) =>
      () =>
        smoothRobustnessBatch(parseFormula("x > 0"), { count, signals: { x: [1, 2, 3] } }, options);
    expect(batch(2)).toThrow("a batch of 2 traces cannot have 3 samples a signal");
    expect(batch(0)).toThrow(TraceError);
    const empty = smoothRobustnessBatch(parseFormula("x > 0"), { count: 2, signals: { x: [] } }, options);
    expect(Array.from(empty.values)).toEqual([Infinity, Infinity]);
  });
});

describe("createSmoothEvaluator", () => {
  it("with exact is the robustness of rules over sensors, where their windows are within the trace", () => {
    fc.assert(
      fc.property(ruleTexts(true), traces(24, false), (text, trace) => {
        const rule = bindRule(text);
        const { lower } = panelRobustness(rule, trace);
        const evaluator = createSmoothEvaluator(rule, trace.steps);
        for (let step = rule.historySteps; step + rule.horizonSteps < trace.steps; step += 3) {
          const value = evaluator.evaluate(trace.values, trace.clock, step, {
            method: "exact",
            temperature: 1,
          });
          const exact = lower[step] as number;
          const agree = value === exact || Math.abs(value - exact) < 1e-9;
          if (!agree) expect([text, step, value]).toEqual([text, step, exact]);
        }
      }),
      { seed: 13, numRuns: 200 },
    );
  });

  it("adds weight times the derivative, and differs from it by nothing else", () => {
    fc.assert(
      fc.property(
        ruleTexts(true),
        traces(16, false),
        fc.constantFrom<SmoothMethod>("logsumexp", "sound"),
        (text, trace, method) => {
          const rule = bindRule(text);
          const step = rule.historySteps;
          if (step + rule.horizonSteps >= trace.steps) return;
          const options = { method, temperature: 0.7 };
          const evaluator = createSmoothEvaluator(rule, trace.steps);
          // Off the ties and kinks that whole numbers lie on.
          const values = trace.values.map((value, k) => value + 0.1 * Math.sin(k * 12.9898));
          const gradient = new Float64Array(values.length).fill(5);
          evaluator.evaluate(values, trace.clock, step, options, gradient, 3);
          for (let k = 0; k < values.length; k += 5) {
            const moved = values.slice();
            moved[k] = (values[k] as number) + 1e-6;
            const above = evaluator.evaluate(moved, trace.clock, step, options);
            moved[k] = (values[k] as number) - 1e-6;
            const below = evaluator.evaluate(moved, trace.clock, step, options);
            const slope = above === below ? 0 : (above - below) / 2e-6;
            const own = ((gradient[k] as number) - 5) / 3;
            if (!(Math.abs(own - slope) < 2e-4 * Math.max(1, Math.abs(slope)))) {
              expect([text, method, k, own]).toEqual([text, method, k, slope]);
            }
          }
        },
      ),
      { seed: 17, numRuns: 200 },
    );
  });
});

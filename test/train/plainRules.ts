/** Rules given as plain functions of the trace, to stand where compiled rules do: `vi.mock` puts them in. */
import type { LocalClock } from "../../src/series/LocalClock.ts";
import type { BoundRule, RuleEvaluator, SmoothEvaluator, SmoothOptions } from "../../src/stl/index.ts";

export interface PlainRule {
  readonly historySteps: number;
  readonly weight: number;
  readonly scale: number;
  /** Robustness of a trace at its origin. */
  readonly value: (
    values: Float64Array,
    origin: number,
    clock: LocalClock,
    options?: SmoothOptions,
  ) => number;
  /** Adds the derivative of the robustness by the values. */
  readonly slope?: (values: Float64Array, origin: number, gradient: Float64Array) => void;
  /** How uncertain the robustness is: the upper bound lies this much above the value. */
  readonly width?: number;
}

export const bound = (rule: PlainRule): BoundRule =>
  ({ ...rule, plan: { nodes: [] } }) as unknown as BoundRule;

export const createSmoothEvaluator = (rule: PlainRule): SmoothEvaluator => ({
  evaluate: (values, clock, step, options, gradient, weight = 1) => {
    if (gradient !== undefined) {
      const slopes = new Float64Array(gradient.length);
      rule.slope?.(values, step, slopes);
      slopes.forEach((slope, k) => (gradient[k]! += weight * slope));
    }
    return rule.value(values, step, clock!, options);
  },
});

export const createRuleEvaluator = (rule: PlainRule): RuleEvaluator => ({
  at: (values, clock, step) => {
    const lower = rule.value(values, step, clock!);
    return { lower, upper: lower + (rule.width ?? 0) };
  },
});

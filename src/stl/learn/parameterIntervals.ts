import { blockBootstrap, type RateDeviation } from "./blockBootstrap.ts";
import { inBlocks } from "./DayCounts.ts";
import { fitParameters, type GroupFit, type RuleTarget, termsOf } from "./fitParameters.ts";
import type { ParameterDomain } from "./ParameterDomain.ts";

/** Where a fitted parameter may lie; an end is undefined where no value of the range reaches the rate of that end. */
export interface ParameterInterval {
  readonly tight: number | undefined;
  readonly loose: number | undefined;
}

export interface IntervalSettings {
  /** Numbers on [0, 1). */
  readonly uniform: () => number;
  readonly resamples: number;
  /** 0..1. */
  readonly confidence: number;
  /** How many days of a rule at given values belong together. */
  readonly blockDays: (rule: RuleTarget, spanSteps: number) => number;
}

/**
 * Confidence intervals of the parameters of a fit by the method for quantiles of clustered samples (Woodruff,
 * Journal of the American Statistical Association 47, 1952): the rate at the fitted value is resampled by blocks
 * of days, and the values that reach the wanted rate, less or more what the resamples differ by, are its ends.
 * Of several parameters each is moved alone, the others as they were fitted. A rate that would pass 1 is 1: the
 * interval reaches no farther than the recordings do.
 */
export const parameterIntervals = (
  fit: GroupFit,
  settings: IntervalSettings,
): ReadonlyMap<string, ParameterInterval> => {
  const terms = termsOf(fit.parameters, fit.values);
  const deviations = new Map(
    fit.rules.map((rule): [RuleTarget, RateDeviation] => {
      const counts = rule.judge.judge(terms);
      if (counts === undefined) return [rule, { lower: Number.NaN, upper: Number.NaN }];
      const blocks = inBlocks(counts, settings.blockDays(rule, rule.judge.span(terms)));
      return [rule, blockBootstrap(blocks, settings.uniform, settings.resamples, settings.confidence)];
    }),
  );
  const valueAt = (parameter: ParameterDomain, end: "lower" | "upper"): number | undefined => {
    const others = fit.parameters.filter((other) => other !== parameter);
    const fixed = others.map(
      (other) => [other.name, other.term(fit.values.get(other.name) as number)] as const,
    );
    const rules = fit.rules
      .filter((rule) => rule.parameters.includes(parameter.name))
      .map((rule) => ({
        ...rule,
        judge: {
          ...rule.judge,
          judge: (values: ReadonlyMap<string, ReturnType<ParameterDomain["term"]>>) =>
            rule.judge.judge(new Map([...fixed, ...values])),
        },
        rate: Math.min(1, rule.rate + (deviations.get(rule) as RateDeviation)[end]),
      }));
    return fitParameters([parameter], rules).values.get(parameter.name);
  };
  return new Map(
    fit.parameters.map((parameter) => [
      parameter.name,
      { tight: valueAt(parameter, "lower"), loose: valueAt(parameter, "upper") },
    ]),
  );
};

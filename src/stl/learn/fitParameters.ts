import { type DayCounts, judgedIn, rateOf } from "./DayCounts.ts";
import type { InstanceJudge, ParameterValues } from "./createInstanceJudge.ts";
import type { ParameterDomain } from "./ParameterDomain.ts";
import { bracket, type Span, tightestValue } from "./tightestValue.ts";

/** A rule to be fitted: its judge on the recordings, and the share of judged instants it is to hold at, 0..1. */
export interface RuleTarget {
  readonly name: string;
  readonly judge: InstanceJudge;
  readonly rate: number;
  /** Parameters that it reads. */
  readonly parameters: readonly string[];
  /** Those of them that decide at which instants it asks for something. */
  readonly moving: readonly string[];
}

/** Why a group of parameters has no fit. */
export type FitFault =
  /** The rule misses its rate where all is loosest, and reaches this one there, or NaN where it does not compile. */
  | { readonly kind: "unreached"; readonly rule: RuleTarget; readonly rate: number; readonly judged: number }
  /** No instant of the rule can be judged where all is loosest. */
  | { readonly kind: "unjudged"; readonly rule: RuleTarget; readonly open: number }
  /** Without a range, no value was found that fails, or none that holds. */
  | { readonly kind: "unbounded"; readonly parameter: ParameterDomain };

export interface GroupFit {
  readonly parameters: readonly ParameterDomain[];
  readonly rules: readonly RuleTarget[];
  /** Values by parameter name; empty where there is a fault. */
  readonly values: ReadonlyMap<string, number>;
  readonly faults: readonly FitFault[];
}

/**
 * Parameters that a rule reads together, and rules that share a parameter, are fitted together: the groups, in the
 * order of their first parameter.
 */
export const groupsOf = (
  parameters: readonly ParameterDomain[],
  rules: readonly RuleTarget[],
): { readonly parameters: ParameterDomain[]; readonly rules: RuleTarget[] }[] => {
  const left = new Set(parameters);
  return parameters.flatMap((first) => {
    if (!left.has(first)) return [];
    const names = new Set([first.name]);
    let before = 0;
    while (before < names.size) {
      before = names.size;
      for (const rule of rules) {
        if (rule.parameters.some((name) => names.has(name)))
          for (const name of rule.parameters) names.add(name);
      }
    }
    const own = parameters.filter(({ name }) => names.has(name));
    own.forEach((parameter) => left.delete(parameter));
    return [
      { parameters: own, rules: rules.filter((rule) => rule.parameters.some((name) => names.has(name))) },
    ];
  });
};

/** The terms of the values of several parameters. */
export const termsOf = (
  parameters: readonly ParameterDomain[],
  values: ReadonlyMap<string, number>,
): ParameterValues =>
  new Map(
    parameters.map((parameter) => [parameter.name, parameter.term(values.get(parameter.name) as number)]),
  );

/** A rule that asks for nothing, or is judged nowhere, has reached nothing. */
const rateReached = (counts: DayCounts | undefined, wanted: number): boolean =>
  counts !== undefined && rateOf(counts) >= wanted;

/**
 * Finds the tightest values at which every rule of a group holds at its wanted share of the judged instants.
 *
 * One parameter: the tightest value of its range. Several: they are tightened together, each by the same share
 * of its own range, as far as all rules allow, and then one after the other, in the order of their declaration,
 * as far as is left: at the end none can be tightened alone. Where a parameter decides at which instants a rule
 * asks for something, the share may rise and fall, and the tightest value is looked for from the tight end.
 */
export const fitParameters = (
  parameters: readonly ParameterDomain[],
  rules: readonly RuleTarget[],
): GroupFit => {
  const reached = (values: ReadonlyMap<string, number>): boolean => {
    const terms = termsOf(parameters, values);
    return rules.every((rule) => rateReached(rule.judge.judge(terms), rule.rate));
  };
  const faulty = (faults: readonly FitFault[]): GroupFit => ({
    parameters,
    rules,
    values: new Map(),
    faults,
  });
  const monotone = !rules.some((rule) => rule.moving.length > 0);

  const [only] = parameters;
  const open = parameters.find((parameter) => !Number.isFinite(parameter.upper - parameter.lower));
  let values: ReadonlyMap<string, number>;
  if (parameters.length === 1 && only !== undefined) {
    const reaches = (value: number): boolean => reached(new Map([[only.name, value]]));
    const span = open === undefined ? spanOf(only) : bracket(only, reaches);
    if (span === undefined) return faulty([{ kind: "unbounded", parameter: only }]);
    const value = tightestValue(only, span, reaches, monotone);
    if (value === undefined) return faulty(unreached(parameters, rules));
    values = new Map([[only.name, value]]);
  } else {
    if (open !== undefined) return faulty([{ kind: "unbounded", parameter: open }]);
    const shared = tightestValue(
      { direction: 1, whole: false },
      { tight: 0, loose: 1 },
      (looseness) => reached(valuesAt(parameters, looseness)),
      monotone,
    );
    if (shared === undefined) return faulty(unreached(parameters, rules));
    values = valuesAt(parameters, shared);
    for (const parameter of parameters) {
      const { name } = parameter;
      const span = { tight: spanOf(parameter).tight, loose: values.get(name) as number };
      const others = values;
      const value = tightestValue(
        parameter,
        span,
        (each) => reached(new Map(others).set(name, each)),
        monotone,
      );
      values = new Map(others).set(name, value ?? span.loose);
    }
  }
  return { parameters, rules, values, faults: [] };
};

/** The range of a parameter from its tight end to its loose one. */
export const spanOf = ({ direction, lower, upper }: ParameterDomain): Span =>
  direction === 1 ? { tight: lower, loose: upper } : { tight: upper, loose: lower };

/** Every parameter at one share of its range from the tight end. */
const valuesAt = (parameters: readonly ParameterDomain[], looseness: number): Map<string, number> =>
  new Map(
    parameters.map((parameter) => {
      const { loose, tight } = spanOf(parameter);
      if (looseness === 1) return [parameter.name, loose];
      const value = tight + looseness * (loose - tight);
      return [parameter.name, parameter.whole ? Math.round(value) : value];
    }),
  );

const unreached = (parameters: readonly ParameterDomain[], rules: readonly RuleTarget[]): FitFault[] => {
  const terms = termsOf(parameters, valuesAt(parameters, 1));
  return rules.flatMap((rule): FitFault[] => {
    const counts = rule.judge.judge(terms);
    if (rateReached(counts, rule.rate)) return [];
    if (counts === undefined) return [{ kind: "unreached", rule, rate: Number.NaN, judged: 0 }];
    const judged = judgedIn(counts);
    return judged === 0 && rule.moving.length === 0
      ? [{ kind: "unjudged", rule, open: counts.unknown + counts.doubtful }]
      : [{ kind: "unreached", rule, rate: rateOf(counts), judged }];
  });
};

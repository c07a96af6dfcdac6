import { bindSpec } from "../compile/bindSpec.ts";
import type { BoundRule } from "../compile/BoundRule.ts";
import type { Site } from "../compile/Site.ts";
import { siteOfSpec } from "../compile/siteOfSpec.ts";
import type { Problem } from "../language/Problem.ts";
import type { Spec } from "../language/Spec.ts";
import { onlineNeeds } from "../monitor/onlineNeeds.ts";
import { lipschitzConstant } from "../plan/lipschitzConstant.ts";
import { unusedCheck } from "./unusedCheck.ts";

/** What a rule needs and withstands, found without any recording. */
export interface RuleFacts {
  readonly rule: BoundRule;
  /** Samples after an instant until the rule is settled there; undefined where it looks ahead without end. */
  readonly delay: number | undefined;
  /** Numbers that a monitor of the rule keeps, all sensors together; undefined with `delay`. */
  readonly memory: number | undefined;
  /** How far the robustness moves at most when every reading moves by one: L of |rho(x) - rho(y)| <= L max|x - y|. */
  readonly lipschitz: number;
  /**
   * The error of every reading that a margin of one scale of the rule withstands, scale / L; a margin of m
   * withstands m / L.
   */
  readonly tolerance: number;
}

export interface CheckedSpec {
  readonly site: Site;
  /** The rules without an error. */
  readonly rules: readonly BoundRule[];
  readonly problems: readonly Problem[];
  readonly facts: readonly RuleFacts[];
}

export interface CheckSpecOptions {
  /** What the rules are about; without it, {@link siteOfSpec}. */
  readonly site?: Site;
  /** Steps that a forecast reaches past its origin, where the site does not say. */
  readonly forecastSteps?: number;
}

/** Delay, online memory and sensitivity of a bound rule. */
export const factsOf = (rule: BoundRule): RuleFacts => {
  const needs = onlineNeeds(rule.plan);
  const lipschitz = lipschitzConstant(rule.plan);
  return {
    rule,
    delay: needs?.delay,
    memory: needs?.memory,
    lipschitz,
    tolerance: rule.scale / lipschitz,
  };
};

/**
 * Binds a spec and runs every check that needs no recording; all problems in one list, in the order of the text.
 *
 * @example
 * const { spec } = parseSpec("signal x : real range [0, 9]; param p : real = 3; require r: always[0s, 2s] x < 5;");
 * checkSpec(spec).problems.map((problem) => problem.code); // => ["unused"]
 */
export const checkSpec = (spec: Spec, options: CheckSpecOptions = {}): CheckedSpec => {
  const made =
    options.site === undefined
      ? siteOfSpec(spec)
      : { site: options.site, problems: [] as readonly Problem[] };
  const { forecastSteps } = options;
  const site = forecastSteps === undefined ? made.site : { ...made.site, forecastSteps };
  const { problems, rules } = bindSpec(spec, site);
  const all = [...made.problems, ...unusedCheck(spec), ...problems];
  // The spec's own file first, then what it imports.
  const rank = ({ source }: Problem): string => (source === spec.source ? "" : source);
  all.sort((a, b) => rank(a).localeCompare(rank(b)) || a.line - b.line || a.column - b.column);
  return { site, rules, problems: all, facts: rules.map(factsOf) };
};

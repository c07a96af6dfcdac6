import type { Site } from "../compile/Site.ts";
import { type Problem, problemAt } from "../language/Problem.ts";
import type { ParameterDeclaration, Spec } from "../language/Spec.ts";
import { createInstanceJudge, type DayTrace } from "./createInstanceJudge.ts";
import type { RuleTarget } from "./fitParameters.ts";
import { parameterDomain, type ParameterDomain } from "./ParameterDomain.ts";
import { type ParameterUse, parameterUses } from "./parameterUses.ts";
import { ruleInstances } from "./ruleInstances.ts";

export interface LearnTargets {
  /** Learnable parameters that a rule reads, in the order of their declaration. */
  readonly parameters: readonly ParameterDomain[];
  /** Rules that read one. */
  readonly rules: readonly RuleTarget[];
  /** What keeps a parameter from being learned, and warnings of those that no rule reads. */
  readonly problems: readonly Problem[];
}

/**
 * Finds what is to be learned in a spec that is bound to a site without errors: the learnable parameters with
 * their ranges and the side that is tighter, and the rules that read them.
 *
 * @param rate the share of judged instants that a rule is to hold at, 0..1, by its name
 */
export const learnTargets = (
  spec: Spec,
  site: Site,
  trace: DayTrace,
  rate: (rule: string) => number,
): LearnTargets => {
  const problems: Problem[] = [];
  const uses = new Map<string, { readonly rule: string; readonly use: ParameterUse }[]>();
  const rules = spec.rules.flatMap((rule): RuleTarget[] => {
    const instances = ruleInstances(spec, rule.formula);
    const own = parameterUses(instances.spec, instances.body);
    if (own.length === 0) return [];
    for (const use of own) {
      uses.set(use.parameter, [...(uses.get(use.parameter) ?? []), { rule: rule.name, use }]);
    }
    const moving =
      instances.condition === undefined ? [] : parameterUses(instances.spec, instances.condition);
    return [
      {
        name: rule.name,
        judge: createInstanceJudge(instances, site, trace),
        rate: rate(rule.name),
        parameters: namesIn(own),
        moving: namesIn(moving),
      },
    ];
  });
  const parameters = spec.parameters
    .filter((parameter) => parameter.learnable)
    .flatMap((declaration): ParameterDomain[] => {
      const own = uses.get(declaration.name) ?? [];
      const fault = directionFault(declaration, own);
      if (fault !== undefined) {
        problems.push(fault);
        return [];
      }
      const direction = own[0]?.use.direction === 1 ? 1 : -1;
      const role = own.some(({ use }) => use.role === "bound") ? "bound" : "number";
      const longestSteps = Math.max(0, trace.steps - 1);
      return [parameterDomain(spec, site, declaration, { direction, role, longestSteps })];
    });
  return { parameters, rules, problems };
};

const namesIn = (uses: readonly ParameterUse[]): string[] =>
  Array.from(new Set(uses.map(({ parameter }) => parameter)));

/** A parameter is learned where all its uses pull one way. */
const directionFault = (
  { name, place }: ParameterDeclaration,
  uses: readonly { readonly rule: string; readonly use: ParameterUse }[],
): Problem | undefined => {
  const [first] = uses;
  if (first === undefined) {
    const message = `no rule reads the learnable parameter ${name}, which stays as it is`;
    return problemAt(place, "warning", "unused-parameter", message, "Use it in a rule, or remove it.");
  }
  const undecided = uses.find(({ use }) => use.direction === 0);
  if (undecided !== undefined) {
    const message = `neither a larger nor a smaller ${name} is tighter in ${undecided.rule}`;
    const remedy = `Learn a parameter that stands on one side of a comparison or bounds an interval; remove learnable from ${name}.`;
    return problemAt(undecided.use.place, "error", "no-direction", message, remedy);
  }
  const other = uses.find(({ use }) => use.direction !== first.use.direction);
  if (other === undefined) return undefined;
  const where =
    other.rule === first.rule ? `at two places of ${first.rule}` : `in ${first.rule} and in ${other.rule}`;
  const message = `a larger ${name} is looser at one place and tighter at another, ${where}`;
  const remedy = "Give each place a parameter of its own.";
  return problemAt(other.use.place, "error", "no-direction", message, remedy);
};

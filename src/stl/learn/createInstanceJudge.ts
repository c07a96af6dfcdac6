import { createCompilation } from "../compile/compileTerm.ts";
import type { PanelTrace, Site } from "../compile/Site.ts";
import { PlanEvaluator } from "../evaluate/PlanEvaluator.ts";
import type { Problem } from "../language/Problem.ts";
import type { Spec } from "../language/Spec.ts";
import type { Term } from "../language/Syntax.ts";
import type { Plan } from "../plan/Plan.ts";
import { reachOf } from "../plan/reachOf.ts";
import type { DayCounts } from "./DayCounts.ts";
import { parameterUses } from "./parameterUses.ts";
import type { RuleInstances } from "./ruleInstances.ts";

/** Recordings to judge, with the day of each step, 0 for the first. */
export interface DayTrace extends PanelTrace {
  readonly dayOf: Int32Array;
  readonly days: number;
}

/** What the learnable parameters of a spec are put to, by name. */
export type ParameterValues = ReadonlyMap<string, Term>;

/** Judges the instants of one rule for any values of its learnable parameters. */
export interface InstanceJudge {
  /** Undefined where the rule cannot be compiled with the values, such as an interval that would be empty. */
  judge(values: ParameterValues): DayCounts | undefined;
  /** Steps that the bounded operators of the rule reach over, past and future together. */
  span(values: ParameterValues): number;
}

/**
 * Makes a judge of the instants of a rule: pairs of a step and a tuple of its sensors. An instant counts where
 * the condition holds for certain; there the rule held, was broken, or is left open. Where the condition is left
 * open itself the instant is doubtful. Truth is that of the formula, `<` told from `<=`. Counts are kept: a
 * search comes back to values that it has seen.
 */
export const createInstanceJudge = (
  { body, condition, depth, spec }: RuleInstances,
  site: Site,
  trace: DayTrace,
): InstanceJudge => {
  const planOf = (formula: Term, values: ParameterValues): Plan | undefined => {
    const problems: Problem[] = [];
    const compilation = createCompilation(
      { spec: withValues(spec, values), site, stepMs: site.stepMs },
      problems,
    );
    const root = compilation.formula(formula, compilation.topScope);
    if (root === undefined) return undefined;
    return withoutQuantifiers(compilation.builder.plan(root.node), depth);
  };
  const evaluate = (plan: Plan, visit: TruthVisitor): void => {
    if (trace.steps > 0) visitTruth(plan, site.sensors.length, trace, visit);
  };
  const conditionMoves = condition !== undefined && parameterUses(spec, condition).length > 0;
  let asked: Int8Array | undefined;
  const askedWith = (values: ParameterValues): Int8Array | undefined => {
    if (condition === undefined) return undefined;
    if (asked !== undefined && !conditionMoves) return asked;
    const plan = planOf(condition, values);
    if (plan === undefined) return undefined;
    const truths = new Int8Array(rowsOf(plan) * trace.steps);
    evaluate(plan, (at, truth) => {
      truths[at] = truth;
    });
    asked = truths;
    return truths;
  };
  const count = (values: ParameterValues): DayCounts | undefined => {
    const plan = planOf(body, values);
    const where = askedWith(values);
    if (plan === undefined || (condition !== undefined && where === undefined)) return undefined;
    const held = new Float64Array(trace.days);
    const broken = new Float64Array(trace.days);
    let unknown = 0;
    let doubtful = 0;
    evaluate(plan, (at, truth, step) => {
      const relevant = where === undefined ? 1 : (where[at] as number);
      if (relevant < 0) return;
      if (relevant === 0) doubtful++;
      else if (truth === 0) unknown++;
      else {
        const counts = truth > 0 ? held : broken;
        const day = trace.dayOf[step] as number;
        counts[day] = (counts[day] as number) + 1;
      }
    });
    return { held, broken, unknown, doubtful };
  };
  const seen = new Map<string, DayCounts | undefined>();
  return {
    judge: (values) => {
      const key = JSON.stringify([...values]);
      if (!seen.has(key)) seen.set(key, count(values));
      return seen.get(key);
    },
    span: (values) => {
      const plan = planOf(body, values);
      if (plan === undefined) return 0;
      const reach = reachOf(plan);
      const top = plan.nodes.length - 1;
      const bounded = [-(reach.first[top] as number), reach.last[top] as number].filter(Number.isFinite);
      return bounded.reduce((sum, steps) => sum + Math.max(0, steps), 0);
    },
  };
};

const withValues = (spec: Spec, values: ParameterValues): Spec => ({
  ...spec,
  parameters: spec.parameters.map((parameter) => {
    const value = values.get(parameter.name);
    return value === undefined ? parameter : { ...parameter, value };
  }),
});

const rowsOf = (plan: Plan): number => plan.scopes[plan.nodes.at(-1)?.scope ?? 0]?.size ?? 1;

/** The plan up to what its leading quantifiers reduce: one row a tuple of sensors in place of one in all. */
const withoutQuantifiers = (plan: Plan, depth: number): Plan => {
  let root = plan.nodes.length - 1;
  for (let level = 0; level < depth; level++) {
    const node = plan.nodes[root];
    if (node?.kind === "allOver" || node?.kind === "anyOver") root = node.over.node;
  }
  return { ...plan, nodes: plan.nodes.slice(0, root + 1) };
};

/** Gets 1 true, -1 false or 0 open of every row and step; `at` counts row after row. */
type TruthVisitor = (at: number, truth: 1 | 0 | -1, step: number) => void;

const visitTruth = (plan: Plan, sensorCount: number, trace: PanelTrace, visit: TruthVisitor): void => {
  const { clock, steps, values } = trace;
  const evaluator = new PlanEvaluator({
    plan,
    sensorCount,
    steps,
    before: "unknown",
    after: "unknown",
    boolean: true,
  });
  evaluator.evaluate(values, clock, 0, steps - 1);
  const root = plan.nodes.length - 1;
  for (let row = 0; row < rowsOf(plan); row++) {
    const { lower, lowerOffset, upper, upperOffset } = evaluator.row(root, row);
    for (let step = 0; step < steps; step++) {
      const truth =
        (lower[lowerOffset + step] as number) > 0 ? 1 : (upper[upperOffset + step] as number) < 0 ? -1 : 0;
      visit(row * steps + step, truth, step);
    }
  }
};

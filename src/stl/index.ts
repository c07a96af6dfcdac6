/** The rule language: parsing, checking, judging, explaining and differentiating rules over sensor readings. */
export { type Place, type Problem } from "./Problem.ts";
export { formatProblems } from "./formatProblems.ts";
export { parseSpec, type ParseSpecOptions } from "./parseSpec.ts";
export { type RuleDeclaration, type Severity, type SignalDeclaration, type Spec } from "./Spec.ts";
export { bindSpec, type BoundSpec } from "./bindSpec.ts";
export { type BoundRule } from "./BoundRule.ts";
export { type Plan, type PlanNode, type PlanScope } from "./Plan.ts";
export { type PanelTrace, type Site } from "./Site.ts";
export { panelRobustness } from "./panelRobustness.ts";
export { type RobustnessBounds } from "./boundsOverTrace.ts";
export { createRuleEvaluator, type RuleEvaluator } from "./createRuleEvaluator.ts";
export { createSmoothEvaluator, type SmoothEvaluator } from "./createSmoothEvaluator.ts";
export { type SmoothMethod, type SmoothOptions } from "./SmoothPlan.ts";
export { smoothRobustness, type SmoothRobustnessOptions } from "./smoothRobustness.ts";
export { type Formula, parseFormula, type ParseFormulaOptions, StlSyntaxError } from "./parseFormula.ts";
export { type Trace, TraceError } from "./Trace.ts";
export { robustness, robustnessInterval, satisfaction } from "./robustness.ts";
export {
  type DenseTrace,
  robustnessDense,
  robustnessDenseInterval,
  robustnessSampled,
  type SampledTrace,
} from "./robustnessDense.ts";
export { monitor, type Monitor } from "./monitor.ts";
export { type DecidingReading, explain, type Explanation, explainRule, type Responsible } from "./explain.ts";
export { lipschitzConstant } from "./lipschitzConstant.ts";
export { printTerm } from "./printTerm.ts";
export { NodeKind, type UnrolledRule } from "./UnrolledRule.ts";
export { NotAffineError, unrollRule } from "./unrollRule.ts";
export { unrolledRobustness } from "./unrolledRobustness.ts";

/** The rule language: parsing, checking, judging, explaining and differentiating rules over sensor readings. */
export { type Place, type Problem } from "./language/Problem.ts";
export { formatProblems } from "./language/formatProblems.ts";
export { type FormattedSpec, formatSpec, type FormatSpecOptions } from "./language/formatSpec.ts";
export { type ParsedSpec, parseSpec, type ParseSpecOptions } from "./language/parseSpec.ts";
export { type RuleDeclaration, type Severity, type SignalDeclaration, type Spec } from "./language/Spec.ts";
export { bindSpec, type BoundSpec } from "./compile/bindSpec.ts";
export { siteOfSpec } from "./compile/siteOfSpec.ts";
export {
  checkSpec,
  type CheckSpecOptions,
  type CheckedSpec,
  factsOf,
  type RuleFacts,
} from "./checks/checkSpec.ts";
export { type BoundRule } from "./compile/BoundRule.ts";
export { type Plan, type PlanNode, type PlanScope } from "./plan/Plan.ts";
export { type PanelTrace, type Site } from "./compile/Site.ts";
export { panelRobustness } from "./evaluate/panelRobustness.ts";
export { type RobustnessBounds } from "./evaluate/boundsOverTrace.ts";
export { createRuleEvaluator, type RuleEvaluator } from "./evaluate/createRuleEvaluator.ts";
export { createPartEvaluator, type PartBounds, type PartEvaluator } from "./evaluate/createPartEvaluator.ts";
export { createSmoothEvaluator, type SmoothEvaluator } from "./smooth/createSmoothEvaluator.ts";
export { type SmoothMethod, type SmoothOptions } from "./smooth/SmoothPlan.ts";
export { type SmoothGap, smoothGap } from "./smooth/smoothGap.ts";
export {
  smoothRobustness,
  smoothRobustnessBatch,
  type SmoothRobustnessOptions,
  type TraceBatch,
} from "./smooth/smoothRobustness.ts";
export {
  type Formula,
  parseFormula,
  type ParseFormulaOptions,
  StlSyntaxError,
} from "./compile/parseFormula.ts";
export { type Trace, TraceError } from "./evaluate/Trace.ts";
export { robustness, robustnessInterval, satisfaction } from "./evaluate/robustness.ts";
export {
  type DenseTrace,
  robustnessDense,
  robustnessDenseInterval,
  robustnessSampled,
  type SampledTrace,
} from "./dense/robustnessDense.ts";
export { monitor, type Monitor } from "./monitor/monitor.ts";
export { monitorEach, type StreamsMonitor } from "./monitor/monitorEach.ts";
export {
  type DecidingReading,
  explain,
  type Explanation,
  explainRule,
  type Responsible,
} from "./evaluate/explain.ts";
export { lipschitzConstant } from "./plan/lipschitzConstant.ts";
export { ruleBufferBytes } from "./plan/ruleBufferBytes.ts";
export { printTerm } from "./language/printTerm.ts";
export { NodeKind, type UnrolledRule } from "./unroll/UnrolledRule.ts";
export { NotAffineError, unrollRule } from "./unroll/unrollRule.ts";
export { unrolledRobustness } from "./unroll/unrolledRobustness.ts";
export { project, type ProjectedTrace, type ProjectOptions } from "./project/project.ts";
export { projectPanel, type ProjectedPanel, type ProjectPanelOptions } from "./project/projectPanel.ts";
export {
  createTraceTeacher,
  type TraceTeacher,
  type TraceTeacherOptions,
} from "./project/createTraceTeacher.ts";
export {
  createPanelTeacher,
  type PanelLesson,
  type PanelTeacher,
  type PanelTeacherOptions,
} from "./project/createPanelTeacher.ts";
export { teacherBytes } from "./project/teacherBytes.ts";
export { type NotProjected } from "./project/NotProjected.ts";
export { type Norm } from "./project/Norm.ts";
export { type Satisfiability, satisfySpec, type SatisfyOptions } from "./satisfy/satisfySpec.ts";

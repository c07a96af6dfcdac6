import type { BoundRule } from "../compile/BoundRule.ts";
import { type Problem, problemAt } from "../language/Problem.ts";
import type { NodeRanges } from "./declaredRanges.ts";

/** A rule that the declared ranges alone settle says nothing. */
export const rangeCheck = (rule: BoundRule, ranges: NodeRanges): Problem | undefined => {
  const root = rule.plan.nodes.length - 1;
  const remedy = "Correct the thresholds or the ranges of its signals.";
  if ((ranges.lower[root] as number) > 0) {
    const message = `${rule.name} holds whatever the readings within their declared ranges`;
    return problemAt(rule.position, "warning", "tautology", message, remedy);
  }
  if ((ranges.upper[root] as number) < 0) {
    const message = `${rule.name} is broken by all readings within their declared ranges`;
    return problemAt(rule.position, "error", "contradiction", message, remedy);
  }
  return undefined;
};

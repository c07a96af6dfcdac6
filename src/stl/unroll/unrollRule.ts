import type { BoundRule } from "../compile/BoundRule.ts";
import { unrollPlan } from "./unrollPlan.ts";
import type { UnrolledRule } from "./UnrolledRule.ts";

/** A rule that cannot be unrolled to affine leaves: it can be judged and trained for, not projected onto. */
export class NotAffineError extends Error {
  readonly _tag = "NotAffineError";
  override readonly name = "NotAffineError";
  readonly rule: string;

  constructor(rule: Pick<BoundRule, "name" | "position">, fault: string, remedy: string) {
    const { source, line, column } = rule.position;
    super(`rule ${rule.name} (${source}:${line}:${column}): ${fault}. ${remedy}`);
    this.rule = rule.name;
  }
}

/**
 * Unrolls a rule over the window of one forecast, judged at the origin (step 0, the last reading).
 *
 * Equal parts at equal steps are one node. `abs`, `min`, `max`, chains and comparisons become minima and maxima
 * of affine leaves. What a gap in the readings would mean is left behind: a leaf reads the value itself.
 *
 * Throws {@link NotAffineError} where a predicate is no minimum or maximum of affine functions, or the rule
 * looks without end.
 */
export const unrollRule = (rule: BoundRule): UnrolledRule => {
  if (rule.horizonSteps === Infinity || rule.historySteps === Infinity) {
    const direction = rule.horizonSteps === Infinity ? "ahead" : "back";
    const remedy = "Give every always, eventually, once, until and since an interval.";
    throw new NotAffineError(rule, `it looks ${direction} without end`, remedy);
  }
  const refuse = (what: string): never => {
    throw new NotAffineError(rule, what, "Write it with sums, differences, multiples, abs, min and max.");
  };
  return unrollPlan(rule.plan, { name: rule.name, scale: rule.scale, refuse });
};

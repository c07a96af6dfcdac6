import type { BoundRule } from "../compile/BoundRule.ts";
import { normalForm } from "./normalForm.ts";
import { operandsOf, reductionOf } from "./operandsOf.ts";
import { isWindowed } from "./planShape.ts";

const NUMBER_BYTES = 8;
/** A buffer grows to twice what it lacks while the shorter one is still there. */
const GROWTH = 3;
/** Beside its window and what enters it, a value has itself, its slope, its origin and marks for the walk back. */
const BESIDE = 6;
/** Of a window over all steps: for a timed pair two numbers a step and its own share, rounded up. */
const OF_WINDOW = 4;

/**
 * Upper bound of the bytes that an evaluator of a rule, exact or smooth with its derivatives, holds for traces of
 * `steps` steps: as if each node were needed at every step, and each window went over all of them.
 */
export const ruleBufferBytes = (rule: Pick<BoundRule, "plan">, steps: number): number => {
  const plan = normalForm(rule.plan);
  const numbers = plan.nodes.reduce((sum, node) => {
    const values = (plan.scopes[node.scope]?.size ?? 1) * steps;
    const window = isWindowed(node) ? OF_WINDOW * steps : 0;
    const reduced = (reductionOf(node)?.rows.length ?? 0) * steps;
    return sum + values * (BESIDE + operandsOf(node).length + window) + reduced;
  }, 0);
  return GROWTH * NUMBER_BYTES * numbers;
};

import type { BoundRule } from "../compile/BoundRule.ts";
import { normalForm } from "./normalForm.ts";
import { childrenOf, operandsOf, reductionOf } from "./operandsOf.ts";
import { windowOf } from "./reachOf.ts";

const NUMBER_BYTES = 8;
/** A buffer grows to twice what it lacks while the shorter one is still there. */
const GROWTH = 3;
/** Beside its window and what enters it, a value has itself, its slope, its origin and marks for the walk back. */
const BESIDE = 6;
/** For each step of a window: for a timed pair two numbers and its own share, rounded up. */
const OF_WINDOW = 4;

/**
 * Upper bound of the bytes that an evaluator of a rule, exact or smooth with its derivatives, holds for traces of
 * `steps` steps: as if each node were needed at every step.
 */
export const ruleBufferBytes = (rule: Pick<BoundRule, "plan">, steps: number): number => {
  const plan = normalForm(rule.plan);
  const numbers = plan.nodes.reduce((sum, node) => {
    const values = (plan.scopes[node.scope]?.size ?? 1) * steps;
    const window = childrenOf(node).reduce((most, _, k) => {
      const { first, last } = windowOf(node, k);
      return Math.max(most, Math.min(steps, last - first + 1));
    }, 1);
    const reduced = (reductionOf(node)?.rows.length ?? 0) * steps;
    return sum + values * (BESIDE + operandsOf(node).length + OF_WINDOW * window) + reduced;
  }, 0);
  return GROWTH * NUMBER_BYTES * numbers;
};

import type { Formula } from "../compile/parseFormula.ts";
import { NotAffineError } from "./unrollRule.ts";
import { unrollPlan } from "./unrollPlan.ts";
import type { UnrolledRule } from "./UnrolledRule.ts";

/**
 * Unrolls a formula over plain signals, judged at the first of `samples` samples; windows are cut at the ends of the
 * trace, as `robustness` cuts them. Channels are the signals in the order of `formula.signals`, and the only sensor
 * is 0.
 *
 * Throws {@link NotAffineError} where a predicate is no minimum or maximum of affine functions.
 */
export const unrollFormula = (formula: Formula, samples: number): UnrolledRule => {
  const rule = { name: formula.text, position: formula.term.place };
  const refuse = (what: string): never => {
    throw new NotAffineError(rule, what, "Write it with sums, differences, multiples, abs, min and max.");
  };
  const ends = { first: 0, last: samples - 1 };
  return unrollPlan(formula.plan, { name: formula.text, scale: 1, refuse, ends });
};

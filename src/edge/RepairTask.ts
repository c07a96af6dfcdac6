import type { RuleSystem } from "./RuleSystem.ts";
import type { RuleComponent } from "./ruleComponents.ts";

/** One component of a forecast to repair: what the rules ask of it and how far its entries may move. */
export interface RepairTask {
  readonly component: RuleComponent;
  /** Part of each leaf that the window fixes, as assumed of missing readings; -inf or +inf where they may be anything. */
  readonly fixed: Float64Array;
  /** +inf or -inf of each clock test. */
  readonly clock: Float64Array;
  /** Robustness that the clauses of each rule must reach. */
  readonly needed: Float64Array;
  /** Bounds of the free variables, in quanta. */
  readonly minimum: Int32Array;
  readonly maximum: Int32Array;
}

/** Value of one leaf for a forecast. */
export const leafValue = (
  system: RuleSystem,
  fixed: Float64Array,
  forecast: Int32Array,
  leaf: number,
): number => {
  const { freeOffsets, freeCoefficient, freeVariable } = system;
  let sum = fixed[leaf]!;
  for (let term = freeOffsets[leaf]!; term < freeOffsets[leaf + 1]!; term++) {
    sum += freeCoefficient[term]! * forecast[freeVariable[term]!]!;
  }
  return sum;
};

import type { BoundRule } from "../compile/BoundRule.ts";

/** How a rule reads a channel where a reading is missing. */
export interface SignalPolicy {
  /** Steps that a reading is held, Infinity: without limit. */
  readonly holdSteps: number;
  /** What a reading can be. */
  readonly lower: number;
  readonly upper: number;
}

/** The policy of every channel that a rule reads, as its signals were declared. */
export const signalPolicies = (rule: BoundRule): ReadonlyMap<number, SignalPolicy> => {
  const policies = new Map<number, SignalPolicy>();
  for (const node of rule.plan.nodes) {
    if (node.kind !== "signal") continue;
    policies.set(node.channel, {
      holdSteps: node.holdSteps ?? Infinity,
      lower: node.lower ?? -Infinity,
      upper: node.upper ?? Infinity,
    });
  }
  return policies;
};

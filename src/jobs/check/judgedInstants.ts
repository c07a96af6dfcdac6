import type { RuleFinding } from "./RulesJudge.ts";

/** Judged instants of one sensor at a time where the rule is one for all of them, else of the rule as it is. */
export const judgedInstants = ({
  all,
  each,
}: Pick<RuleFinding, "all" | "each">): { readonly held: number; readonly broken: number } =>
  each.length === 0
    ? { held: all.held, broken: all.broken }
    : {
        held: each.reduce((sum, { tally }) => sum + tally.held, 0),
        broken: each.reduce((sum, { tally }) => sum + tally.broken, 0),
      };

import type { Panel } from "../../series/Panel.ts";
import type { CheckedSpec } from "../../stl/index.ts";
import { siteOfPanel } from "../siteOfPanel.ts";
import { type RuleFinding, RulesJudge } from "./RulesJudge.ts";
import type { Rulebook } from "./Rulebook.ts";

/** What the recordings of a panel say of the rules of a spec. */
export interface CheckedPanel {
  readonly checked: CheckedSpec;
  /** Empty where the spec does not fit the panel: see `checked.problems`. */
  readonly rules: readonly RuleFinding[];
}

/** Binds rules to a panel and judges them at every step. */
export const checkPanel = (book: Rulebook, panel: Panel, explain = false): CheckedPanel => {
  const site = siteOfPanel(panel);
  const checked = book.bind(site);
  if (checked.problems.some(({ severity }) => severity === "error")) return { checked, rules: [] };
  const { startMs, steps, values } = panel;
  const judge = new RulesJudge({
    declarations: book.declarations,
    bind: (rules) => book.bind(site, rules).rules,
    site,
    rules: checked.rules,
    startMs,
    steps,
    clocked: true,
    explain,
    before: book.before,
  });
  judge.judge({ values, first: 0, steps, from: 0, to: steps });
  return { checked, rules: judge.findings() };
};

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

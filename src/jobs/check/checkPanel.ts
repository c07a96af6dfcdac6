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

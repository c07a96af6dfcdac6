import type { Artefact } from "../edge/Artefact.ts";
import { failingRule, type TrialResult } from "./ProofTrial.ts";
import type { RuleProof, WindowCounts } from "./ProofReport.ts";
import { WINDOW_KINDS, type WindowKind } from "./WindowKind.ts";

/** Counts what became of windows. */
export interface ProofTally {
  readonly add: (kind: WindowKind, result: TrialResult) => void;
  /** Over all kinds. */
  readonly total: () => WindowCounts;
  readonly ofKind: (kind: WindowKind) => WindowCounts;
  readonly rules: () => RuleProof[];
}

type MutableCounts = { -readonly [Count in keyof WindowCounts]: number };

const noWindows = (): MutableCounts => ({
  runs: 0,
  judged: 0,
  unjudged: 0,
  infeasible: 0,
  failures: 0,
  disagreements: 0,
  unshieldedFailures: 0,
});

export const createProofTally = (artefact: Pick<Artefact, "rules">): ProofTally => {
  const counts: Record<WindowKind, MutableCounts> = {
    plausible: noWindows(),
    hostile: noWindows(),
    clock: noWindows(),
  };
  const rules = artefact.rules.map(({ name, enforced }) => ({
    name,
    enforced,
    kept: 0,
    broken: 0,
    unjudged: 0,
    restored: 0,
    smallestMargin: null as number | null,
  }));

  const add: ProofTally["add"] = (kind, result) => {
    const count = counts[kind];
    count.runs++;
    const { device } = result;
    const contradicted = device.rules.some(
      ({ flag, enforced }, rule) =>
        enforced &&
        (flag === "satisfied" || flag === "restored") &&
        result.shielded[rule]!.verdict === "broken",
    );
    if (contradicted) count.disagreements++;
    if (failingRule(result, "unshielded") !== undefined) count.unshieldedFailures++;
    if (device.infeasible) {
      count.infeasible++;
      return;
    }
    const failed = failingRule(result, "shielded") !== undefined;
    const undecided = result.shielded.some((each) => each.enforced && each.verdict === "unjudged");
    if (failed) count.failures++;
    if (failed || !undecided) count.judged++;
    else count.unjudged++;
    result.shielded.forEach(({ verdict, lower }, index) => {
      const rule = rules[index]!;
      rule[verdict]++;
      if (device.rules[index]!.flag === "restored") rule.restored++;
      if (verdict !== "unjudged" && Number.isFinite(lower)) {
        rule.smallestMargin = Math.min(rule.smallestMargin ?? Infinity, lower);
      }
    });
  };

  const total = (): WindowCounts => {
    const sum = noWindows();
    for (const kind of WINDOW_KINDS) {
      for (const name of Object.keys(sum) as (keyof WindowCounts)[]) sum[name] += counts[kind][name];
    }
    return sum;
  };
  return { add, total, ofKind: (kind) => counts[kind], rules: () => rules };
};

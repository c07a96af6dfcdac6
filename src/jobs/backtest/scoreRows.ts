import { DEPLOYED } from "../../report/backtest/BacktestSummary.ts";
import type { MergedSums } from "./mergeFolds.ts";
import { scoreGroups } from "./ScoreGroups.ts";
import { bandScores, errorScores, isJudged, ruleScores } from "./scoresOfSums.ts";

/** One score of a backtest. */
export interface ScoreRow {
  /** `all`, or the number of a fold from 1. */
  readonly fold: string;
  /** A channel, or the name of a rule. */
  readonly target: string;
  readonly model: string;
  /** `all`, `lead` (steps), `sensor` or `hour` (local, 0..23: of the instant forecast; for a whole rule of the origin). */
  readonly by: string;
  /** Which lead, sensor or hour; empty for `all`. */
  readonly key: string;
  readonly score: string;
  /** In the unit of the channel, or a share; null where it is not defined. */
  readonly value: number | null;
  /** Values, or origins, that it is made of. */
  readonly count: number;
}

/** All scores of a fold or of a whole backtest, one a row. */
export const scoreRows = (fold: string, sums: MergedSums): ScoreRow[] => {
  const groups = scoreGroups(sums.horizonSteps, sums.sensors);
  const rows: ScoreRow[] = [];
  const add = (
    target: string,
    model: string,
    at: { readonly by: string; readonly key: string },
    { count, score, value }: { readonly score: string; readonly value: number; readonly count: number },
  ): void => {
    const { by, key } = at;
    rows.push({ fold, target, model, by, key, score, value: Number.isFinite(value) ? value : null, count });
  };
  for (const target of sums.targets) {
    for (let group = 0; group < groups.count; group++) {
      const at = groups.describe(group);
      sums.models.forEach((model, index) => {
        for (const score of errorScores(target.errors[index]!, group)) add(target.channel, model, at, score);
      });
      for (const score of bandScores(target.band, group)) add(target.channel, DEPLOYED, at, score);
    }
  }
  for (const rule of sums.rules) {
    for (let group = 0; group < groups.count; group++) {
      const at = groups.describe(group);
      // A rule that is not told apart by lead or by sensor, or not by this one.
      if ((at.by === "lead" || at.by === "sensor") && !isJudged(rule.sums, group)) continue;
      for (const { model, ...score } of ruleScores(rule.sums, group)) add(rule.name, model, at, score);
    }
  }
  return rows;
};

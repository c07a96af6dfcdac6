/** Counts of kept and broken rules, of truth and forecasts; they add over folds. */
import { HOURS } from "./ScoreGroups.ts";

/** What a rule is judged on. `band` is broken where the lower or the upper quantile breaks the rule. */
export const JUDGED = ["truth", "ternary", "ternary, shielded", "band"] as const;
/** Whose violations are held against the real ones. */
export const PREDICTORS = ["ternary", "band"] as const;

/** Fields of a group: kept, broken and open of each of {@link JUDGED}, then the four counts of each predictor. */
export const RULE_FIELDS = [
  ...JUDGED.flatMap((model) => [`${model}: kept`, `${model}: broken`, `${model}: open`]),
  ...PREDICTORS.flatMap((model) => [
    `${model}: rightly warned`,
    `${model}: wrongly warned`,
    `${model}: missed`,
    `${model}: rightly silent`,
  ]),
] as const;

/** The group of all, then that of each local hour of the origin. */
export const RULE_GROUPS = 1 + HOURS;

/** Margins of one rule, one an origin: negative where broken, NaN where missing readings leave it open. */
export interface RuleMargins {
  readonly truth: ArrayLike<number>;
  readonly ternary: ArrayLike<number>;
  readonly shielded: ArrayLike<number>;
  readonly lower: ArrayLike<number>;
  readonly upper: ArrayLike<number>;
}

/**
 * Counts by group, [group][field of {@link RULE_FIELDS}]: how often a rule is kept, and how violations that were
 * predicted stand to those that happened, where both are known.
 *
 * @param hours local hour of each origin, 0..23
 */
export const ruleSums = (margins: RuleMargins, hours: ArrayLike<number>): Float64Array => {
  const fields = RULE_FIELDS.length;
  const sums = new Float64Array(RULE_GROUPS * fields);
  for (let index = 0; index < hours.length; index++) {
    const band = bandMargin(margins.lower[index]!, margins.upper[index]!);
    const ternary = margins.ternary[index]!;
    const truth = margins.truth[index]!;
    const fieldsHit = [truth, ternary, margins.shielded[index]!, band].map(
      (margin, place) => 3 * place + (margin >= 0 ? 0 : margin < 0 ? 1 : 2),
    );
    [ternary, band].forEach((margin, place) => {
      if (Number.isNaN(truth) || Number.isNaN(margin)) return;
      const outcome = truth < 0 ? (margin < 0 ? 0 : 2) : margin < 0 ? 1 : 3;
      fieldsHit.push(3 * JUDGED.length + 4 * place + outcome);
    });
    for (const field of fieldsHit) {
      sums[field]!++;
      sums[(1 + hours[index]!) * fields + field]!++;
    }
  }
  return sums;
};

/** Broken where either is; open where neither is and one is open. */
const bandMargin = (lower: number, upper: number): number =>
  lower < 0 ? lower : upper < 0 ? upper : Math.min(lower, upper);

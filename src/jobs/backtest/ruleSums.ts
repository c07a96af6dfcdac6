/** Counts of kept and broken rules, of truth and forecasts; they add over folds. */

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

/** What margins are taken of, in the order in which {@link addRuleOutcome} reads them. */
export const MARGINS = ["truth", "ternary", "ternary, shielded", "lower", "upper"] as const;

const FIELDS = RULE_FIELDS.length;
const FIRST_OF_PREDICTORS = 3 * JUDGED.length;

/**
 * Counts one judgement of a rule, or of a part of it, in a group of sums, [group][field of {@link RULE_FIELDS}]: whether it
 * is kept, and how a violation that was predicted stands to what happened, where both are known.
 *
 * @param margins from `at` on, one of each of {@link MARGINS}: negative where broken, NaN where missing readings leave it
 *   open
 */
export const addRuleOutcome = (
  sums: Float64Array,
  group: number,
  margins: ArrayLike<number>,
  at: number,
): void => {
  const first = group * FIELDS;
  const truth = margins[at]!;
  const ternary = margins[at + 1]!;
  const band = bandMargin(margins[at + 3]!, margins[at + 4]!);
  sums[first + outcomeOf(truth)]!++;
  sums[first + 3 + outcomeOf(ternary)]!++;
  sums[first + 6 + outcomeOf(margins[at + 2]!)]!++;
  sums[first + 9 + outcomeOf(band)]!++;
  if (Number.isNaN(truth)) return;
  if (!Number.isNaN(ternary)) sums[first + FIRST_OF_PREDICTORS + warningOf(truth, ternary)]!++;
  if (!Number.isNaN(band)) sums[first + FIRST_OF_PREDICTORS + 4 + warningOf(truth, band)]!++;
};

const outcomeOf = (margin: number): number => (margin >= 0 ? 0 : margin < 0 ? 1 : 2);

const warningOf = (truth: number, predicted: number): number =>
  truth < 0 ? (predicted < 0 ? 0 : 2) : predicted < 0 ? 1 : 3;

/** Broken where either is; open where neither is and one is open. */
const bandMargin = (lower: number, upper: number): number =>
  lower < 0 ? lower : upper < 0 ? upper : Math.min(lower, upper);

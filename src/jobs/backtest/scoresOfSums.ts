/** From sums to scores. */
import { BAND_FIELDS } from "./bandSums.ts";
import { ERROR_FIELDS } from "./errorSums.ts";
import { JUDGED, PREDICTORS, RULE_FIELDS } from "./ruleSums.ts";

export interface Score {
  readonly score: string;
  /** NaN where it is not defined. */
  readonly value: number;
  /** Values, or origins, that it is made of. */
  readonly count: number;
}

/** MAE, RMSE, sMAPE (0..2) and MASE of a group of `errorSums`. */
export const errorScores = (sums: ArrayLike<number>, group: number): Score[] => {
  const [count, absolute, squared, symmetric, scaled, scaledCount] = fieldsAt(
    sums,
    group,
    ERROR_FIELDS.length,
  ) as [number, number, number, number, number, number];
  return [
    { score: "mae", value: absolute / count, count },
    { score: "rmse", value: Math.sqrt(squared / count), count },
    { score: "smape", value: symmetric / count, count },
    { score: "mase", value: scaled / scaledCount, count: scaledCount },
  ];
};

/** Coverage (0..1), mean width, Winkler score and pinball loss of a group of `bandSums`, and how many values had no truth. */
export const bandScores = (sums: ArrayLike<number>, group: number): Score[] => {
  const [count, missing, covered, width, winkler, pinball] = fieldsAt(sums, group, BAND_FIELDS.length) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  return [
    { score: "coverage", value: covered / count, count },
    { score: "width", value: width / count, count },
    { score: "winkler", value: winkler / count, count },
    { score: "pinball", value: pinball / count, count },
    { score: "missing", value: missing / (count + missing), count: missing },
  ];
};

/** A score of a rule, with what was judged. */
export interface RuleScore extends Score {
  readonly model: string;
}

/**
 * Shares of the judgements in which a rule is kept, and precision, recall and F1 = 2 tp / (2 tp + fp + fn) of the predicted
 * violations (van Rijsbergen 1979, chapter 7). Precision is not defined where nothing was predicted, recall where
 * nothing happened, F1 where neither.
 */
export const ruleScores = (sums: ArrayLike<number>, group: number): RuleScore[] => {
  const fields = fieldsAt(sums, group, RULE_FIELDS.length);
  const kept = JUDGED.map((model, place): RuleScore => {
    const [held, broken] = [fields[3 * place]!, fields[3 * place + 1]!];
    return { model, score: "satisfaction", value: held / (held + broken), count: held + broken };
  });
  const warned = PREDICTORS.flatMap((model, place): RuleScore[] => {
    const at = 3 * JUDGED.length + 4 * place;
    const [right, wrong, missed] = [fields[at]!, fields[at + 1]!, fields[at + 2]!];
    return [
      { model, score: "precision", value: right / (right + wrong), count: right + wrong },
      { model, score: "recall", value: right / (right + missed), count: right + missed },
      {
        model,
        score: "f1",
        value: (2 * right) / (2 * right + wrong + missed),
        count: right + wrong + missed,
      },
    ];
  });
  return [...kept, ...warned];
};

/** Whether anything was counted in a group of the sums of a rule. */
export const isJudged = (sums: ArrayLike<number>, group: number): boolean =>
  fieldsAt(sums, group, RULE_FIELDS.length)
    .slice(0, 3)
    .some((count) => count > 0);

const fieldsAt = (sums: ArrayLike<number>, group: number, fields: number): number[] =>
  Array.from({ length: fields }, (_, field) => sums[group * fields + field]!);

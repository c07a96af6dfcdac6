import type { BacktestSummary, TargetScores } from "../../report/backtest/BacktestSummary.ts";
import type { FoldSums } from "./FoldSums.ts";
import { type MergedSums, mergeFolds } from "./mergeFolds.ts";
import type { OpenBacktest } from "./openBacktest.ts";
import { HOURS, scoreGroups } from "./ScoreGroups.ts";
import { bandScores, errorScores, ruleScores, type Score } from "./scoresOfSums.ts";

/** Gathers what the page and the table on the terminal show of a backtest. */
export const summariseBacktest = (
  { loaded, pipeline }: Pick<OpenBacktest, "loaded" | "pipeline">,
  folds: readonly FoldSums[],
): BacktestSummary => {
  const merged = mergeFolds(folds);
  const { panel } = loaded;
  return {
    pipeline: pipeline.name,
    dataset: {
      name: loaded.card.name,
      title: loaded.card.title,
      zone: panel.zone,
      stepMs: panel.stepMs,
      sensors: panel.sensors.length,
    },
    models: merged.models,
    band: merged.band,
    folds: folds.map((fold) => ({
      fold: fold.fold,
      trainedFromMs: fold.trainedFromMs,
      validatedFromMs: fold.validatedFromMs,
      firstOriginMs: fold.firstOriginMs,
      lastOriginMs: fold.lastOriginMs,
      origins: fold.origins,
      artefact: fold.artefact,
    })),
    targets: merged.targets.map(({ channel, unit, unscaled }, target) => ({
      channel,
      unit,
      unscaled,
      overall: scoresAt(merged, target, 0),
      byLead: Array.from({ length: merged.horizonSteps }, (_, lead) =>
        scoresAt(merged, target, scoreGroups(merged.horizonSteps, merged.sensors).ofLead(lead + 1)),
      ),
      byHour: Array.from({ length: HOURS }, (_, hour) =>
        scoresAt(merged, target, scoreGroups(merged.horizonSteps, merged.sensors).ofHour(hour)),
      ),
      byFold: folds.map((fold) => scoresAt(fold, target, 0)),
    })),
    rules: merged.rules.map(({ goal, name, sums }) => {
      const scores = ruleScores(sums, 0);
      const of = (model: string, score: string): number =>
        scores.find((each) => each.model === model && each.score === score)?.value ?? Number.NaN;
      return {
        name,
        goal,
        satisfaction: {
          truth: of("truth", "satisfaction"),
          ternary: of("ternary", "satisfaction"),
          shielded: of("ternary, shielded", "satisfaction"),
        },
        predictors: (["ternary", "band"] as const).map((model) => ({
          model,
          precision: of(model, "precision"),
          recall: of(model, "recall"),
          f1: of(model, "f1"),
        })),
        violations: scores.find(({ model, score }) => model === "ternary" && score === "recall")?.count ?? 0,
      };
    }),
  };
};

const scoresAt = (sums: MergedSums, target: number, group: number): TargetScores => {
  const { band, errors } = sums.targets[target]!;
  const valueOf = (scores: readonly Score[], name: string): number =>
    scores.find(({ score }) => score === name)!.value;
  const ofBand = bandScores(band, group);
  return {
    count: ofBand[0]!.count,
    missing: ofBand.find(({ score }) => score === "missing")!.count,
    models: sums.models.map((_, model) => {
      const scores = errorScores(errors[model]!, group);
      return {
        mae: valueOf(scores, "mae"),
        rmse: valueOf(scores, "rmse"),
        smape: valueOf(scores, "smape"),
        mase: valueOf(scores, "mase"),
      };
    }),
    coverage: valueOf(ofBand, "coverage"),
    winkler: valueOf(ofBand, "winkler"),
    pinball: valueOf(ofBand, "pinball"),
  };
};

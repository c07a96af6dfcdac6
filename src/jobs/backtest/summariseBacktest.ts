import {
  type BacktestSummary,
  DEPLOYED,
  type RuleScores,
  type TargetScores,
} from "../../report/backtest/BacktestSummary.ts";
import type { FoldSums } from "./FoldSums.ts";
import { type MergedSums, mergeFolds } from "./mergeFolds.ts";
import type { OpenBacktest } from "./openBacktest.ts";
import { HOURS, scoreGroups } from "./ScoreGroups.ts";
import { bandScores, errorScores, isJudged, ruleScores, type Score } from "./scoresOfSums.ts";

/** Sensors that a table of the page names: all stand in the files. */
const SHOWN_SENSORS = 8;

/** Gathers what the page and the table on the terminal show of a backtest. */
export const summariseBacktest = (
  { loaded, pipeline }: Pick<OpenBacktest, "loaded" | "pipeline">,
  folds: readonly FoldSums[],
): BacktestSummary => {
  const merged = mergeFolds(folds);
  const groups = scoreGroups(merged.horizonSteps, merged.sensors);
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
        scoresAt(merged, target, groups.ofLead(lead + 1)),
      ),
      byHour: Array.from({ length: HOURS }, (_, hour) => scoresAt(merged, target, groups.ofHour(hour))),
      byFold: folds.map((fold) => scoresAt(fold, target, 0)),
      hardest: merged.sensors
        .map((sensor, place) => ({ sensor, scores: scoresAt(merged, target, groups.ofSensor(place)) }))
        .filter(({ scores }) => scores.count > 0)
        .sort((one, other) => deployedMae(merged, other.scores) - deployedMae(merged, one.scores))
        .slice(0, SHOWN_SENSORS),
    })),
    rules: merged.rules.map(({ goal, name, sums }) => {
      const partAt = (group: number): RuleScores | null =>
        isJudged(sums, group) ? ruleScoresAt(sums, group) : null;
      return {
        name,
        goal,
        overall: ruleScoresAt(sums, 0),
        byLead: Array.from({ length: merged.horizonSteps }, (_, lead) => partAt(groups.ofLead(lead + 1))),
        byHour: Array.from({ length: HOURS }, (_, hour) => ruleScoresAt(sums, groups.ofHour(hour))),
        mostBroken: merged.sensors
          .flatMap((sensor, place) => {
            const scores = partAt(groups.ofSensor(place));
            return scores === null || scores.violations === 0 ? [] : [{ sensor, scores }];
          })
          .sort((one, other) => other.scores.violations - one.scores.violations)
          .slice(0, SHOWN_SENSORS),
      };
    }),
  };
};

const deployedMae = ({ models }: Pick<MergedSums, "models">, scores: TargetScores): number =>
  scores.models[models.indexOf(DEPLOYED)]!.mae;

const ruleScoresAt = (sums: readonly number[], group: number): RuleScores => {
  const scores = ruleScores(sums, group);
  const of = (model: string, score: string): Score =>
    scores.find((each) => each.model === model && each.score === score)!;
  return {
    satisfaction: {
      truth: of("truth", "satisfaction").value,
      ternary: of("ternary", "satisfaction").value,
      shielded: of("ternary, shielded", "satisfaction").value,
    },
    predictors: (["ternary", "band"] as const).map((model) => ({
      model,
      precision: of(model, "precision").value,
      recall: of(model, "recall").value,
      f1: of(model, "f1").value,
    })),
    violations: of("ternary", "recall").count,
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

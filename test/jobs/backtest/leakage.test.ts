/** Nothing after an origin reaches the forecast at that origin, or the model of its fold. */
import { Effect } from "effect";
import fc from "fast-check";
import { isDeepStrictEqual } from "node:util";
import { afterAll, beforeAll, describe, expect } from "vitest";
import type { BacktestOptions } from "../../../src/jobs/backtest/BacktestOptions.ts";
import type { FoldModel } from "../../../src/jobs/backtest/FoldModel.ts";
import { type OpenBacktest, openBacktest } from "../../../src/jobs/backtest/openBacktest.ts";
import type { Fold } from "../../../src/jobs/backtest/planFolds.ts";
import { prepareFold } from "../../../src/jobs/backtest/prepareFold.ts";
import { forecastFold } from "../../../src/jobs/backtest/scoreFold.ts";
import { trainFold } from "../../../src/jobs/backtest/trainFold.ts";
import { DataPlace } from "../../../src/ingest/DataPlace.ts";
import { Progress } from "../../../src/jobs/Progress.ts";
import { random } from "../../../src/series/random.ts";
import { TINY_PIPELINE, TinyProject } from "../../cli/tinyProject.ts";
import { itEffect } from "../itEffect.ts";

/** All that a front end can learn from: covariates none, a fitted baseline, quantile heads. */
const PIPELINE = TINY_PIPELINE.replace(
  "season: 24h",
  "season: 24h\n  baseline: linear\n  quantileHeads: true",
);

let project: TinyProject;
beforeAll(() => {
  project = new TinyProject({ "tiny.yaml": PIPELINE });
});
afterAll(() => project.remove());

const opened = (options: Partial<BacktestOptions>) =>
  openBacktest({
    pipelinePath: project.path("tiny.yaml"),
    out: project.path("backtests"),
    folds: 2,
    ...options,
  }).pipe(Effect.provide(DataPlace.layer));

let trainings = 0;
const trained = (backtest: OpenBacktest, fold: Fold) =>
  Effect.gen(function* () {
    const folder = project.path(`training-${++trainings}`);
    project.write(`training-${trainings}/empty`, "");
    return yield* trainFold(yield* prepareFold(backtest, fold), folder);
  });

const forecasts = (backtest: OpenBacktest, fold: Fold, model: FoldModel) =>
  Effect.flatMap(prepareFold(backtest, fold), (run) => forecastFold(run, model));

/** The recording with other readings after a step, some of them missing. */
const changedAfter = (backtest: OpenBacktest, step: number, seed: number, share = 1): OpenBacktest => {
  const { loaded } = backtest;
  const { panel } = loaded;
  const draws = random(seed);
  const values = panel.values.map((value, at) => {
    if (at % panel.steps <= step || draws.uniform() >= share) return value;
    return draws.uniform() < 0.1 ? Number.NaN : Math.round(1000 * draws.uniform()) / 10;
  });
  return { ...backtest, loaded: { ...loaded, panel: { ...panel, values } } };
};

describe("a backtest", () => {
  itEffect("trains the model of a fold from nothing after its first origin", () =>
    Effect.gen(function* () {
      const backtest = yield* opened({});
      for (const fold of backtest.folds) {
        const model = yield* trained(backtest, fold);
        const { from } = fold.origins;
        expect(yield* trained(changedAfter(backtest, from, 1 + fold.index), fold)).toEqual(model);
        // The reading at the origin itself is known: the comparison above can fail.
        expect(yield* trained(changedAfter(backtest, from - 1, 1 + fold.index), fold)).not.toEqual(model);
      }
    }).pipe(Effect.provide(Progress.silent)),
  );

  itEffect("forecasts at an origin from nothing after it", () =>
    Effect.gen(function* () {
      const backtest = yield* opened({ folds: 1, span: "2d", retrain: "never" });
      const fold = backtest.folds[0]!;
      const model = yield* trained(backtest, fold);
      const plain = yield* forecasts(backtest, fold, model);
      const perOrigin = plain.lower.length / plain.origins.length;
      const upTo = (index: number, of: typeof plain): Float32Array[] =>
        [...of.sets.map(({ values }) => values), of.lower, of.upper].map((values) =>
          values.slice(0, (index + 1) * perOrigin),
        );
      const cases = fc.sample(
        fc.record({
          index: fc.integer({ min: 0, max: plain.origins.length - 1 }),
          seed: fc.integer({ min: 1, max: 2 ** 31 - 1 }),
          share: fc.constantFrom(0.02, 1),
        }),
        12,
      );
      let changedLater = 0;
      for (const { index, seed, share } of cases) {
        const changed = changedAfter(backtest, fold.origins.from + index, seed, share);
        const other = yield* forecasts(changed, fold, model);
        expect(upTo(index, other)).toEqual(upTo(index, plain));
        const last = plain.origins.length - 1;
        if (!isDeepStrictEqual(upTo(last, other), upTo(last, plain))) changedLater++;
      }
      expect(changedLater).toBeGreaterThan(0);
    }).pipe(Effect.provide(Progress.silent)),
  );
});

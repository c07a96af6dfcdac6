import { Console, Effect, Option } from "effect";
import { Argument, Command, Flag } from "effect/cli";
import { DataPlace } from "../ingest/DataPlace.ts";
import type { BacktestOptions } from "../jobs/backtest/BacktestOptions.ts";
import { endWithParent } from "../jobs/backtest/endWithParent.ts";
import type { BacktestSummary } from "../report/backtest/BacktestSummary.ts";
import { alignedColumns, percent } from "./alignedColumns.ts";
import { notJudged } from "./exitCodes.ts";
import { jsonFlag, outFlag, quietFlag } from "./sharedFlags.ts";
import { terminalProgress } from "./terminalProgress.ts";

const optionalText = (name: string, description: string) =>
  Flag.String(name).pipe(Flag.withDescription(description), Flag.optional);

export const backtestCommand = Command.make(
  "backtest",
  {
    pipeline: Argument.String("pipeline").pipe(
      Argument.withDescription("Pipeline file (pipelines/NAME.yaml)"),
    ),
    folds: Flag.Int("folds").pipe(
      Flag.withDescription("Into how many folds the last part of the recording is cut (default: 5)"),
      Flag.filter(
        (count) => count >= 1 && count <= 1000,
        (count) => `Expected 1 to 1000 folds, found ${count}`,
      ),
      Flag.optional,
    ),
    retrain: optionalText(
      "retrain",
      "Train anew after so long, such as 7d: the length of a fold; never: one model for all folds (default: as the folds share the span)",
    ),
    from: optionalText("from", "Forecast from this local time on (default: up to the end of the recording)"),
    span: optionalText(
      "span",
      "How long is forecast in all, such as 28d (default: the pipeline's testShare)",
    ),
    sliding: optionalText(
      "sliding",
      "Train a fold on so much before it, such as 60d (default: on all before it, which --expanding says too)",
    ),
    expanding: Flag.Boolean("expanding").pipe(
      Flag.withDescription("Train a fold on all that lies before it"),
      Flag.withDefault(false),
    ),
    jobs: Flag.Int("jobs").pipe(
      Flag.withAlias("j"),
      Flag.withDescription("Folds at once, each a process of its own (default: 2)"),
      Flag.filter(
        (count) => count >= 1 && count <= 256,
        (count) => `Expected 1 to 256 jobs, found ${count}`,
      ),
      Flag.withDefault(2),
    ),
    out: outFlag("backtests", "PIPELINE"),
    fold: Flag.Int("fold").pipe(Flag.withHidden, Flag.optional),
    quiet: quietFlag,
    json: jsonFlag,
  },
  ({ expanding, fold, folds, from, jobs, json, out, pipeline, quiet, retrain, sliding, span }) => {
    const options: BacktestOptions = {
      pipelinePath: pipeline,
      out,
      ...(Option.isSome(folds) && { folds: folds.value }),
      ...(Option.isSome(retrain) && { retrain: retrain.value }),
      ...(Option.isSome(from) && { from: from.value }),
      ...(Option.isSome(span) && { span: span.value }),
      ...(Option.isSome(sliding) && { sliding: sliding.value }),
    };
    const work =
      expanding && Option.isSome(sliding)
        ? Effect.fail(notJudged({ message: "--expanding and --sliding exclude each other; keep one" }))
        : Option.isSome(fold)
          ? Effect.promise(() => import("../jobs/backtest/runFold.ts")).pipe(
              Effect.flatMap(({ runFold }) => runFold(options, fold.value)),
              endWithParent,
              Effect.mapError(notJudged),
            )
          : Effect.promise(() => import("../jobs/backtest/runBacktest.ts")).pipe(
              Effect.flatMap(({ runBacktest }) =>
                runBacktest(options, jobs, (index) => foldWords(options, index)),
              ),
              Effect.mapError(notJudged),
              Effect.flatMap((result) =>
                Console.log(json ? JSON.stringify(result) : describe(result.summary, result.reportPath)),
              ),
              Effect.onInterrupt(() =>
                Console.error("Interrupted. The same command goes on with what is not done yet."),
              ),
            );
    return work.pipe(
      Effect.provide(terminalProgress({ quiet: quiet || json })),
      Effect.provide(DataPlace.layer),
    );
  },
).pipe(
  Command.withDescription(
    "Train on what lies before each part of the recording, forecast it as the device would, and score it",
  ),
  Command.withExamples([
    {
      command: "ordinance backtest pipelines/arterial.yaml --folds 4 --retrain 2d",
      description: "Four folds of two days, each with a model of its own",
    },
  ]),
);

/** The words after `node` that run one fold in a process of its own. */
const foldWords = (
  { folds, from, out, pipelinePath, retrain, sliding, span }: BacktestOptions,
  index: number,
): string[] => {
  const flag = (name: string, value: string | number | undefined): string[] =>
    value === undefined ? [] : [`--${name}`, String(value)];
  return [
    process.argv[1]!,
    "backtest",
    pipelinePath,
    ...flag("folds", folds),
    ...flag("retrain", retrain),
    ...flag("from", from),
    ...flag("span", span),
    ...flag("sliding", sliding),
    ...flag("out", out),
    ...flag("fold", index),
    "--quiet",
  ];
};

const describe = ({ band, folds, models, rules, targets }: BacktestSummary, reportPath: string): string => {
  const origins = folds.reduce((sum, fold) => sum + fold.origins, 0);
  const figure = (value: number): string => (Number.isFinite(value) ? value.toPrecision(3) : "-");
  const scores = targets.flatMap(({ channel, overall, unit }) => [
    `${channel} in ${unit}, ${overall.count} values (${overall.missing} without a reading):`,
    ...alignedColumns([
      ["model", "MAE", "RMSE", "sMAPE", "MASE"],
      ...models.map((model, index) => {
        const { mae, mase, rmse, smape } = overall.models[index]!;
        return [model, ...[mae, rmse, smape, mase].map(figure)];
      }),
    ]),
    `  band of ${percent(band.upper - band.lower)}: covers ${percent(overall.coverage)}, Winkler ${figure(overall.winkler)}, pinball ${figure(overall.pinball)}`,
  ]);
  return [
    `${folds.length} folds, ${origins} origins`,
    ...scores,
    "rules: share of origins kept, and F1 of foreseen violations:",
    ...alignedColumns([
      ["rule", "truth", "ternary", "shielded", "F1", "F1 of the band"],
      ...rules.map(({ goal, name, overall: { predictors, satisfaction } }) => [
        goal ? `${name} (goal)` : name,
        percent(satisfaction.truth),
        percent(satisfaction.ternary),
        percent(satisfaction.shielded),
        ...predictors.map(({ f1 }) => figure(f1)),
      ]),
    ]),
    `report: ${reportPath}`,
  ].join("\n");
};

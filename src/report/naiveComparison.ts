import { modelOrder } from "./seriesStyle.ts";
import type { ModelName, RunSummary } from "./RunSummary.ts";

export type TargetMetrics = RunSummary["metrics"][number];

const naiveModels: ReadonlySet<ModelName> = new Set<ModelName>(["persistence", "seasonal naive"]);

/** The models that a set of targets was judged with, naive ones first. */
export const modelsOf = (metrics: readonly TargetMetrics[]): ModelName[] =>
  modelOrder.filter((model) =>
    metrics.some((metric) => metric.rows.some((row) => row.models.some((each) => each.model === model))),
  );

/** What runs on the device: the ternary model behind its shield, or bare where no shield was judged. */
export const deployedModel = (metrics: readonly TargetMetrics[]): ModelName =>
  modelsOf(metrics).includes("ternary, shielded") ? "ternary, shielded" : "ternary";

type Errors = TargetMetrics["rows"][number]["models"][number];

/** Errors of one model over all leads of a target, each forecast weighing the same; NaN where none was judged. */
export const errorsOverLeads = (metric: TargetMetrics, model: ModelName): Errors => {
  let count = 0;
  let absolute = 0;
  let squared = 0;
  for (const row of metric.rows) {
    const errors = row.models.find((each) => each.model === model);
    if (errors === undefined || !Number.isFinite(errors.mae) || !(row.count > 0)) continue;
    count += row.count;
    absolute += row.count * errors.mae;
    squared += row.count * errors.rmse ** 2;
  }
  return count === 0
    ? { model, mae: Number.NaN, rmse: Number.NaN }
    : { model, mae: absolute / count, rmse: Math.sqrt(squared / count) };
};

interface Comparison {
  readonly deployedMae: number;
  readonly naive: ModelName;
  readonly naiveMae: number;
  /** (deployed - naive) / naive; negative is better. */
  readonly change: number;
}

/** Holds a model against the naive one with the smallest MAE; none where one of both was not judged. */
export const naiveComparison = (errors: readonly Errors[], deployed: ModelName): Comparison | undefined => {
  const deployedMae = errors.find((each) => each.model === deployed)?.mae ?? Number.NaN;
  const best = errors
    .filter((each) => naiveModels.has(each.model) && Number.isFinite(each.mae))
    .reduce<Errors | undefined>(
      (least, each) => (least === undefined || each.mae < least.mae ? each : least),
      undefined,
    );
  if (best === undefined || !Number.isFinite(deployedMae) || !(best.mae > 0)) return undefined;
  return { deployedMae, naive: best.model, naiveMae: best.mae, change: deployedMae / best.mae - 1 };
};

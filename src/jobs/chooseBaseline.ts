import type { FeaturePlan } from "../series/FeaturePlan.ts";
import type { Readings } from "../series/features.ts";
import { baselineErrors } from "../train/baselineErrors.ts";
import { fitLinearBaseline } from "../train/fitLinearBaseline.ts";
import { prepareTrainingData, type TrainingData } from "../train/TrainingData.ts";
import type { StepSpan } from "../train/TrainingSettings.ts";
import type { Pipeline } from "./Pipeline.ts";

export interface BaselineChoice {
  readonly data: TrainingData;
  /** What was compared, the chosen one first; empty where the pipeline names one. */
  readonly compared: readonly ComparedBaseline[];
}

export interface ComparedBaseline {
  readonly kind: FeaturePlan["baseline"]["kind"];
  /** Mean over targets and leads of the validation error in units of persistence's. */
  readonly relativeError: number;
}

/**
 * Prepares the training data with the baseline that the pipeline names; for `auto`, with the one that errs least on the
 * validation span, persistence where several do. Fits on the training span alone.
 */
export const chooseBaseline = (
  wanted: Pipeline["forecast"]["baseline"],
  plan: FeaturePlan,
  readings: Readings,
  periodSteps: number,
  training: StepSpan,
  validation: StepSpan,
): BaselineChoice => {
  const seasonal = (): TrainingData =>
    prepareTrainingData({ ...plan, baseline: { kind: "seasonal", periodSteps } }, readings);
  if (wanted === "seasonal") return { data: seasonal(), compared: [] };
  const persistence = prepareTrainingData(plan, readings);
  // Features do not depend on it, so they are not computed again.
  const linear = (): TrainingData => ({
    ...persistence,
    plan: { ...plan, baseline: fitLinearBaseline(persistence, training, periodSteps) },
  });
  if (wanted === "persistence") return { data: persistence, compared: [] };
  if (wanted === "linear") return { data: linear(), compared: [] };

  const unit = baselineErrors(persistence, validation.from, validation.to);
  const judged = [persistence, seasonal(), linear()].map((data) => {
    const errors = baselineErrors(data, validation.from, validation.to);
    const relativeError = errors.reduce((sum, error, k) => sum + error / unit[k]!, 0) / errors.length;
    return { data, kind: data.plan.baseline.kind, relativeError };
  });
  judged.sort((a, b) => a.relativeError - b.relativeError);
  return {
    data: judged[0]!.data,
    compared: judged.map(({ kind, relativeError }) => ({ kind, relativeError })),
  };
};

/** `linear 0.87`: a baseline and its error. */
export const describeBaseline = ({ kind, relativeError }: ComparedBaseline): string =>
  `${kind} ${relativeError.toFixed(3)}`;

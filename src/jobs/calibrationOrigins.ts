import { contextSteps } from "../series/features.ts";
import { originsOf } from "../train/originWindows.ts";
import type { TrainingData } from "../train/TrainingData.ts";
import type { StepSpan } from "../train/TrainingSettings.ts";

const MOST_ORIGINS = 1000;

/** Origins that quantiles are calibrated on: the last 1000 of the validation span, or all where it has fewer. */
export const calibrationOrigins = (data: TrainingData, validation: StepSpan): Int32Array => {
  const last = validation.to - data.plan.horizonSteps - MOST_ORIGINS;
  const span = { from: Math.max(validation.from, last), to: validation.to };
  return originsOf(data, span, contextSteps(data.plan), 1);
};

import { baselineErrors } from "./baselineErrors.ts";
import type { TrainingData } from "./TrainingData.ts";
import type { StepSpan, TrainingSettings } from "./TrainingSettings.ts";

/**
 * What a unit of loss is worth, by output [target][lead], in physical units: the baseline's own error on the span,
 * divided by the weight of the lead, lead^-leadDecay. Weights have mean 1 over the leads.
 *
 * With a decay of 1 the leads 1..2, 2..4, 4..8 count alike; with equal weights the few short leads, which the far ones
 * outnumber, are learned last.
 */
export const lossScale = (
  data: TrainingData,
  span: StepSpan,
  settings: Pick<TrainingSettings, "leadDecay" | "loss">,
): Float64Array => {
  const scale = baselineErrors(data, span.from, span.to);
  const { leadDecay = 0 } = settings;
  if (leadDecay === 0) return scale;
  const { horizonSteps } = data.plan;
  let sum = 0;
  for (let lead = 1; lead <= horizonSteps; lead++) sum += lead ** -leadDecay;
  return scale.map((error, output) => {
    const weight = (horizonSteps / sum) * ((output % horizonSteps) + 1) ** -leadDecay;
    // The squared loss squares what it is divided by.
    return error / (settings.loss === "squared" ? Math.sqrt(weight) : weight);
  });
};

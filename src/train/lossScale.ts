import { baselineErrors } from "./baselineErrors.ts";
import type { TrainingData } from "./TrainingData.ts";
import type { StepSpan, TrainingSettings } from "./TrainingSettings.ts";

/**
 * What a unit of loss is worth, by output [target][lead], in physical units: the baseline's own error on the span,
 * divided by the weight of the lead. Weights have mean 1 over the leads.
 *
 * `inverse` weighs a lead by 1 / lead, so that the leads 1..2, 2..4, 4..8 count alike: with equal weights the few
 * short leads, which the far ones outnumber, are learned last.
 */
export const lossScale = (
  data: TrainingData,
  span: StepSpan,
  settings: Pick<TrainingSettings, "leadWeights" | "loss">,
): Float64Array => {
  const scale = baselineErrors(data, span.from, span.to);
  if (settings.leadWeights !== "inverse") return scale;
  const { horizonSteps } = data.plan;
  let sum = 0;
  for (let lead = 1; lead <= horizonSteps; lead++) sum += 1 / lead;
  return scale.map((error, output) => {
    const weight = horizonSteps / sum / ((output % horizonSteps) + 1);
    // The squared loss squares what it is divided by.
    return error / (settings.loss === "squared" ? Math.sqrt(weight) : weight);
  });
};

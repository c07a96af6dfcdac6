import type { RunForecaster } from "../model/ForecasterRun.ts";
import type { ForecasterShape, Parameters } from "../model/Parameters.ts";
import { blocksOf } from "../series/arrangeQuantiles.ts";
import { contextSteps } from "../series/features.ts";
import type { BoundRule } from "../stl/index.ts";
import { decodeOutput } from "./decodeOutput.ts";
import { forecastLoss } from "./forecastLoss.ts";
import { heldShare, judgeForecasts } from "./judgeForecasts.ts";
import { everySensorAt, originsOf } from "./originWindows.ts";
import { predictWindows } from "./predictWindows.ts";
import type { TrainingData } from "./TrainingData.ts";
import type { StepSpan } from "./TrainingSettings.ts";

export interface Validation {
  /** Mean error, as the loss has it, in units of the baseline's error. */
  readonly loss: number;
  /** Share of (origin, rule) pairs that hold; NaN where none could be judged. */
  readonly ruleSatisfaction: number;
}

/** Judges parameters on every `stride`-th origin of a span, in the windows that the device sees. */
export const validate = (
  run: RunForecaster,
  parameters: Parameters,
  shape: ForecasterShape,
  data: TrainingData,
  span: StepSpan,
  stride: number,
  scale: Float64Array,
  rules: readonly BoundRule[],
  ternary: boolean,
  kind?: "absolute" | "squared",
): Validation => {
  const origins = originsOf(data, span, contextSteps(data.plan), stride);
  const { originOf, sensorOf } = everySensorAt(data, origins);
  const outputs = predictWindows(run, parameters, shape, data, sensorOf, originOf, ternary);
  const { loss } = forecastLoss(data, outputs, sensorOf, originOf, scale, kind, shape.quantiles);
  const blocks = blocksOf(shape.quantiles ?? []);
  const values = new Float64Array(shape.outputs / blocks);
  const tallies = judgeForecasts(data, rules, origins, (index, sensor) => {
    const row = (index * data.sensors + sensor) * blocks;
    decodeOutput(data, outputs, row, sensor, origins[index]!, values);
    return values;
  });
  const held = tallies.reduce((sum, tally) => sum + tally.held, 0);
  const broken = tallies.reduce((sum, tally) => sum + tally.broken, 0);
  return { loss, ruleSatisfaction: heldShare({ held, broken }) };
};

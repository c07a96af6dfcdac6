import { decodeOutput } from "../train/decodeOutput.ts";
import type { StepSpan } from "../train/TrainingSettings.ts";
import { seasonStep } from "../series/baseline.ts";
import { arrangeQuantiles, blocksOf } from "../series/arrangeQuantiles.ts";
import { fitRidge, predictRidge } from "../train/ridgeBaseline.ts";
import type { TrainingData } from "../train/TrainingData.ts";
import type { ForecastSet } from "./ForecastSet.ts";

/** The last reading (held over a gap) for every lead. */
export const persistenceForecasts = (data: TrainingData, origins: Int32Array): ForecastSet => ({
  model: "persistence",
  values: repeatedReadings(data, origins, (origin) => origin),
});

/** The reading one season before the instant that is forecast. */
export const seasonalForecasts = (
  data: TrainingData,
  origins: Int32Array,
  seasonSteps: number,
): ForecastSet => ({
  model: "seasonal naive",
  values: repeatedReadings(data, origins, (origin, lead) => seasonStep(seasonSteps, origin, lead)),
});

/** A ridge regression fitted on the training span, of the seen sensors where `seen` is given; see {@link fitRidge}. */
export const ridgeForecasts = (
  data: TrainingData,
  origins: Int32Array,
  training: StepSpan,
  seen: TrainingData = data,
): ForecastSet => {
  const outputs = data.plan.targets.length * data.plan.horizonSteps;
  const rows = ((training.to - training.from) * seen.sensors) / RIDGE_ROWS;
  const model = fitRidge(seen, training, Math.max(1, Math.ceil(rows)));
  const values = new Float32Array(origins.length * data.sensors * outputs);
  const forecast = new Float64Array(outputs);
  origins.forEach((origin, index) => {
    for (let sensor = 0; sensor < data.sensors; sensor++) {
      predictRidge(model, data, sensor, origin, forecast);
      values.set(forecast, (index * data.sensors + sensor) * outputs);
    }
  });
  return { model: "ridge", values };
};

/** Head outputs of every sensor at every origin, decoded into physical units; the quantiles arranged around the median. */
export const decodedForecasts = (
  model: ForecastSet["model"],
  data: TrainingData,
  origins: Int32Array,
  headOutputs: Float32Array,
  levels: readonly number[] = [],
): ForecastSet => {
  const width = data.plan.targets.length * data.plan.horizonSteps;
  const blocks = blocksOf(levels);
  const values = new Float32Array(headOutputs.length / blocks);
  const quantiles = new Float32Array(levels.length * values.length);
  const forecast = new Float64Array(width);
  origins.forEach((origin, index) => {
    for (let sensor = 0; sensor < data.sensors; sensor++) {
      const row = index * data.sensors + sensor;
      decodeOutput(data, headOutputs, row * blocks, sensor, origin, forecast);
      values.set(forecast, row * width);
      const first = row * levels.length * width;
      for (let k = 0; k < levels.length; k++) {
        decodeOutput(data, headOutputs, row * blocks + 1 + k, sensor, origin, forecast);
        quantiles.set(forecast, first + k * width);
      }
      for (let output = 0; output < width; output++) {
        arrangeQuantiles(quantiles, first + output, width, levels, values[row * width + output]!);
      }
    }
  });
  return { model, values, ...(levels.length > 0 && { quantiles }) };
};

/** More rows than this do not change a regression on some hundred inputs, they only cost time. */
const RIDGE_ROWS = 150_000;

const repeatedReadings = (
  data: TrainingData,
  origins: Int32Array,
  sourceStep: (origin: number, lead: number) => number,
): Float32Array => {
  const { horizonSteps, targets } = data.plan;
  const values = new Float32Array(origins.length * data.sensors * targets.length * horizonSteps);
  let at = 0;
  for (const origin of origins) {
    for (let sensor = 0; sensor < data.sensors; sensor++) {
      for (let target = 0; target < targets.length; target++) {
        const held = (target * data.sensors + sensor) * data.steps;
        for (let lead = 1; lead <= horizonSteps; lead++) {
          values[at++] = data.held[held + Math.max(0, sourceStep(origin, lead))]!;
        }
      }
    }
  }
  return values;
};

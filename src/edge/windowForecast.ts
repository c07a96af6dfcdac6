import { arrangeQuantiles, blocksOf } from "../series/arrangeQuantiles.ts";
import type { IntegerModel } from "./IntegerModel.ts";
import { createPlainEngine } from "./plainEngine.ts";

/** What one sensor's window comes to. */
export interface WindowForecast {
  /** Hidden states after the window, one = 127, [cell][unit], the lowest cell first. */
  readonly state: Float64Array;
  /** Quanta, [block][target][lead] (see {@link blocksOf}), the quantiles arranged around the median. */
  readonly quanta: Int32Array;
}

/** Forecasts one sensor from `features` (int16, [step][input], one = 1024) and baseline integers [target][lead]. */
export type WindowForecaster = (features: Int16Array, baselines: Int32Array) => WindowForecast;

/** Makes a forecaster of single windows: the plain route through cell, head and readout. */
export const createWindowForecaster = (model: IntegerModel): WindowForecaster => {
  const { inputs, horizonSteps, quantiles, readouts } = model;
  const width = readouts.length * horizonSteps;
  const engine = createPlainEngine(model);
  return (features, baselines) => {
    const steps = features.length / inputs;
    const quanta = new Int32Array(blocksOf(quantiles) * width);
    engine.project(features, steps).forecast(0, steps, baselines, quanta);
    for (let index = 0; index < width; index++) {
      arrangeQuantiles(quanta, width + index, width, quantiles, quanta[index]!);
    }
    return { state: Float64Array.from(engine.states.flatMap((own) => [...own])), quanta };
  };
};

import { arrangeQuantiles, blocksOf } from "../series/arrangeQuantiles.ts";
import { createIntegerCell } from "./integerCell.ts";
import { createIntegerHead, decode } from "./integerHead.ts";
import type { IntegerModel } from "./IntegerModel.ts";

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
  const { inputs, units, horizonSteps, quantiles, readouts } = model;
  const width = readouts.length * horizonSteps;
  const cell = createIntegerCell(model);
  const head = createIntegerHead(model);
  return (features, baselines) => {
    const steps = features.length / inputs;
    const slopes = new Int32Array(steps * 3 * units);
    const offsets = new Int32Array(steps * 3 * units);
    const outputs = new Float64Array(blocksOf(quantiles) * width);
    cell.project(features, steps, slopes, offsets);
    cell.walk(slopes, offsets, 0, steps);
    head(cell.states.at(-1)!, features, (steps - 1) * inputs, outputs);
    const quanta = Int32Array.from(outputs, (output, row) => {
      const index = row % width;
      return decode(readouts[Math.floor(index / horizonSteps)]!, model.powers, baselines[index]!, output);
    });
    for (let index = 0; index < width; index++) {
      arrangeQuantiles(quanta, width + index, width, quantiles, quanta[index]!);
    }
    return { state: Float64Array.from(cell.states.flatMap((own) => [...own])), quanta };
  };
};

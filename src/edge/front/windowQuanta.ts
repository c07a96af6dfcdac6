import { blocksOf } from "../../series/arrangeQuantiles.ts";
import type { IntegerModel } from "../IntegerModel.ts";
import { createWindowForecaster } from "../windowForecast.ts";
import { integerBaseline } from "./integerBaseline.ts";
import { integerFeatures } from "./integerFeatures.ts";
import type { IntegerFrontEnd } from "./IntegerFrontEnd.ts";
import type { IntegerReadings } from "./IntegerReadings.ts";

/** Quanta of all sensors from one origin, [sensor][block][target][lead], the quantiles arranged around the median. */
export type WindowQuanta = (readings: IntegerReadings, origin: number) => Int32Array;

/** The plain route from readings to the model's forecast, before the shield: what every runtime must equal. */
export const createWindowQuanta = (model: IntegerModel, front: IntegerFrontEnd): WindowQuanta => {
  const forecaster = createWindowForecaster(model);
  const { horizonSteps, sensors, targets, windowSteps } = front;
  const width = targets.length * horizonSteps;
  const rows = blocksOf(model.quantiles) * width;
  return (readings, origin) => {
    const features = integerFeatures(front, readings, origin + 1 - windowSteps, origin + 1);
    const baselines = integerBaseline(front, readings, origin);
    const quanta = new Int32Array(sensors * rows);
    const size = features.length / sensors;
    const own = new Int32Array(width);
    for (let sensor = 0; sensor < sensors; sensor++) {
      for (let target = 0; target < targets.length; target++) {
        const at = (target * sensors + sensor) * horizonSteps;
        own.set(baselines.subarray(at, at + horizonSteps), target * horizonSteps);
      }
      const window = features.subarray(sensor * size, (sensor + 1) * size);
      quanta.set(forecaster(window, own).quanta, sensor * rows);
    }
    return quanta;
  };
};

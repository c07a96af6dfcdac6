import type { ForecastTrace } from "./ForecastTrace.ts";
import type { TrainingData } from "./TrainingData.ts";

/**
 * Takes the gradient of a loss by the trace of one origin back to the outputs and adds it to `gradient`, divided by the
 * number of origins that are `judged`.
 *
 * @param gradientOfTrace d loss / d value, laid out as the values of the trace; only the forecast is read
 * @param slopes d value / d output, [sensor][target][lead]
 * @param block place of the origin in a run of consecutive ones; rows are [origin][sensor]
 * @param blocksARow rows of the outputs a sensor and origin, of which the first is the median
 */
export const addOutputGradient = (
  data: TrainingData,
  gradientOfTrace: Float64Array,
  trace: Pick<ForecastTrace, "historySteps" | "steps">,
  slopes: Float64Array,
  block: number,
  blocksARow: number,
  judged: number,
  gradient: Float32Array,
): void => {
  const { horizonSteps, targets } = data.plan;
  const width = targets.length * horizonSteps;
  for (let sensor = 0; sensor < data.sensors; sensor++) {
    const row = (block * data.sensors + sensor) * blocksARow;
    for (let target = 0; target < targets.length; target++) {
      const offset = (target * data.sensors + sensor) * trace.steps + trace.historySteps + 1;
      for (let lead = 0; lead < horizonSteps; lead++) {
        const index = target * horizonSteps + lead;
        gradient[row * width + index]! +=
          (gradientOfTrace[offset + lead]! * slopes[sensor * width + index]!) / judged;
      }
    }
  }
};

import { type BoundRule, createPanelTeacher } from "../stl/index.ts";
import { addOutputGradient } from "./addOutputGradient.ts";
import { decodeOutput } from "./decodeOutput.ts";
import type { LossAndGradient } from "./forecastLoss.ts";
import { clockOfTrace, createForecastTrace, writeForecast, writeHistory } from "./ForecastTrace.ts";
import type { TrainingData } from "./TrainingData.ts";

export interface TaughtLoss extends LossAndGradient {
  /** Origins whose forecast was put to the teacher, and those of them for which it had to leave out a rule. */
  readonly windows: number;
  readonly untaught: number;
}

/** Loss of a run of consecutive origins; rows of `outputs` are [origin][sensor], origin `first + k` in block k. */
export type PanelTeacherLoss = (
  outputs: Float32Array,
  first: number,
  origins: number,
  stride: number,
) => TaughtLoss;

/**
 * Mean over origins, sensors and outputs of the squared distance to the teacher's forecast: the nearest one behind the
 * same readings that keeps all rules by their margins.
 *
 * The teacher's forecast is held still while the gradient is taken; as it is the nearest one, that is the gradient of the
 * distance itself. Ma et al., "STLnet: Signal temporal logic enforced multivariate recurrent neural networks", NeurIPS
 * 2020, the second term of the student's loss. The history is the readings held over gaps; rules bind the median.
 *
 * @param margins robustness asked for, one a rule in its unit, above 0
 * @param scale what a unit of distance is worth, by target, in physical units
 */
export const createPanelTeacherLoss = (
  data: TrainingData,
  rules: readonly BoundRule[],
  margins: readonly number[],
  scale: readonly number[],
): PanelTeacherLoss => {
  const trace = createForecastTrace(data, rules);
  const { historySteps } = trace;
  const teacher = createPanelTeacher(rules, { margins, scale });
  const nearest = new Float64Array(trace.values.length);
  const gradientOfTrace = new Float64Array(trace.values.length);
  const width = data.plan.targets.length * data.plan.horizonSteps;
  const values = new Float64Array(width);
  const slopes = new Float64Array(data.sensors * width);
  const perTarget = data.sensors * trace.steps;

  return (outputs, first, origins, stride) => {
    const gradient = new Float32Array(outputs.length);
    const windows = Math.ceil(origins / stride);
    const blocksARow = outputs.length / (origins * data.sensors * width);
    const share = 1 / (data.sensors * width);
    let sum = 0;
    let untaught = 0;
    for (let block = 0; block < origins; block += stride) {
      const origin = first + block;
      writeHistory(trace, data, origin, data.held);
      for (let sensor = 0; sensor < data.sensors; sensor++) {
        const own = slopes.subarray(sensor * width, (sensor + 1) * width);
        decodeOutput(
          data,
          outputs,
          (block * data.sensors + sensor) * blocksARow,
          sensor,
          origin,
          values,
          own,
        );
        writeForecast(trace, data, sensor, values);
      }
      const clock = clockOfTrace(trace, data.readings.clock, origin);
      const given = { values: trace.values, steps: trace.steps, clock };
      const { distance, leftOut } = teacher.teach(given, historySteps, nearest);
      if (leftOut.length > 0) untaught++;
      if (!(distance > 0)) continue;
      sum += distance * share;
      for (let k = 0; k < scale.length * perTarget; k++) {
        const worth = scale[Math.floor(k / perTarget)]!;
        // Readings do not move; where one is missing the difference is no number.
        const move = k % trace.steps > historySteps ? trace.values[k]! - nearest[k]! : 0;
        gradientOfTrace[k] = (2 * share * move) / (worth * worth);
      }
      addOutputGradient(data, gradientOfTrace, trace, slopes, block, blocksARow, windows, gradient);
    }
    return { loss: sum / Math.max(1, windows), gradient, windows, untaught };
  };
};

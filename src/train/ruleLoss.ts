import { type BoundRule, createSmoothEvaluator } from "../stl/index.ts";
import { addOutputGradient } from "./addOutputGradient.ts";
import { decodeOutput } from "./decodeOutput.ts";
import type { LossAndGradient } from "./forecastLoss.ts";
import { clockOfTrace, createForecastTrace, writeForecast, writeHistory } from "./ForecastTrace.ts";
import type { TrainingData } from "./TrainingData.ts";

export interface RuleLossSettings {
  /** Robustness that the loss asks for, in units of the rule's scale. */
  readonly margin: number;
  /** Temperature of the smooth robustness, in 1 / unit of the rule's scale. */
  readonly temperature: number;
}

/** Loss of a run of consecutive origins; rows of `outputs` are [origin][sensor], origin `first + k` in block k. */
export type RuleLoss = (
  outputs: Float32Array,
  first: number,
  origins: number,
  stride: number,
  settings: RuleLossSettings,
) => LossAndGradient;

/**
 * Mean over origins of the sum over rules of weight * relu(margin - robustness / scale), with the sound smooth
 * robustness: a lower bound of the exact one, so that a loss of zero means that every rule holds with its margin.
 *
 * The history is the readings held over gaps; the gradient reaches the forecast alone. Rules bind the median: the outputs
 * of quantile heads behind it are not read.
 */
export const createRuleLoss = (data: TrainingData, rules: readonly BoundRule[]): RuleLoss => {
  const trace = createForecastTrace(data, rules);
  const { historySteps } = trace;
  const evaluators = rules.map((rule) => createSmoothEvaluator(rule, trace.steps));
  const gradientOfTrace = new Float64Array(trace.values.length);
  const width = data.plan.targets.length * data.plan.horizonSteps;
  const values = new Float64Array(width);
  const slopes = new Float64Array(data.sensors * width);

  return (outputs, first, origins, stride, settings) => {
    const gradient = new Float32Array(outputs.length);
    const judged = Math.ceil(origins / stride);
    const blocksARow = outputs.length / (origins * data.sensors * width);
    let sum = 0;
    for (let block = 0; block < origins; block += stride) {
      const origin = first + block;
      writeHistory(trace, data, origin, data.held);
      for (let sensor = 0; sensor < data.sensors; sensor++) {
        decodeOutput(
          data,
          outputs,
          (block * data.sensors + sensor) * blocksARow,
          sensor,
          origin,
          values,
          slopes.subarray(sensor * width, (sensor + 1) * width),
        );
        writeForecast(trace, data, sensor, values);
      }
      const clock = clockOfTrace(trace, data.readings.clock, origin);
      gradientOfTrace.fill(0);
      let broken = false;
      rules.forEach((rule, index) => {
        const options = { method: "sound", temperature: settings.temperature / rule.scale } as const;
        const evaluator = evaluators[index]!;
        const robustness = evaluator.evaluate(trace.values, clock, historySteps, options);
        const shortfall = settings.margin - robustness / rule.scale;
        if (!(shortfall > 0) || !Number.isFinite(shortfall)) return;
        broken = true;
        sum += rule.weight * shortfall;
        evaluator.evaluate(
          trace.values,
          clock,
          historySteps,
          options,
          gradientOfTrace,
          -rule.weight / rule.scale,
        );
      });
      if (broken)
        addOutputGradient(data, gradientOfTrace, trace, slopes, block, blocksARow, judged, gradient);
    }
    return { loss: sum / Math.max(1, judged), gradient };
  };
};

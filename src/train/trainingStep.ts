import * as tf from "@tensorflow/tfjs";
import { forecastOutputs, type ParameterTensors } from "../model/forecaster.ts";
import { type ForecasterShape, mapParameters, parameterNames, type Parameters } from "../model/Parameters.ts";
import type { Random } from "../series/random.ts";
import { forecastLoss, type LossAndGradient } from "./forecastLoss.ts";
import { gatherSequences, parameterTensors } from "./predictWindows.ts";
import type { RuleLoss } from "./ruleLoss.ts";
import type { SequenceBatch } from "./trainingBatches.ts";
import type { TrainingData } from "./TrainingData.ts";
import type { TrainingSettings } from "./TrainingSettings.ts";

export interface TrainingStep {
  readonly forecastLoss: number;
  readonly ruleLoss: number;
  readonly gradients: Parameters;
}

/**
 * Loss and gradient of one step: the forecast loss of a batch of sequences, and the rule loss of a run of
 * consecutive origins of all sensors that starts its window at `ruleFirst`.
 */
export const trainingStep = (
  parameters: Parameters,
  shape: ForecasterShape,
  data: TrainingData,
  batch: SequenceBatch,
  scale: Float64Array,
  settings: TrainingSettings,
  source: Random,
  ternary: boolean,
  rules: { readonly loss: RuleLoss; readonly first: number; readonly temperature: number } | undefined,
): TrainingStep =>
  tf.tidy(() => {
    const { scoredSteps, warmupSteps } = settings;
    const size = batch.sensorOf.length;
    const sensorOf = new Int32Array(scoredSteps * size);
    const originOf = new Int32Array(scoredSteps * size);
    for (let step = 0; step < scoredSteps; step++) {
      for (let b = 0; b < size; b++) {
        sensorOf[step * size + b] = batch.sensorOf[b]!;
        originOf[step * size + b] = batch.firstOf[b]! + warmupSteps + step;
      }
    }
    const sequences = tf.tensor3d(
      gatherSequences(data, batch.sensorOf, batch.firstOf, warmupSteps + scoredSteps),
      [warmupSteps + scoredSteps, size, data.observed],
    );
    const sensors = tf.tensor1d(batch.sensorOf, "int32");
    const dropout = dropoutMask(scoredSteps * size, shape.units, settings.dropout, source);
    let forecastTerm = 0;
    let ruleTerm = 0;

    const total = (tensors: ParameterTensors): tf.Scalar => {
      const outputs = forecastOutputs(
        tensors,
        shape,
        { features: sequences, sensors, scoredFrom: warmupSteps },
        dropout === undefined ? { ternary } : { ternary, dropout },
      );
      const forecast = lossWithGradient(outputs, (values) => {
        const result = forecastLoss(data, values, sensorOf, originOf, scale);
        forecastTerm = result.loss;
        return result;
      });
      if (rules === undefined) return forecast;
      const { origins, stride } = settings.rules;
      const window = data.plan.windowSteps - 1;
      const everySensor = Int32Array.from({ length: data.sensors }, (_, sensor) => sensor);
      const steps = window + origins;
      const ruleOutputs = forecastOutputs(
        tensors,
        shape,
        {
          features: tf.tensor3d(
            gatherSequences(data, everySensor, new Int32Array(data.sensors).fill(rules.first), steps),
            [steps, data.sensors, data.observed],
          ),
          sensors: tf.tensor1d(everySensor, "int32"),
          scoredFrom: window,
        },
        { ternary },
      );
      const rule = lossWithGradient(ruleOutputs, (values) => {
        const result = rules.loss(values, rules.first + window, origins, stride, {
          margin: settings.rules.margin,
          temperature: rules.temperature,
        });
        ruleTerm = result.loss;
        return result;
      });
      return tf.add<tf.Scalar>(forecast, tf.mul(rule, settings.rules.weight));
    };

    const tensors = parameterTensors(parameters, shape);
    // tfjs has no gradient with respect to an empty tensor: an embedding of length 0.
    const trained = parameterNames.filter((name) => parameters[name].length > 0);
    const { grads } = tf.valueAndGrads((...values: tf.Tensor[]) =>
      total({
        ...tensors,
        ...Object.fromEntries(trained.map((name, index) => [name, values[index] as tf.Tensor2D])),
      }),
    )(trained.map((name) => tensors[name]));
    const gradients = mapParameters((name) => {
      const gradient = grads[trained.indexOf(name)];
      return gradient === undefined ? new Float32Array(0) : Float32Array.from(gradient.dataSync<"float32">());
    });
    return { forecastLoss: forecastTerm, ruleLoss: ruleTerm, gradients };
  });

/** A loss computed on plain arrays, as a differentiable scalar. */
const lossWithGradient = (
  outputs: tf.Tensor2D,
  evaluate: (outputs: Float32Array) => LossAndGradient,
): tf.Scalar =>
  tf.customGrad((given) => {
    const values = given as tf.Tensor2D;
    const { gradient, loss } = evaluate(values.dataSync<"float32">());
    return {
      value: tf.scalar(loss),
      gradFunc: (upstream: tf.Tensor | readonly tf.Tensor[]) =>
        tf.mul(tf.tensor2d(gradient, values.shape), upstream as tf.Tensor),
    };
  })(outputs) as tf.Scalar;

const dropoutMask = (rows: number, units: number, rate: number, source: Random): tf.Tensor2D | undefined => {
  if (rate === 0) return undefined;
  const mask = new Float32Array(rows * units);
  const kept = 1 / (1 - rate);
  for (let k = 0; k < mask.length; k++) mask[k] = source.uniform() < rate ? 0 : kept;
  return tf.tensor2d(mask, [rows, units]);
};

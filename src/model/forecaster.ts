/** The forecaster: MI-GRU over the window, then a readout head of a linear and a one-layer part. */
import * as tf from "@tensorflow/tfjs";
import { recurrent } from "./recurrent.ts";
import type { ForecasterShape, ParameterName } from "./Parameters.ts";
import { ternariseStraightThrough } from "./ternarise.ts";

export type ParameterTensors = Readonly<Record<ParameterName, tf.Tensor2D>>;

export interface ForecasterInput {
  /** Observed features, [steps][batch][observed]. */
  readonly features: tf.Tensor3D;
  /** Index of each sensor of the batch, int32 [batch]. */
  readonly sensors: tf.Tensor1D;
  /** The head reads the states of the steps `scoredFrom..steps - 1`. */
  readonly scoredFrom: number;
}

export interface ForecasterOptions {
  /** Ternary weights and an int8 hidden state, as on the device; otherwise all float32. */
  readonly ternary: boolean;
  /** Multiplies the states that the head reads, [(steps - scoredFrom) * batch][units]; absent outside training. */
  readonly dropout?: tf.Tensor2D;
}

/** Outputs [(steps - scoredFrom) * batch][targets * horizon], step after step. */
export const forecastOutputs = (
  parameters: ParameterTensors,
  shape: ForecasterShape,
  input: ForecasterInput,
  options: ForecasterOptions,
): tf.Tensor2D => {
  const [steps, batch] = input.features.shape;
  const inputs = shape.observed + shape.embedding;
  const embedded =
    shape.embedding === 0
      ? input.features
      : (tf.concat(
          [
            input.features,
            tf.tile(tf.expandDims(tf.gather(parameters.embedding, input.sensors), 0), [steps, 1, 1]),
          ],
          2,
        ) as tf.Tensor3D);
  const quantise = (weights: tf.Tensor2D): tf.Tensor2D =>
    options.ternary ? ternariseStraightThrough(weights) : weights;
  const states = recurrent(
    embedded,
    quantise(parameters.inputWeights),
    quantise(parameters.stateWeights),
    parameters.integration,
    { cell: "gru", stateQuantiser: options.ternary ? "int8" : "none", inputGradient: shape.embedding > 0 },
  );
  const scored = steps - input.scoredFrom;
  const rows = scored * batch;
  const lastStates = tf.reshape(tf.slice(states, [input.scoredFrom, 0, 0], [scored, batch, shape.units]), [
    rows,
    shape.units,
  ]) as tf.Tensor2D;
  const kept = options.dropout === undefined ? lastStates : tf.mul<tf.Tensor2D>(lastStates, options.dropout);
  const lastInputs = tf.reshape(tf.slice(embedded, [input.scoredFrom, 0, 0], [scored, batch, inputs]), [
    rows,
    inputs,
  ]);
  const read = tf.concat([kept, lastInputs as tf.Tensor2D], 1);
  const hidden = tf.relu(tf.add(tf.matMul(read, parameters.hiddenWeights), parameters.hiddenBias));
  return tf.add<tf.Tensor2D>(
    tf.add(
      tf.matMul(hidden as tf.Tensor2D, parameters.outputWeights),
      tf.matMul(read, parameters.skipWeights),
    ),
    parameters.outputBias,
  );
};

/** The forecaster in tensor operations: the layers of a recurrent cell over the window, then a readout head of a linear and a one-layer part. */
import * as tf from "@tensorflow/tfjs";
import { recurrent } from "./recurrent.ts";
import { integrationOf, storedIntegrationGradient } from "./integrationOf.ts";
import { type LayeredName, layerRows } from "./layerRows.ts";
import { cellOf, type ForecasterShape, gateColumns, type ParameterName } from "./Parameters.ts";
import { quantiseTensor } from "./quantiseTensor.ts";

export type ParameterTensors = Readonly<Record<ParameterName, tf.Tensor2D>>;

export interface TensorInput {
  /** Observed features, [steps][batch][observed]. */
  readonly features: tf.Tensor3D;
  /** Index of each sensor of the batch, the number of sensors for `MEAN_SENSOR`, int32 [batch]. */
  readonly sensors: tf.Tensor1D;
  /** The head reads the states of the steps `scoredFrom..steps - 1`. */
  readonly scoredFrom: number;
}

export interface TensorOptions {
  /** Quantised as the shape's choice of cell says, as on the device; otherwise all float32. */
  readonly ternary: boolean;
  /** Multiplies the states that the head reads, [(steps - scoredFrom) * batch][units]; absent outside training. */
  readonly dropout?: tf.Tensor2D;
}

/** What `integrationOf` gives, with its gradient. */
const integrationTensor = (stored: tf.Tensor2D, shape: ForecasterShape, quantised: boolean): tf.Tensor2D =>
  tf.customGrad((given) => {
    const values = given as tf.Tensor2D;
    const choice = cellOf(shape);
    return {
      value: tf.tensor2d(integrationOf(choice, values.dataSync<"float32">(), quantised), values.shape),
      gradFunc: (gradient: tf.Tensor | readonly tf.Tensor[]) =>
        tf.tensor2d(
          storedIntegrationGradient(choice, Float32Array.from((gradient as tf.Tensor).dataSync<"float32">())),
          values.shape,
        ),
    };
  })(stored) as tf.Tensor2D;

/** Outputs [(steps - scoredFrom) * batch][outputs of the shape], step after step. */
export const forecastOutputs = (
  parameters: ParameterTensors,
  shape: ForecasterShape,
  input: TensorInput,
  options: TensorOptions,
): tf.Tensor2D => {
  const [steps, batch] = input.features.shape;
  const inputs = shape.observed + shape.embedding;
  const vectors = (): tf.Tensor =>
    tf.concat([parameters.embedding, tf.mean(parameters.embedding, 0, true)], 0);
  const embedded =
    shape.embedding === 0
      ? input.features
      : (tf.concat(
          [input.features, tf.tile(tf.expandDims(tf.gather(vectors(), input.sensors), 0), [steps, 1, 1])],
          2,
        ) as tf.Tensor3D);
  const choice = cellOf(shape);
  const quantise = (weights: tf.Tensor2D): tf.Tensor2D =>
    options.ternary ? quantiseTensor(weights, choice.weights) : weights;
  let states = embedded;
  layerRows(shape).forEach((rows, layer) => {
    const block = (name: LayeredName): tf.Tensor2D =>
      tf.slice(parameters[name], [rows[name][0], 0], [rows[name][1], gateColumns(shape)]);
    states = recurrent(
      states,
      quantise(block("inputWeights")),
      quantise(block("stateWeights")),
      integrationTensor(block("integration"), shape, options.ternary),
      {
        cell: choice.cell,
        slope: choice.slope,
        stateQuantiser: options.ternary ? choice.state : "none",
        inputGradient: layer > 0 || shape.embedding > 0,
      },
    );
  });
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

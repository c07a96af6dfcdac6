import * as tf from "@tensorflow/tfjs";
import { forecastOutputs, type ParameterTensors } from "./forecaster.ts";
import type { RunForecaster } from "./ForecasterRun.ts";
import { MEAN_SENSOR } from "./meanSensor.ts";
import { mapParameters, parameterNames, type Parameters, parameterShapes } from "./Parameters.ts";

/**
 * Runs the forecaster by tensor operations on the tfjs backend in use: the reference of `runFused`, and what stands in
 * for it where its kernels do not load. The reverse pass runs forward once more.
 */
export const runTensors: RunForecaster = (parameters, shape, input, options) => {
  if ((options.stateNoise?.share ?? 0) > 0) {
    throw new RangeError("tensor operations have no chance in the state: take the fused kernels");
  }
  const { scoredFrom, sensors, steps } = input;
  const batch = sensors.length;
  const rows = (steps - scoredFrom) * batch;
  const shapes = parameterShapes(shape);
  // tfjs has no gradient with respect to an empty tensor: an embedding of length 0.
  const trained = parameterNames.filter((name) => parameters[name].length > 0);
  const tensorsOf = (): tf.Tensor2D[] => trained.map((name) => tf.tensor2d(parameters[name], shapes[name]));
  const outputsOf = (...values: tf.Tensor[]): tf.Tensor2D => {
    const tensors = Object.fromEntries(
      parameterNames.map((name) => [name, values[trained.indexOf(name)] ?? tf.zeros(shapes[name])]),
    ) as ParameterTensors;
    return forecastOutputs(
      tensors,
      shape,
      {
        features: tf.tensor3d(input.features, [steps, batch, shape.observed]),
        sensors: tf.tensor1d(
          sensors.map((sensor) => (sensor === MEAN_SENSOR ? shape.sensors : sensor)),
          "int32",
        ),
        scoredFrom,
      },
      {
        ternary: options.ternary,
        ...(options.dropout && { dropout: tf.tensor2d(options.dropout, [rows, shape.units]) }),
      },
    );
  };
  const backward = (outputGradient: Float32Array): Parameters =>
    tf.tidy(() => {
      const gradients = tf.grads(outputsOf)(tensorsOf(), tf.tensor2d(outputGradient, [rows, shape.outputs]));
      return mapParameters((name) =>
        Float32Array.from(gradients[trained.indexOf(name)]?.dataSync<"float32">() ?? []),
      );
    });
  const outputs = tf.tidy(() => Float32Array.from(outputsOf(...tensorsOf()).dataSync<"float32">()));
  return { outputs, backward, release: () => undefined };
};

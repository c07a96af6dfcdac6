import { createDenseKernel } from "../kernels/DenseKernel.ts";
import { sharedKernelThread } from "../kernels/KernelThread.ts";
import { createRecurrentKernel, type RecurrentKernel } from "../kernels/RecurrentKernel.ts";
import type { ForecasterInput, ForecasterOptions, ForecasterRun, RunForecaster } from "./ForecasterRun.ts";
import { type ForecasterShape, mapParameters, type ParameterName, type Parameters } from "./Parameters.ts";
import { runCellLayers } from "./runCellLayers.ts";
import { MEAN_SENSOR, meanSensorVector } from "./meanSensor.ts";

const dense = createDenseKernel();

/** Rows of `left` and `right` side by side. */
const joined = (left: Float32Array, right: Float32Array, rows: number): Float32Array => {
  const [a, b] = [left.length / rows, right.length / rows];
  const result = new Float32Array(left.length + right.length);
  for (let row = 0; row < rows; row++) {
    result.set(left.subarray(row * a, (row + 1) * a), row * (a + b));
    result.set(right.subarray(row * b, (row + 1) * b), row * (a + b) + a);
  }
  return result;
};

/** Columns `from..to - 1` of a matrix of `rows` rows. */
const columnsOf = (matrix: Float32Array, rows: number, from: number, to: number): Float32Array => {
  const width = matrix.length / rows;
  const result = new Float32Array(rows * (to - from));
  for (let row = 0; row < rows; row++) {
    result.set(matrix.subarray(row * width + from, row * width + to), row * (to - from));
  }
  return result;
};

const columnSums = (matrix: Float32Array, columns: number): Float32Array => {
  const sums = new Float64Array(columns);
  for (let row = 0; row < matrix.length; row += columns) {
    for (let k = 0; k < columns; k++) sums[k]! += matrix[row + k]!;
  }
  return Float32Array.from(sums);
};

/** Features with the vector of each sensor behind them, [steps][batch][inputs]. */
const withEmbedding = (
  parameters: Parameters,
  shape: ForecasterShape,
  input: ForecasterInput,
): Float32Array => {
  const { embedding, observed } = shape;
  if (embedding === 0) return input.features;
  const batch = input.sensors.length;
  const inputs = observed + embedding;
  const x = new Float32Array(input.steps * batch * inputs);
  const mean = meanSensorVector(parameters.embedding, embedding);
  for (let row = 0; row < input.steps * batch; row++) {
    x.set(input.features.subarray(row * observed, (row + 1) * observed), row * inputs);
    const sensor = input.sensors[row % batch]!;
    const vector =
      sensor === MEAN_SENSOR
        ? mean
        : parameters.embedding.subarray(sensor * embedding, (sensor + 1) * embedding);
    x.set(vector, row * inputs + observed);
  }
  return x;
};

const addEmbeddingGradient = (
  gradient: Float32Array,
  shape: ForecasterShape,
  sensors: Int32Array,
  rows: Float32Array,
  columnsBefore: number,
): void => {
  const { embedding } = shape;
  const width = columnsBefore + embedding;
  const ofMean = new Float64Array(embedding);
  for (let row = 0; row * width < rows.length; row++) {
    const sensor = sensors[row % sensors.length]!;
    const into = sensor === MEAN_SENSOR ? ofMean : gradient;
    const to = sensor === MEAN_SENSOR ? 0 : sensor * embedding;
    for (let k = 0; k < embedding; k++) into[to + k]! += rows[row * width + columnsBefore + k]!;
  }
  // A sensor's share of the mean is one in so many.
  if (sensors.includes(MEAN_SENSOR)) {
    for (let k = 0; k < gradient.length; k++) gradient[k]! += ofMean[k % embedding]! / shape.sensors;
  }
};

const runOn = (
  cellKernel: RecurrentKernel,
  parameters: Parameters,
  shape: ForecasterShape,
  input: ForecasterInput,
  options: ForecasterOptions,
): ForecasterRun => {
  const { headUnits, outputs: width, units } = shape;
  const inputs = shape.observed + shape.embedding;
  const batch = input.sensors.length;
  const scored = input.steps - input.scoredFrom;
  const rows = scored * batch;
  const read = units + inputs;
  const x = withEmbedding(parameters, shape, input);
  const cell = runCellLayers(
    cellKernel,
    parameters,
    shape,
    x,
    { batch, steps: input.steps, readFrom: input.scoredFrom },
    options,
  );
  const { states } = cell;
  const { dropout } = options;
  if (dropout !== undefined) for (let k = 0; k < states.length; k++) states[k]! *= dropout[k]!;
  const seen = joined(states, x.subarray(input.scoredFrom * batch * inputs), rows);
  // The hidden layer and the linear part read the same: one product serves both.
  const weights = joined(parameters.hiddenWeights, parameters.skipWeights, read);
  const both = dense.multiply(seen, weights, rows, read, headUnits + width);
  const hidden = columnsOf(both, rows, 0, headUnits);
  for (let k = 0; k < hidden.length; k++) {
    hidden[k] = Math.max(0, hidden[k]! + parameters.hiddenBias[k % headUnits]!);
  }
  const outputs = columnsOf(both, rows, headUnits, headUnits + width);
  if (headUnits > 0) {
    const lifted = dense.multiply(hidden, parameters.outputWeights, rows, headUnits, width);
    for (let k = 0; k < outputs.length; k++) outputs[k]! += lifted[k]!;
  }
  for (let k = 0; k < outputs.length; k++) outputs[k]! += parameters.outputBias[k % width]!;

  const backward = (outputGradient: Float32Array): Parameters => {
    const dHidden =
      headUnits === 0
        ? new Float32Array(0)
        : dense.multiplyByTranspose(outputGradient, parameters.outputWeights, rows, headUnits, width);
    for (let k = 0; k < dHidden.length; k++) if (!(hidden[k]! > 0)) dHidden[k] = 0;
    const dBoth = joined(dHidden, outputGradient, rows);
    const dWeights = dense.multiplyTransposed(seen, dBoth, rows, read, headUnits + width);
    const dSeen = dense.multiplyByTranspose(dBoth, weights, rows, read, headUnits + width);
    const stateGradient = new Float32Array(states.length);
    for (let row = 0; row < rows; row++) {
      for (let unit = 0; unit < units; unit++) {
        const k = row * units + unit;
        stateGradient[k] = dSeen[row * read + unit]! * (dropout?.[k] ?? 1);
      }
    }
    const cellGradients = cell.backward(stateGradient, shape.embedding > 0);
    const embedding = new Float32Array(parameters.embedding.length);
    if (cellGradients.x !== undefined) {
      addEmbeddingGradient(embedding, shape, input.sensors, cellGradients.x, shape.observed);
      addEmbeddingGradient(embedding, shape, input.sensors, dSeen, units + shape.observed);
    }
    const gradients: Readonly<Record<ParameterName, () => Float32Array>> = {
      inputWeights: () => cellGradients.inputWeights,
      stateWeights: () => cellGradients.stateWeights,
      integration: () => cellGradients.integration,
      hiddenWeights: () => columnsOf(dWeights, read, 0, headUnits),
      hiddenBias: () => columnSums(dHidden, headUnits),
      outputWeights: () =>
        headUnits === 0
          ? new Float32Array(0)
          : dense.multiplyTransposed(hidden, outputGradient, rows, headUnits, width),
      skipWeights: () => columnsOf(dWeights, read, headUnits, headUnits + width),
      outputBias: () => columnSums(outputGradient, width),
      embedding: () => embedding,
    };
    return mapParameters((name) => gradients[name]());
  };
  return { outputs, backward, release: cell.release };
};

/**
 * Makes what runs the forecaster on plain arrays: the fused cell, on one thread or two, then the readout head. The same
 * function as `runTensors`, whose values and gradients it shares within float32 rounding. Bytes do not depend on the
 * number of threads.
 *
 * @param second gives the second thread
 * @throws KernelThreadError, where the second thread fails, when the forecaster runs
 */
export const fusedForecaster = (threads: 1 | 2, second = sharedKernelThread): RunForecaster => {
  const kernel = createRecurrentKernel(threads === 2 ? { thread: second() } : {});
  return (...values) => runOn(kernel, ...values);
};

/** The fused forecaster on one thread. */
export const runFused: RunForecaster = fusedForecaster(1);

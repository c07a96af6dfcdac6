import { type LayeredName, layerRows, rowsOf } from "./layerRows.ts";
import {
  cellOf,
  type ForecasterShape,
  mapParameters,
  type Parameters,
  parameterShapes,
} from "./Parameters.ts";

/**
 * Alpha, beta1 and beta2 at the start. `readings`, for standardised readings: an additive cell with half the
 * second-order term. The others are those of Wu et al. 2016 for one-hot or embedded symbols: exploratory character
 * models; character models and speech of the MI-LSTM; skip-thought and question answering.
 */
export const integrationStarts = {
  readings: { alpha: 0.5, beta1: 1, beta2: 1 },
  exploratory: { alpha: 2, beta1: 0.5, beta2: 0.5 },
  characters: { alpha: 1, beta1: 0.5, beta2: 0.5 },
  sentences: { alpha: 1, beta1: 1, beta2: 1 },
} as const;
export type IntegrationStart = keyof typeof integrationStarts;

/** Of the numbers of a sensor's vector at the start. */
export const INITIAL_EMBEDDING_DEVIATION = 0.3;

/** Update gate at the start: sigmoid(-1) of the candidate, so that the state keeps most of its past. */
const INITIAL_UPDATE_BIAS = -1;
/** Forget gate of the LSTM at the start: sigmoid(1), so that the cell keeps most of its past. */
const INITIAL_FORGET_BIAS = 1;

/**
 * Starting point of training: input weights N(0, 1 / inputs), recurrent weights orthogonal per gate,
 * alpha and the betas by `start`, output layers zero, so that the first forecast is the baseline. All layers of the
 * cell start alike, each with the inputs of its own.
 */
export const initialParameters = (
  shape: ForecasterShape,
  normal: () => number,
  start: IntegrationStart = "readings",
): Parameters => {
  const shapes = parameterShapes(shape);
  const { units } = shape;
  const gaussian = (size: number, deviation: number): Float32Array =>
    Float32Array.from({ length: size }, () => normal() * deviation);
  /** A parameter whose blocks, one a layer, are made by a function of their rows. */
  const byLayer = (name: LayeredName, block: (rows: number) => Float32Array): Float32Array => {
    const [rows, columns] = shapes[name];
    const matrix = new Float32Array(rows * columns);
    for (const { [name]: span } of layerRows(shape)) rowsOf(matrix, columns, span).set(block(span[1]));
    return matrix;
  };
  return mapParameters((name) => {
    const [rows, columns] = shapes[name];
    switch (name) {
      case "inputWeights":
        return byLayer(name, (inputs) => gaussian(inputs * columns, 1 / Math.sqrt(inputs)));
      case "hiddenWeights":
        return gaussian(rows * columns, 1 / Math.sqrt(rows));
      case "stateWeights":
        return byLayer(name, () => orthogonalGates(units, columns / units, normal));
      case "integration":
        return byLayer(name, () => startingIntegration(shape, columns, start));
      case "embedding":
        return gaussian(rows * columns, INITIAL_EMBEDDING_DEVIATION);
      case "hiddenBias":
      case "outputBias":
      case "outputWeights":
      case "skipWeights":
        return new Float32Array(rows * columns);
    }
  });
};

/** Alpha, beta1, beta2 and bias of one layer, [4][columns]. */
const startingIntegration = (
  shape: ForecasterShape,
  columns: number,
  start: IntegrationStart,
): Float32Array => {
  const { units } = shape;
  const integration = new Float32Array(4 * columns);
  const { alpha, beta1, beta2 } = integrationStarts[start];
  integration.fill(alpha, 0, columns);
  integration.fill(beta1, columns, 2 * columns);
  integration.fill(beta2, 2 * columns, 3 * columns);
  const { cell } = cellOf(shape);
  if (cell === "gru") integration.fill(INITIAL_UPDATE_BIAS, 3 * columns, 3 * columns + units);
  // The gates of the LSTM are i, f, o, g.
  if (cell === "lstm") {
    integration.fill(INITIAL_FORGET_BIAS, 3 * columns + units, 3 * columns + 2 * units);
  }
  return integration;
};

/** Orthogonal matrices side by side, [units][gates * units], by Gram-Schmidt on Gaussian rows. */
const orthogonalGates = (units: number, gates: number, normal: () => number): Float32Array => {
  const weights = new Float32Array(units * gates * units);
  for (let gate = 0; gate < gates; gate++) {
    const basis: Float64Array[] = [];
    while (basis.length < units) {
      const row = Float64Array.from({ length: units }, normal);
      // Twice, because one pass of Gram-Schmidt loses orthogonality to rounding.
      for (let pass = 0; pass < 2; pass++) {
        for (const other of basis) {
          const overlap = dot(row, other);
          for (let k = 0; k < units; k++) row[k]! -= overlap * other[k]!;
        }
      }
      const length = Math.sqrt(dot(row, row));
      if (length > 1e-6) basis.push(row.map((value) => value / length));
    }
    basis.forEach((row, index) =>
      row.forEach((value, k) => (weights[index * gates * units + gate * units + k] = value)),
    );
  }
  return weights;
};

const dot = (a: Float64Array, b: Float64Array): number => {
  let sum = 0;
  for (let k = 0; k < a.length; k++) sum += a[k]! * b[k]!;
  return sum;
};

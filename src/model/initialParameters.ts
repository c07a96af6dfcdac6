import { type ForecasterShape, mapParameters, type Parameters, parameterShapes } from "./Parameters.ts";

/** Second-order term at the start: half the product of the two projections (Wu 2016 starts at 1 on one-hot inputs). */
const INITIAL_ALPHA = 0.5;
/** Update gate at the start: sigmoid(-1) of the candidate, so that the state keeps most of its past. */
const INITIAL_UPDATE_BIAS = -1;

/**
 * Starting point of training: input weights N(0, 1 / inputs), recurrent weights orthogonal per gate,
 * alpha 0.5 and beta1 = beta2 = 1 (an additive GRU with a second-order term), output layers zero, so that the
 * first forecast is the baseline.
 */
export const initialParameters = (shape: ForecasterShape, normal: () => number): Parameters => {
  const shapes = parameterShapes(shape);
  const { units } = shape;
  const gaussian = (size: number, deviation: number): Float32Array =>
    Float32Array.from({ length: size }, () => normal() * deviation);
  return mapParameters((name) => {
    const [rows, columns] = shapes[name];
    switch (name) {
      case "inputWeights":
      case "hiddenWeights":
        return gaussian(rows * columns, 1 / Math.sqrt(rows));
      case "stateWeights":
        return orthogonalGates(units, normal);
      case "integration": {
        const integration = new Float32Array(rows * columns);
        integration.fill(INITIAL_ALPHA, 0, columns);
        integration.fill(1, columns, 3 * columns);
        integration.fill(INITIAL_UPDATE_BIAS, 3 * columns, 3 * columns + units);
        return integration;
      }
      case "embedding":
        return gaussian(rows * columns, 0.3);
      case "hiddenBias":
      case "outputBias":
      case "outputWeights":
      case "skipWeights":
        return new Float32Array(rows * columns);
    }
  });
};

/** Three orthogonal matrices side by side, [units][3 * units], by Gram-Schmidt on Gaussian rows. */
const orthogonalGates = (units: number, normal: () => number): Float32Array => {
  const weights = new Float32Array(units * 3 * units);
  for (let gate = 0; gate < 3; gate++) {
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
      row.forEach((value, k) => (weights[index * 3 * units + gate * units + k] = value)),
    );
  }
  return weights;
};

const dot = (a: Float64Array, b: Float64Array): number => {
  let sum = 0;
  for (let k = 0; k < a.length; k++) sum += a[k]! * b[k]!;
  return sum;
};

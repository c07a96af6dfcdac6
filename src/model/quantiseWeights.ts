import { expandTernary, ternarise, type TernaryMatrix } from "./ternarise.ts";

/**
 * How the weights of a cell become ternary; all keep -1, 0, 1 and one scale a column, which folds into alpha, beta1
 * and beta2 exactly.
 *
 * - `rowScale`: threshold 0.7 of the mean magnitude of each output unit, scale the mean of what it keeps (Li and Liu,
 *   "Ternary Weight Networks", 2016, by unit instead of by matrix).
 * - `hitnet`: threshold 0.7 of the mean magnitude of the matrix, no scale (Wang et al., "HitNet", 2018); biases are
 *   made ternary likewise.
 * - `weightNorm`: thresholds as `rowScale`, each unit's codes scaled to length 1, so that alpha and the betas are its
 *   gain (after Hou et al., "Normalization Helps Training of Quantized LSTM", 2019).
 * - `bitnet`: round(w / mean magnitude of the matrix) clipped to -1..1, scaled by that mean (Ma et al., "The Era of
 *   1-bit LLMs", 2024).
 */
export type WeightQuantiser = "rowScale" | "hitnet" | "weightNorm" | "bitnet";

const meanMagnitude = (weights: Float32Array): number => {
  let sum = 0;
  for (const weight of weights) sum += Math.abs(weight);
  return sum / weights.length;
};

/** One threshold and one scale for the whole matrix; NaN anywhere shows in the scale. */
const byMatrix = (
  weights: Float32Array,
  columns: number,
  threshold: number,
  scale: number,
): TernaryMatrix => ({
  codes: Int8Array.from(weights, (weight) => (Math.abs(weight) > threshold ? Math.sign(weight) : 0)),
  scales: new Float32Array(columns).fill(Number.isFinite(threshold) ? scale : Number.NaN),
});

/** Length of each column of codes. */
const columnLengths = (codes: Int8Array, columns: number): Float64Array => {
  const squares = new Float64Array(columns);
  for (let at = 0; at < codes.length; at += columns) {
    for (let column = 0; column < columns; column++) squares[column]! += codes[at + column]! ** 2;
  }
  return squares.map(Math.sqrt);
};

/**
 * Makes a row-major [rows][columns] matrix, whose columns are output units, ternary.
 *
 * @example
 * quantiseWeights("bitnet", Float32Array.of(1, -0.25, -3, 0.75), 2, 2);
 * // => { codes: Int8Array [ 1, 0, -1, 1 ], scales: Float32Array [ 1.25, 1.25 ] }
 */
export const quantiseWeights = (
  quantiser: WeightQuantiser,
  weights: Float32Array,
  rows: number,
  columns: number,
): TernaryMatrix => {
  switch (quantiser) {
    case "rowScale":
      return ternarise(weights, rows, columns);
    case "weightNorm": {
      const { codes, scales } = ternarise(weights, rows, columns);
      const lengths = columnLengths(codes, columns);
      return {
        codes,
        scales: scales.map((scale, column) =>
          Number.isFinite(scale) ? (lengths[column] === 0 ? 0 : 1 / lengths[column]!) : scale,
        ),
      };
    }
    case "hitnet":
      return byMatrix(weights, columns, 0.7 * meanMagnitude(weights), 1);
    case "bitnet": {
      // Rounding w / mean to the nearest, ties to even, keeps what lies beyond half the mean.
      const mean = meanMagnitude(weights);
      return byMatrix(weights, columns, 0.5 * mean, mean);
    }
  }
};

/** The matrix that a cell multiplies by in its quantised phase, row-major, in float32. */
export const quantisedMatrix = (
  quantiser: WeightQuantiser,
  weights: Float32Array,
  rows: number,
  columns: number,
): Float32Array => expandTernary(quantiseWeights(quantiser, weights, rows, columns));

/** A matrix as codes and one scale per output unit: weight [row][column] is about scale[column] * code. */
export interface TernaryMatrix {
  /** -1, 0 or 1, laid out as the matrix. */
  readonly codes: Int8Array;
  /**
   * float32, so that training and device multiply by the same number; NaN for a column that is not finite.
   */
  readonly scales: Float32Array;
}

/**
 * Share of a column's mean magnitude below which a weight becomes 0 (Li and Liu, "Ternary Weight Networks",
 * 2016).
 */
const THRESHOLD = 0.7;

/**
 * Ternarises a row-major [rows][columns] matrix whose columns are the output units, as [inputs][3 units]
 * is.
 *
 * Per column: code = sign(w) where |w| > 0.7 mean |w|, else 0; scale = mean |w| of the kept weights, 0 when
 * none is kept. Sums are taken in float64, row after row.
 *
 * @example
 * ternarise(Float32Array.of(1, -0.25, -3, 0.25), 2, 2);
 * // => { codes: Int8Array [ 0, -1, -1, 1 ], scales: Float32Array [ 3, 0.25 ] }
 */
export const ternarise = (
  weights: Float32Array | Float64Array,
  rows: number,
  columns: number,
): TernaryMatrix => {
  const codes = new Int8Array(rows * columns);
  const thresholds = new Float64Array(columns);
  const sums = new Float64Array(columns);
  const kept = new Int32Array(columns);
  for (let at = 0; at < weights.length; at += columns) {
    for (let column = 0; column < columns; column++) thresholds[column]! += Math.abs(weights[at + column]!);
  }
  for (let column = 0; column < columns; column++) thresholds[column]! *= THRESHOLD / rows;
  for (let at = 0; at < weights.length; at += columns) {
    for (let column = 0; column < columns; column++) {
      const weight = weights[at + column]!;
      const magnitude = Math.abs(weight);
      if (magnitude <= thresholds[column]!) continue;
      codes[at + column] = weight > 0 ? 1 : weight < 0 ? -1 : 0;
      sums[column]! += magnitude;
      kept[column]! += 1;
    }
  }
  const scales = Float32Array.from(sums, (sum, column) => {
    if (!Number.isFinite(thresholds[column]!)) return Number.NaN;
    return kept[column] === 0 ? 0 : sum / kept[column]!;
  });
  return { codes, scales };
};

/** The matrix that codes and scales stand for, row-major, in float32. */
export const expandTernary = ({ codes, scales }: TernaryMatrix): Float32Array => {
  const columns = scales.length;
  const weights = new Float32Array(codes.length);
  for (let at = 0; at < codes.length; at += columns) {
    for (let column = 0; column < columns; column++)
      weights[at + column] = codes[at + column]! * scales[column]!;
  }
  return weights;
};

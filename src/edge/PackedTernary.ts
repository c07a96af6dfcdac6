/**
 * A ternary matrix laid out so that one multiplication of doubles serves several rows at once.
 *
 * The codes of `lanes` rows stand in one number as sum(code * base^lane). As every partial sum of a row stays
 * below base / 2, the sum of a whole column product splits into the rows' sums without a carry, and as the
 * number stays below 2^52 nothing is rounded: the result is that of plain integer additions.
 */
export interface PackedTernary {
  readonly rows: number;
  readonly columns: number;
  readonly lanes: number;
  readonly base: number;
  /** [block of four lane groups][column][group in block] */
  readonly weights: Float64Array;
}

const EXACT_BITS = 52;

/** Packs rows of codes for inputs whose magnitude is at most `inputMaximum`. */
export const packTernary = (
  codes: Int8Array,
  rows: number,
  columns: number,
  inputMaximum: number,
): PackedTernary => {
  const bits = Math.ceil(Math.log2(2 * columns * inputMaximum + 2));
  const lanes = Math.max(1, Math.floor(EXACT_BITS / bits));
  const base = 2 ** bits;
  const blocks = Math.ceil(rows / (4 * lanes));
  const weights = new Float64Array(blocks * columns * 4);
  for (let row = 0; row < rows; row++) {
    const group = Math.floor(row / lanes);
    const worth = base ** (row % lanes);
    const block = group >> 2;
    for (let column = 0; column < columns; column++) {
      weights[(block * columns + column) * 4 + (group & 3)]! += codes[row * columns + column]! * worth;
    }
  }
  return { rows, columns, lanes, base, weights };
};

/** `result[row] = sum(code * input)` for integer inputs; `result` is at least `rows` long. */
export const multiplyTernary = (matrix: PackedTernary, input: Float64Array, result: Float64Array): void => {
  const { rows, columns, lanes, base, weights } = matrix;
  const inverse = 1 / base;
  let row = 0;
  let at = 0;
  while (row < rows) {
    let sum0 = 0;
    let sum1 = 0;
    let sum2 = 0;
    let sum3 = 0;
    for (let column = 0; column < columns; column++) {
      const value = input[column]!;
      sum0 += value * weights[at]!;
      sum1 += value * weights[at + 1]!;
      sum2 += value * weights[at + 2]!;
      sum3 += value * weights[at + 3]!;
      at += 4;
    }
    row = unpack(sum0, row, rows, lanes, base, inverse, result);
    row = unpack(sum1, row, rows, lanes, base, inverse, result);
    row = unpack(sum2, row, rows, lanes, base, inverse, result);
    row = unpack(sum3, row, rows, lanes, base, inverse, result);
  }
};

const unpack = (
  packed: number,
  row: number,
  rows: number,
  lanes: number,
  base: number,
  inverse: number,
  result: Float64Array,
): number => {
  const end = row + lanes < rows ? row + lanes : rows;
  let rest = packed;
  for (let lane = row; lane < end; lane++) {
    const next = Math.floor(rest * inverse + 0.5);
    result[lane] = rest - next * base;
    rest = next;
  }
  return end;
};

/** Columns are padded to a multiple of this, so that a compiler can take them eight at a time. */
const COLUMN_BLOCK = 8;
/** Rows whose codes share a byte. */
const ROWS_PER_BYTE = 4;
/**
 * Rows that are summed together, in two bytes a column. With four, the loop over 16 columns is short enough for gcc -O3
 * to unroll it whole before it looks for vectors, which takes twice the time.
 */
export const ROWS_PER_BLOCK = 2 * ROWS_PER_BYTE;

export const paddedColumns = (columns: number): number => Math.ceil(columns / COLUMN_BLOCK) * COLUMN_BLOCK;

/**
 * Ternary codes at two bits each as C reads them: [four rows][column], row 4 n + k in the bits 2 k and 2 k + 1
 * as code + 1. Padding, to whole blocks of eight rows, has the code 0.
 *
 * A row's sum(code * v) is sum((code + 1) * v) - sum(v), and the last sum serves all rows: so two bits are unpacked by a
 * shift and a mask, and a whole row is a product of small unsigned numbers, which compilers vectorise.
 *
 * @example
 * packCodes(Int8Array.of(-1, 0, 1), 1, 3)[2] & 3; // => 2
 */
export const packCodes = (codes: Int8Array, rows: number, columns: number): Uint8Array => {
  const width = paddedColumns(columns);
  const paddedRows = Math.ceil(rows / ROWS_PER_BLOCK) * ROWS_PER_BLOCK;
  const packed = new Uint8Array((paddedRows / ROWS_PER_BYTE) * width);
  for (let row = 0; row < paddedRows; row++) {
    for (let column = 0; column < width; column++) {
      const code = row < rows && column < columns ? codes[row * columns + column]! : 0;
      packed[Math.floor(row / ROWS_PER_BYTE) * width + column]! |= (code + 1) << (2 * (row % ROWS_PER_BYTE));
    }
  }
  return packed;
};

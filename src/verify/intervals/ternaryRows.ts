import { type AffineBlock, SLACK, sumOfMagnitudes } from "./AffineBlock.ts";

/** The columns of each row of a ternary matrix that are not zero, with their signs; filled up to a multiple of four by zeros. */
export type TernaryRows = readonly { readonly columns: Int32Array; readonly signs: Float64Array }[];

const TOGETHER = 4;

/** Lists the codes of the rows `from..to - 1`. */
export const ternaryRows = (codes: Int8Array, width: number, from: number, to: number): TernaryRows =>
  Array.from({ length: to - from }, (_, index) => {
    const row = codes.subarray((from + index) * width, (from + index + 1) * width);
    const used = Array.from(row.keys()).filter((column) => row[column] !== 0);
    const length = Math.ceil(used.length / TOGETHER) * TOGETHER;
    return {
      columns: Int32Array.from({ length }, (_unused, place) => used[place] ?? 0),
      signs: Float64Array.from({ length }, (_unused, place) => row[used[place] ?? -1] ?? 0),
    };
  });

/** `product = matrix * input` over the first `symbols` symbols; its box is the tighter of form and interval sums. */
export const multiplyRows = (
  matrix: TernaryRows,
  input: AffineBlock,
  symbols: number,
  product: AffineBlock,
): void => {
  const from = input.coefficients;
  const to = product.coefficients;
  const { stride } = input;
  for (let row = 0; row < matrix.length; row++) {
    const { columns, signs } = matrix[row]!;
    const at = row * product.stride;
    to.fill(0, at, at + symbols);
    let centre = 0;
    let remainder = 0;
    let lower = 0;
    let upper = 0;
    let magnitude = 0;
    for (let place = 0; place < columns.length; place++) {
      const column = columns[place]!;
      const sign = signs[place]!;
      if (sign === 0) continue;
      centre += sign * input.centre[column]!;
      remainder += input.remainder[column]!;
      magnitude += input.reach[column]!;
      lower += sign > 0 ? input.lower[column]! : -input.upper[column]!;
      upper += sign > 0 ? input.upper[column]! : -input.lower[column]!;
    }
    for (let place = 0; place < columns.length; place += TOGETHER) {
      const first = columns[place]! * stride;
      const second = columns[place + 1]! * stride;
      const third = columns[place + 2]! * stride;
      const fourth = columns[place + 3]! * stride;
      const [a, b] = [signs[place]!, signs[place + 1]!];
      const [c, d] = [signs[place + 2]!, signs[place + 3]!];
      for (let s = 0; s < symbols; s++) {
        to[at + s]! +=
          a * from[first + s]! + b * from[second + s]! + c * from[third + s]! + d * from[fourth + s]!;
      }
    }
    const own = sumOfMagnitudes(to, at, symbols);
    const slack = SLACK * magnitude;
    const spread = own + remainder + 2 * slack;
    product.centre[row] = centre;
    product.remainder[row] = remainder + slack;
    product.reach[row] = Math.abs(centre) + own + remainder;
    // Bounds are whole numbers: sums of them are exact.
    product.lower[row] = Math.max(lower, Math.ceil(centre - spread));
    product.upper[row] = Math.min(upper, Math.floor(centre + spread));
  }
};

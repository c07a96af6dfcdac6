/**
 * Some numbers of which it is known that each is `centre + sum over symbols of coefficient * e + r`, with the same
 * unknown e in [-1, 1] of each symbol in all of them and an r of its own within +-`remainder`; and, beside that, that it
 * lies in `lower..upper`. So a block is a zonotope (Ghorbal, Goubault, Putot, "The zonotope abstract domain Taylor1+",
 * CAV 2009) together with a box, each of which can be the tighter one.
 *
 * Float64 rounding is part of the remainder. A sum of n products computed in any order differs from the exact one by at
 * most n 2^-52 of the sum of their magnitudes (n < 2^13, with room for the n 2^-53 / (1 - n 2^-53) of Higham, "Accuracy
 * and stability", 3.1), so whoever forms one adds {@link SLACK} of the magnitudes.
 */
export interface AffineBlock {
  readonly rows: number;
  /** Room for symbols. */
  readonly stride: number;
  readonly centre: Float64Array;
  /** [row][symbol] */
  readonly coefficients: Float64Array;
  readonly remainder: Float64Array;
  /** Magnitude of centre, coefficients and remainder together: what float64 errors of a row are measured against. */
  readonly reach: Float64Array;
  readonly lower: Float64Array;
  readonly upper: Float64Array;
}

/** Share of the magnitudes by which float64 sums of up to 2^13 terms can be off. */
export const SLACK = 2 ** -38;

/** Makes a block of zeros. */
export const createAffineBlock = (rows: number, stride: number): AffineBlock => ({
  rows,
  stride,
  centre: new Float64Array(rows),
  coefficients: new Float64Array(rows * stride),
  remainder: new Float64Array(rows),
  reach: new Float64Array(rows),
  lower: new Float64Array(rows),
  upper: new Float64Array(rows),
});

/** Sum of the magnitudes of `count` numbers from index `at` on. */
export const sumOfMagnitudes = (values: Float64Array, at: number, count: number): number => {
  let sum = 0;
  for (let index = at; index < at + count; index++) sum += Math.abs(values[index]!);
  return sum;
};

/** How far a row can be from its centre: what its box leaves of it. */
export const radiusOf = (block: AffineBlock, row: number): number =>
  Math.max(block.upper[row]! - block.centre[row]!, block.centre[row]! - block.lower[row]!, 0);

/**
 * Ends a row of whole numbers whose centre, coefficients and remainder are set: takes the tighter of the form's own
 * bounds over `symbols` symbols and of `lower..upper`, both brought to whole numbers, and turns the form into the box
 * where that is smaller than the remainder alone.
 */
export const closeRow = (
  block: AffineBlock,
  row: number,
  symbols: number,
  lower: number,
  upper: number,
): void => {
  const { centre, coefficients, remainder } = block;
  const at = row * block.stride;
  const middle = centre[row]!;
  const own = sumOfMagnitudes(coefficients, at, symbols) + remainder[row]!;
  const spread = own + SLACK * (own + Math.abs(middle));
  const low = Math.max(Math.ceil(middle - spread), Math.ceil(lower));
  const high = Math.min(Math.floor(middle + spread), Math.floor(upper));
  block.reach[row] = Math.abs(middle) + own;
  block.lower[row] = low;
  block.upper[row] = high;
  if ((high - low) / 2 <= remainder[row]!) boxRow(block, row, symbols, low, high);
};

/** Makes a row its box alone. */
export const boxRow = (
  block: AffineBlock,
  row: number,
  symbols: number,
  lower: number,
  upper: number,
): void => {
  const at = row * block.stride;
  block.coefficients.fill(0, at, at + symbols);
  block.centre[row] = (lower + upper) / 2;
  block.remainder[row] = (upper - lower) / 2;
  block.reach[row] = Math.max(Math.abs(lower), Math.abs(upper));
  block.lower[row] = lower;
  block.upper[row] = upper;
};

/** Makes the remainder of a row a symbol of column `column`, so that it is one unknown wherever the row goes. */
export const nameRemainder = (block: AffineBlock, row: number, column: number): void => {
  block.coefficients[row * block.stride + column]! += block.remainder[row]!;
  block.remainder[row] = 0;
};

/** Whether every row is one number. */
export const isPoint = ({ lower, upper }: AffineBlock): boolean =>
  lower.every((low, row) => low === upper[row]);

import type { IntegerLayer } from "../../edge/IntegerModel.ts";
import { type AffineBlock, closeRow, SLACK } from "./AffineBlock.ts";

const ROUNDING = 0.5;

/**
 * The first `product.rows` rows of a dense layer over forms: roundShift(multiplier * sum(code * input), shift), each
 * rounding an unknown within +-1/2. The box is exact, as the rounded product rises with the sum.
 */
export const multiplyLayer = (
  layer: IntegerLayer,
  input: AffineBlock,
  symbols: number,
  product: AffineBlock,
): void => {
  const from = input.coefficients;
  const to = product.coefficients;
  for (let row = 0; row < product.rows; row++) {
    const at = row * product.stride;
    to.fill(0, at, at + symbols);
    const unit = layer.multiplier[row]! * 2 ** -layer.shift[row]!;
    let [centre, remainder, lower, upper, magnitude] = [0, 0, 0, 0, 0];
    for (let column = 0; column < layer.columns; column++) {
      const code = layer.codes[row * layer.columns + column]!;
      if (code === 0) continue;
      const low = code * input.lower[column]!;
      const high = code * input.upper[column]!;
      lower += Math.min(low, high);
      upper += Math.max(low, high);
      centre += code * input.centre[column]!;
      remainder += Math.abs(code) * input.remainder[column]!;
      magnitude += Math.abs(code) * input.reach[column]!;
      const worth = code * unit;
      const source = column * input.stride;
      for (let s = 0; s < symbols; s++) to[at + s]! += worth * from[source + s]!;
    }
    product.centre[row] = unit * centre;
    product.remainder[row] = unit * (remainder + SLACK * 2 * magnitude) + ROUNDING;
    closeRow(product, row, symbols, Math.floor(unit * lower + ROUNDING), Math.floor(unit * upper + ROUNDING));
  }
};

/**
 * The outputs of a forecaster with quantile heads, said here for all who read them: a row is [block][target][lead].
 * Block 0 is the median; block 1 + k is the quantile of the k-th level, levels ascending and without 0.5. So the
 * blocks of row r are the rows r * blocks .. r * blocks + blocks - 1 of [target][lead].
 *
 * @example
 * blocksOf([0.1, 0.9]); // => 3
 */
export const blocksOf = (levels: readonly number[]): number => 1 + levels.length;

/** Quantile values that can be written: physical ones, or quanta. */
export type QuantileValues = Float64Array | Float32Array | Int32Array;

/**
 * Makes the quantiles of one cell (a target and lead of one forecast) ascend, in place: they are sorted, and those of
 * levels below 0.5 then kept at most, the others at least, at the median.
 *
 * Sorting never raises the sum of their pinball losses (Chernozhukov, Fernandez-Val, Galichon 2010, "Quantile and
 * probability curves without crossing", proposition 4). The median stays what it is: the rules are kept by it.
 *
 * @param first index of the value of the lowest level; the next level lies `stride` further
 * @example
 * const values = Float64Array.of(7, 4);
 * arrangeQuantiles(values, 0, 1, [0.1, 0.9], 5);
 * Array.from(values); // => [4, 7]
 */
export const arrangeQuantiles = (
  values: QuantileValues,
  first: number,
  stride: number,
  levels: readonly number[],
  median: number,
): void => {
  for (let k = 1; k < levels.length; k++) {
    const value = values[first + k * stride]!;
    let place = k;
    for (; place > 0 && values[first + (place - 1) * stride]! > value; place--) {
      values[first + place * stride] = values[first + (place - 1) * stride]!;
    }
    values[first + place * stride] = value;
  }
  for (let k = 0; k < levels.length; k++) {
    const at = first + k * stride;
    if (levels[k]! < 0.5 ? values[at]! > median : values[at]! < median) values[at] = median;
  }
};

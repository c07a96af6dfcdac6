import { arrangeQuantiles, type QuantileValues } from "../series/arrangeQuantiles.ts";
import type { PlannedReadings } from "../train/TrainingData.ts";
import { type ConformalOffsets, quantileOf } from "./conformalOffsets.ts";

/** A cell of learned quantiles: that of the lowest level at `first`, the next levels `stride` further each. */
export interface LearnedCell {
  readonly values: QuantileValues;
  readonly first: number;
  readonly stride: number;
}

/**
 * All quantiles of one cell, in the order of their levels. Learned ones each move by their own offset, which can make
 * them cross: they are arranged again around the median.
 *
 * @param learned left out where the offsets are those of the median
 */
export const cellQuantiles = (
  data: Pick<PlannedReadings, "plan">,
  conformal: ConformalOffsets,
  output: number,
  limits: { readonly minimum: number; readonly maximum: number },
  median: number,
  learned: LearnedCell | undefined,
  into: Float64Array,
): void => {
  const { quantiles } = conformal;
  for (let k = 0; k < quantiles.length; k++) {
    const base = learned === undefined ? median : learned.values[learned.first + k * learned.stride]!;
    into[k] = quantileOf(data, conformal, output, k, base, limits);
  }
  if (learned !== undefined) arrangeQuantiles(into, 0, 1, quantiles, median);
};

import { meanOf } from "./detectShift.ts";

/** Entries of a series of the reference at most: enough for days, few enough for a small file. */
const MOST_BINS = 512;

/** Steps that a bin spans, so that so many consecutive origins make no more bins than a reference holds. */
export const binStepsFor = (origins: number): number => Math.max(1, Math.ceil(origins / MOST_BINS));

/**
 * Means of a figure of consecutive origins over bins of them.
 *
 * @example
 * binMeans(Float64Array.of(1, 3, NaN, 5, 2), 2); // => Float64Array [ 2, 5, 2 ]
 */
export const binMeans = (values: Float64Array, binSteps: number): Float64Array =>
  Float64Array.from({ length: Math.ceil(values.length / binSteps) }, (_, bin) =>
    meanOf(values.subarray(bin * binSteps, (bin + 1) * binSteps)),
  );

/** A figure of scattered origins, one entry a bin that has any. */
export interface ScatteredBins {
  readonly values: Float64Array;
  /** First origin of each entry, as a place among the origins. */
  readonly first: readonly number[];
  /** Bin of each entry. */
  readonly places: readonly number[];
}

/**
 * Bins of origins that need not be consecutive; those without an observed figure are left out.
 *
 * @param origins in steps from the beginning of the first bin, ascending
 */
export const scatteredBins = (
  origins: ArrayLike<number>,
  values: Float64Array,
  binSteps: number,
): ScatteredBins => {
  const groups = new Map<number, number[]>();
  values.forEach((value, index) => {
    if (Number.isNaN(value)) return;
    const bin = Math.floor(origins[index]! / binSteps);
    groups.set(bin, [...(groups.get(bin) ?? []), index]);
  });
  return {
    values: Float64Array.from(groups.values(), (indices) => meanOf(indices.map((index) => values[index]!))),
    first: Array.from(groups.values(), (indices) => indices[0]!),
    places: [...groups.keys()],
  };
};

import type { Distribution } from "./WatchReference.ts";

const DECILES = 9;

/**
 * Deciles of readings, NaN left out, each once; with the share of the readings between them.
 *
 * @example
 * binsOf(Float64Array.of(0, 0, 0, 0, 0, 0, 0, 0, 0, 5)); // => { deciles: [ 0 ], shares: [ 0.9, 0.1 ] }
 */
export const binsOf = (values: Float64Array): Pick<Distribution, "deciles" | "shares"> => {
  const sorted = values.filter((value) => !Number.isNaN(value)).sort();
  if (sorted.length === 0) return { deciles: [], shares: [1] };
  const at = Array.from({ length: DECILES }, (_, k) =>
    Number(sorted[Math.ceil(((k + 1) * sorted.length) / (DECILES + 1)) - 1]!.toPrecision(6)),
  );
  const deciles = [...new Set(at)];
  const counts = countBins(deciles, sorted);
  return { deciles, shares: Array.from(counts, (count) => Number((count / sorted.length).toPrecision(4))) };
};

/** Readings up to the first decile, up to the second, ..., above the last; NaN counts nowhere. */
const countBins = (deciles: readonly number[], values: Float64Array): Float64Array => {
  const counts = new Float64Array(deciles.length + 1);
  for (const value of values) {
    if (Number.isNaN(value)) continue;
    let bin = 0;
    while (bin < deciles.length && value > deciles[bin]!) bin++;
    counts[bin]!++;
  }
  return counts;
};

/** Counts that stand in for an empty bin, so that its logarithm is finite. */
const HALF = 0.5;

/**
 * Population stability index of readings against those of the training span: sum over bins of
 * (share - expected) ln(share / expected), the symmetric Kullback-Leibler divergence (Kullback, Leibler 1951) of the
 * binned distributions. 0 where they are alike; NaN without a reading.
 */
export const stabilityIndex = ({ deciles, shares }: Distribution, values: Float64Array): number => {
  const counts = countBins(deciles, values);
  const total = counts.reduce((sum, count) => sum + count, 0);
  if (total === 0) return Number.NaN;
  let index = 0;
  const smooth = (count: number): number => (count + HALF) / (total + HALF * counts.length);
  counts.forEach((count, bin) => {
    const share = smooth(count);
    const expected = smooth(shares[bin]! * total);
    index += (share - expected) * Math.log(share / expected);
  });
  return index;
};

/** What chance alone makes of the index of `readings` independent readings, about: bins less one, by their number. */
export const chanceIndex = ({ deciles }: Distribution, readings: number): number =>
  Math.max(1, deciles.length) / Math.max(1, readings);

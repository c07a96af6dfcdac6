import { type DayCounts, rateOf } from "./DayCounts.ts";

/** By how much a rate may be off, for a wanted share of the resamples: lower <= 0 <= upper as a rule. */
export interface RateDeviation {
  readonly lower: number;
  readonly upper: number;
}

/**
 * How far the rate of a resample is from the rate itself: blocks of days are drawn with replacement, as many as
 * there are (the block bootstrap of Carlstein, Annals of Statistics 14, 1986), and the middle `confidence` of the
 * differences is kept. The instants of a day stay together, across sensors and hours, so what they have in
 * common does not count as so many observations. Resamples without a judged instant are drawn again; NaN where
 * none was judged at all.
 *
 * @param uniform gives numbers on [0, 1)
 * @param confidence 0..1
 */
export const blockBootstrap = (
  counts: DayCounts,
  uniform: () => number,
  resamples: number,
  confidence: number,
): RateDeviation => {
  const rate = rateOf(counts);
  if (Number.isNaN(rate)) return { lower: Number.NaN, upper: Number.NaN };
  const blocks = counts.held.length;
  const differences = new Float64Array(resamples);
  for (let resample = 0; resample < resamples; resample++) {
    let held = 0;
    let broken = 0;
    while (held + broken === 0) {
      for (let draw = 0; draw < blocks; draw++) {
        const block = Math.floor(uniform() * blocks);
        held += counts.held[block] as number;
        broken += counts.broken[block] as number;
      }
    }
    differences[resample] = held / (held + broken) - rate;
  }
  differences.sort();
  const at = (share: number): number =>
    differences[Math.min(resamples - 1, Math.max(0, Math.round(share * (resamples - 1))))] as number;
  return { lower: at((1 - confidence) / 2), upper: at((1 + confidence) / 2) };
};

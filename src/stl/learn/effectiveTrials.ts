import { type DayCounts, judgedIn, rateOf } from "./DayCounts.ts";

/**
 * How many independent instants tell as much about a rate as these do: rate (1 - rate) over the variance of the
 * rate between blocks, by which an exact binomial interval becomes one for instants that depend on each other
 * within a block (Korn and Graubard, Survey Methodology 24, 1998). Between 1 and the instants judged; where
 * every one held or every one was broken nothing varies, and a block counts as one. 0 where none was judged.
 *
 * @example
 * const counts = { held: Float64Array.of(9, 0), broken: Float64Array.of(0, 9), unknown: 0, doubtful: 0 };
 * effectiveTrials(counts); // => 1
 */
export const effectiveTrials = (counts: DayCounts): number => {
  const judged = judgedIn(counts);
  if (judged === 0) return 0;
  const rate = rateOf(counts);
  let blocks = 0;
  let squares = 0;
  for (let block = 0; block < counts.held.length; block++) {
    const held = counts.held[block] as number;
    const all = held + (counts.broken[block] as number);
    if (all === 0) continue;
    blocks++;
    squares += (held - rate * all) ** 2;
  }
  if (rate === 0 || rate === 1) return blocks;
  if (blocks === 1) return 1;
  const variance = ((blocks / (blocks - 1)) * squares) / judged ** 2;
  // Blocks that all have the one rate would count as more than they are.
  if (variance === 0) return judged;
  return Math.min(judged, Math.max(1, (rate * (1 - rate)) / variance));
};

import { type DayCounts, rateOf } from "../stl/learn/DayCounts.ts";
import { effectiveTrials } from "../stl/learn/effectiveTrials.ts";
import { clopperPearsonUpper } from "../verify/clopperPearson.ts";

/** Of each side, so that 95 % lie between. */
const CONFIDENCE = 0.975;

/**
 * Two-sided 95 % interval of the share of judged instants at which a rule holds: that of Clopper and Pearson for
 * as many independent trials as the blocks are worth ({@link effectiveTrials}). Trials and failures are rounded to
 * whole ones so that the interval is rather too wide; from 0 to 1 where nothing was judged.
 *
 * @example
 * const blocks = { held: Float64Array.of(24, 24, 24), broken: new Float64Array(3), unknown: 0, doubtful: 0 };
 * rateInterval(blocks).lower.toFixed(3); // => "0.292"
 */
export const rateInterval = (blocks: DayCounts): { readonly lower: number; readonly upper: number } => {
  // A hair's breadth of rounding below a whole number is that number.
  const trials = Math.floor(effectiveTrials(blocks) * (1 + 1e-9));
  if (trials === 0) return { lower: 0, upper: 1 };
  const rate = rateOf(blocks);
  return {
    lower: 1 - clopperPearsonUpper(Math.ceil(trials * (1 - rate)), trials, CONFIDENCE),
    upper: clopperPearsonUpper(Math.ceil(trials * rate), trials, CONFIDENCE),
  };
};

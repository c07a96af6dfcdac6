import type { RuleChannel } from "./CompiledRule.ts";
import { READING_MAXIMUM } from "./compileRule.ts";

/**
 * What readings that are missing lie between, by channel, as a leaf sees them: [channel][least, most], in quanta, the
 * least being what makes the leaf smallest. Ends are rounded against the leaf, as readings between two quanta are;
 * -Infinity and Infinity where nothing is declared, or more than rules can read.
 */
export interface MissingReadings {
  /** For terms that rise with the reading: their coefficient is positive. */
  readonly rising: Float64Array;
  /** For terms that fall with it. */
  readonly falling: Float64Array;
}

/** Relative error up to which an end counts as the whole number of quanta beside it. */
const DECIMAL_NOISE = 1e-9;

/**
 * Bounds of the missing readings of some channels.
 *
 * @example
 * const { falling, rising } = missingReadings([{ quantum: 0.5, lower: 0, upper: 75.2 }]);
 * Array.from(rising); // => [0, 150]
 * Array.from(falling); // => [151, 0]
 */
export const missingReadings = (
  channels: readonly Pick<RuleChannel, "quantum" | "lower" | "upper">[],
): MissingReadings => {
  const rising = new Float64Array(2 * channels.length);
  const falling = new Float64Array(2 * channels.length);
  channels.forEach(({ lower, quantum, upper }, channel) => {
    const [low, high] = [quantaOf(lower, quantum), quantaOf(upper, quantum)];
    rising[2 * channel] = low === undefined ? -Infinity : Math.floor(low);
    rising[2 * channel + 1] = high === undefined ? Infinity : Math.floor(high);
    falling[2 * channel] = high === undefined ? Infinity : Math.ceil(high);
    falling[2 * channel + 1] = low === undefined ? -Infinity : Math.ceil(low);
  });
  return { rising, falling };
};

/** An end in quanta, or undefined where there is none that rules can read. */
const quantaOf = (end: number | undefined, quantum: number): number | undefined => {
  if (end === undefined) return undefined;
  const quanta = end / quantum;
  const nearest = Math.round(quanta);
  const isWhole = Math.abs(quanta - nearest) <= DECIMAL_NOISE * Math.max(1, Math.abs(nearest));
  const result = isWhole ? nearest : quanta;
  // Less one, for the rounding.
  return Math.abs(result) <= READING_MAXIMUM - 1 ? result : undefined;
};

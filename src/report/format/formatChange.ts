import { formatNumber, NO_BREAK, NOT_JUDGED } from "./formatNumber.ts";

/**
 * A relative change of an error in plain words, worse as plainly as better.
 *
 * @example
 * formatChange(-0.184); // => "18\u00a0% lower"
 */
export const formatChange = (change: number): string => {
  if (!Number.isFinite(change)) return NOT_JUDGED;
  const percent = Math.abs(100 * change);
  if (percent < 0.05) return "equal";
  return `${formatNumber(percent, percent < 10 ? 1 : 0)}${NO_BREAK}% ${change < 0 ? "lower" : "higher"}`;
};

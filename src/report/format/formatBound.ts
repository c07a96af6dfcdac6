import { formatNumber, NOT_JUDGED } from "./formatNumber.ts";

/**
 * An upper bound on a rate as a count among a power of ten, rounded up to two digits so that the words never
 * claim more than the bound.
 *
 * @example
 * formatBound(0.00029953); // => "30 in 100,000"
 */
export const formatBound = (rate: number): string => {
  if (!Number.isFinite(rate)) return NOT_JUDGED;
  if (rate <= 0) return "0";
  const power = Math.max(2, 1 - Math.floor(Math.log10(rate)));
  const among = 10 ** power;
  // The small allowance keeps 0.0003 at 30 in 100,000 although its product is 30.000000000000004.
  const count = Math.ceil(rate * among * (1 - 1e-12));
  return `${formatNumber(count)} in ${formatNumber(among)}`;
};

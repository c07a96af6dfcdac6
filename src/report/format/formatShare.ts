import { NO_BREAK, NOT_JUDGED } from "./formatNumber.ts";

/**
 * A share 0..1 in percent. Only an exact 1 prints as 100 % and only an exact 0 as 0 %, since one broken
 * origin among thousands must stay visible.
 *
 * @example
 * formatShare(0.99996); // => ">99.99\u00a0%"
 */
export const formatShare = (share: number): string => {
  if (!Number.isFinite(share)) return NOT_JUDGED;
  if (share === 0 || share === 1) return `${100 * share}${NO_BREAK}%`;
  for (const decimals of [1, 2]) {
    const text = (100 * share).toFixed(decimals);
    if (Number(text) !== 0 && Number(text) !== 100) return `${text}${NO_BREAK}%`;
  }
  return share < 0.5 ? `<0.01${NO_BREAK}%` : `>99.99${NO_BREAK}%`;
};

import { formatNumber, NO_BREAK, NOT_JUDGED } from "./formatNumber.ts";

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/**
 * A length of time in its two largest units; days only from 48 h on, since forecasters speak of leads of 24
 * and 36 hours.
 *
 * @example
 * formatDuration(90 * 60_000); // => "1\u00a0h 30\u00a0min"
 */
export const formatDuration = (milliseconds: number): string => {
  if (!Number.isFinite(milliseconds)) return NOT_JUDGED;
  if (milliseconds < MINUTE) {
    const seconds = milliseconds / SECOND;
    return `${formatNumber(seconds, Number.isInteger(seconds) ? 0 : seconds < 10 ? 2 : 1)}${NO_BREAK}s`;
  }
  const units: readonly (readonly [string, number])[] =
    milliseconds >= 2 * DAY
      ? [
          ["d", DAY],
          ["h", HOUR],
        ]
      : milliseconds >= HOUR
        ? [
            ["h", HOUR],
            ["min", MINUTE],
          ]
        : [
            ["min", MINUTE],
            ["s", SECOND],
          ];
  const [large, small] = units;
  if (large === undefined || small === undefined) return NOT_JUDGED;
  const rounded = Math.round(milliseconds / small[1]) * small[1];
  const whole = Math.floor(rounded / large[1]);
  const rest = (rounded - whole * large[1]) / small[1];
  return rest === 0
    ? `${formatNumber(whole)}${NO_BREAK}${large[0]}`
    : `${formatNumber(whole)}${NO_BREAK}${large[0]} ${formatNumber(rest)}${NO_BREAK}${small[0]}`;
};

/** Printed in place of a figure that could not be computed, such as a rate over no origins. */
export const NOT_JUDGED = "not judged";

/** Keeps a figure and its unit on one line. */
export const NO_BREAK = "\u00a0";

/**
 * A number with fixed decimals, commas between thousands and a true minus sign; {@link NOT_JUDGED} where it
 * is not finite.
 *
 * @example
 * formatNumber(-12345.678, 1); // => "−12,345.7"
 */
export const formatNumber = (value: number, decimals = 0): string => {
  if (!Number.isFinite(value)) return NOT_JUDGED;
  const [whole = "", fraction] = Math.abs(value).toFixed(decimals).split(".");
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ",");
  const digits = fraction === undefined ? grouped : `${grouped}.${fraction}`;
  return value < 0 && /[1-9]/.test(digits) ? `−${digits}` : digits;
};

/**
 * Decimals that leave the largest of `values` with about three significant digits, so that the figures of a
 * column line up.
 *
 * @example
 * decimalsFor([0.5, 23.4]); // => 1
 */
export const decimalsFor = (values: readonly number[]): number => {
  const largest = values.reduce(
    (most, value) => (Number.isFinite(value) ? Math.max(most, Math.abs(value)) : most),
    0,
  );
  return largest === 0 ? 0 : Math.min(8, Math.max(0, 2 - Math.floor(Math.log10(largest))));
};

/**
 * One number with about three significant digits and its unit; the dimensionless unit `1` is left out.
 *
 * @example
 * formatQuantity(3.14159, "km/h"); // => "3.14\u00a0km/h"
 */
export const formatQuantity = (value: number, unit: string): string => {
  const figure = formatNumber(value, decimalsFor([value]));
  return unit === "1" || unit === "" || figure === NOT_JUDGED ? figure : `${figure}${NO_BREAK}${unit}`;
};

/**
 * A number with the digits it has, up to six significant ones: for limits, confidences and other figures
 * that were set rather than measured.
 *
 * @example
 * formatSetting(1900); // => "1,900"
 */
export const formatSetting = (value: number): string => {
  const short = Number(value.toPrecision(6));
  const [, fraction = "", exponent = "0"] = /^-?\d+(?:\.(\d+))?(?:e([-+]\d+))?$/.exec(String(short)) ?? [];
  return formatNumber(short, Math.max(0, fraction.length - Number(exponent)));
};

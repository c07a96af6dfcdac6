const MS_PER_UNIT: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  min: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

/**
 * Milliseconds of a duration text such as `5min`, `1h30min`, `1 d`; undefined where it is none or not positive.
 *
 * @example
 * parseDuration("1h30min"); // => 5400000
 */
export const parseDuration = (text: string): number | undefined => {
  const compact = text.replaceAll(/\s/g, "");
  if (!/^(\d+(\.\d+)?(ms|s|min|h|d))+$/.test(compact)) return undefined;
  let total = 0;
  for (const [, amount, unit] of compact.matchAll(/(\d+(?:\.\d+)?)(ms|min|s|h|d)/g)) {
    total += Number(amount) * MS_PER_UNIT[unit!]!;
  }
  return total > 0 && Number.isInteger(total) ? total : undefined;
};

/**
 * The shortest text for a duration in milliseconds.
 *
 * @example
 * formatDuration(5_400_000); // => "1h30min"
 */
export const formatDuration = (ms: number): string => {
  let rest = ms;
  let text = "";
  for (const unit of ["d", "h", "min", "s", "ms"]) {
    const size = MS_PER_UNIT[unit]!;
    const count = Math.floor(rest / size);
    if (count > 0) text += `${count}${unit}`;
    rest -= count * size;
  }
  return text === "" ? "0ms" : text;
};

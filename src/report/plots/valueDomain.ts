/** The frame may grow to this multiple of the data's own range to show a limit. */
const MOST_STRETCH = 2.5;
/** Leaves room for the label of a limit at the edge. */
const PADDING = 0.09;

/**
 * The value axis of a forecast: all finite values, from zero where they start near it, and those limits that
 * do not press the curves flat.
 *
 * @returns lower and upper end; 0..1 where there is nothing to show.
 */
export const valueDomain = (
  values: readonly number[],
  limits: readonly number[],
): readonly [low: number, high: number] => {
  const finite = values.filter(Number.isFinite);
  if (finite.length === 0) {
    const low = Math.min(...limits, 0);
    const high = Math.max(...limits, low + 1);
    return [low, high + PADDING * (high - low)];
  }
  const smallest = Math.min(...finite);
  let high = Math.max(...finite);
  let low = smallest >= 0 && smallest <= 0.5 * high ? 0 : smallest;
  // A flat series still gets a frame, a tenth of its level tall.
  const range = high > low ? high - low : Math.max(0.1 * Math.abs(high), 1e-3);
  const middle = (low + high) / 2;
  for (const limit of [...limits].sort((a, b) => Math.abs(a - middle) - Math.abs(b - middle))) {
    const widened = Math.max(high, limit) - Math.min(low, limit);
    if (widened <= MOST_STRETCH * range) {
      low = Math.min(low, limit);
      high = Math.max(high, limit);
    }
  }
  const padding = PADDING * Math.max(high - low, range);
  return [low === 0 ? 0 : low - padding, high + padding];
};

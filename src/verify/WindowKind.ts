/**
 * Kinds of windows that a proof tries. `plausible`: what a city sees. `hostile`: what no city should send, saturated,
 * constant, alternating, missing or out of range. `clock`: either of them at an edge of the clock.
 */
export const WINDOW_KINDS = ["plausible", "hostile", "clock"] as const;
export type WindowKind = (typeof WINDOW_KINDS)[number];

/** Fifths of a proof's windows. */
const SHARES: Readonly<Record<WindowKind, number>> = { plausible: 3, hostile: 1, clock: 1 };

/**
 * How many windows of each of some kinds make `total`: in the shares 3 : 1 : 1, rounded down, the first kind takes what
 * is left.
 *
 * @example
 * windowsByKind(["plausible", "hostile", "clock"], 1001); // => [601, 200, 200]
 * windowsByKind(["hostile"], 10); // => [10]
 */
export const windowsByKind = (kinds: readonly WindowKind[], total: number): number[] => {
  const all = kinds.reduce((sum, kind) => sum + SHARES[kind], 0);
  const counts = kinds.map((kind) => Math.floor((total * SHARES[kind]) / all));
  const left = total - counts.reduce((sum, count) => sum + count, 0);
  return counts.map((count, index) => (index === 0 ? count + left : count));
};

/** How often `medianTime` runs the measured function. */
export interface Repeats {
  /** Runs before the clock counts, so that the compilers have settled. */
  readonly warmUp: number;
  /** Timed runs; the median of them is the result. */
  readonly repeats: number;
}

/**
 * Median wall time of one call of `run` in milliseconds, after warming up.
 *
 * @example
 * const milliseconds = await medianTime(() => robustness(formula, trace), { warmUp: 3, repeats: 15 });
 */
export const medianTime = async (
  run: () => unknown,
  { warmUp, repeats }: Repeats = { warmUp: 3, repeats: 15 },
): Promise<number> => {
  for (let i = 0; i < warmUp; i++) await run();
  const times: number[] = [];
  for (let i = 0; i < repeats; i++) {
    const start = performance.now();
    await run();
    times.push(performance.now() - start);
  }
  times.sort((a, b) => a - b);
  const middle = times.length >> 1;
  const upper = times[middle] ?? Number.NaN;
  return times.length % 2 === 1 ? upper : (upper + (times[middle - 1] ?? upper)) / 2;
};

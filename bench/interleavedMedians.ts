/** Something to be timed beside others. */
export interface TimedRun {
  readonly run: () => unknown;
  /** The median is divided by it. */
  readonly steps: number;
}

/**
 * Median wall time of each run in nanoseconds a step: one of each in turn, `repeats` times after `warmUp` rounds, so that
 * whatever else a shared machine does falls on all alike.
 *
 * @example
 * const [ours, theirs] = await interleavedMedians([a, b], { warmUp: 50, repeats: 301 });
 */
export const interleavedMedians = async (
  runs: readonly TimedRun[],
  { repeats, warmUp }: { readonly warmUp: number; readonly repeats: number },
): Promise<number[]> => {
  const times: number[][] = runs.map(() => []);
  for (let round = 0; round < warmUp + repeats; round++) {
    for (const [index, { run }] of runs.entries()) {
      const start = performance.now();
      await run();
      if (round >= warmUp) times[index]!.push(performance.now() - start);
    }
  }
  return times.map((own, index) => {
    own.sort((a, b) => a - b);
    return (1e6 * own[own.length >> 1]!) / runs[index]!.steps;
  });
};

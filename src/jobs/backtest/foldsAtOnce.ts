import { mebibytes } from "../memoryNote.ts";

export interface FoldsAtOnce {
  readonly count: number;
  /** Where fewer run than are asked for, or one alone is too much; for people. */
  readonly note?: string;
}

/** What a process takes beside its arrays: Node, the program, the reading of the files. Measured: see docs/backtest.md. */
const PROCESS_BYTES = 300 * 2 ** 20;
/** So much of the free memory is left to others. */
const SPARED = 0.1;

/**
 * How many folds run side by side without more memory than is free; never none.
 *
 * @param jobs as asked for
 * @param arrays bytes of arrays of a fold at most: see `foldMemory`
 * @param free bytes
 *
 * @example
 * foldsAtOnce(4, 800 * 2 ** 20, 2500 * 2 ** 20).count; // => 2
 */
export const foldsAtOnce = (jobs: number, arrays: number, free: number): FoldsAtOnce => {
  const fold = arrays + PROCESS_BYTES;
  const fit = Math.floor(((1 - SPARED) * free) / fold);
  if (fit >= jobs) return { count: jobs };
  const words = `a fold holds up to ${mebibytes(fold)}, and ${mebibytes(free)} are free`;
  return fit >= 1
    ? { count: fit, note: `${words}: ${fit} at once, not ${jobs}` }
    : {
        count: 1,
        note: `${words}: one at once, and it may run out of memory; close other programs, or take a shorter --sliding, more --folds or a smaller training.batch`,
      };
};

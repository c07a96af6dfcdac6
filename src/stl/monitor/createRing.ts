/** At one sample a second, half a year. */
const mostKept = 2 ** 24;

/** The count of samples that are to be kept. Throws RangeError where they are more than 16,777,216. */
export const affordable = (count: number): number => {
  if (count <= mostKept) return count;
  throw new RangeError(
    `a window has to keep ${count} samples online, at most ${mostKept} are kept: shorten the windows of the formula`,
  );
};

/**
 * Room for the samples that a window keeps online, of `streams` streams side by side.
 *
 * Throws RangeError where they are more than 16,777,216 of one stream.
 *
 * @example
 * createRing(3, 2).length; // => 6
 */
export const createRing = (count: number, streams: number): Float64Array<ArrayBuffer> =>
  new Float64Array(affordable(count) * streams);

/** The least power of two that is no less: places in a ring of that length are found by masking. */
export const powerOfTwo = (count: number): number => {
  let size = 1;
  while (size < count) size *= 2;
  return size;
};

/** At one sample a second, half a year. */
const mostKept = 2 ** 24;

/**
 * Room for the samples that a window keeps online.
 *
 * Throws RangeError where they are more than 16,777,216.
 *
 * @example
 * createRing(3).length; // => 3
 */
export const createRing = (count: number): Float64Array<ArrayBuffer> => {
  if (count <= mostKept) return new Float64Array(count);
  throw new RangeError(
    `a window has to keep ${count} samples online, at most ${mostKept} are kept: shorten the windows of the formula`,
  );
};

/** The least power of two that is no less: places in a ring of that length are found by masking. */
export const powerOfTwo = (count: number): number => {
  let size = 1;
  while (size < count) size *= 2;
  return size;
};

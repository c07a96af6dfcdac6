/**
 * Bins of the time between an event and the next, for a density that is even within a bin and falls off exponentially
 * in the last, which is open: with any probabilities of the bins it is a proper one.
 */
export interface GapBins {
  /** [bins], minutes, ascending from 0: where each bin begins. */
  readonly starts: Float64Array;
  /** Mean of what the open bin adds to its start, minutes, above 0. */
  readonly tailMean: number;
}

/**
 * Bins that hold about as many of the gaps each, none narrower than `leastWidth`.
 *
 * @param gaps minutes, 0 or more; those of the training span
 * @param count wanted, 2 or more; there are fewer where gaps repeat
 * @throws RangeError where there is no gap
 * @example
 * fitGapBins(Float64Array.of(1, 2, 3, 4, 5, 9), 3, 0.5).starts; // => Float64Array [ 0, 3, 5 ]
 */
export const fitGapBins = (gaps: Float64Array, count: number, leastWidth: number): GapBins => {
  if (gaps.length === 0) throw new RangeError("there is no gap to fit bins to: give one at least");
  const sorted = gaps.toSorted();
  const starts = [0];
  for (let k = 1; k < count; k++) {
    const start = sorted[Math.floor((k * sorted.length) / count)]!;
    if (start - starts.at(-1)! >= leastWidth) starts.push(start);
  }
  const last = starts.at(-1)!;
  const tail = sorted.filter((gap) => gap >= last);
  const mean = tail.reduce((sum, gap) => sum + gap - last, 0) / Math.max(1, tail.length);
  return { starts: Float64Array.from(starts), tailMean: Math.max(mean, leastWidth) };
};

/** The bin that a gap lies in. */
export const binOf = ({ starts }: GapBins, gap: number): number => {
  let [low, high] = [0, starts.length - 1];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (starts[middle]! <= gap) low = middle;
    else high = middle - 1;
  }
  return low;
};

/** Logarithm of the density of a gap within its bin, per minute. */
export const logDensityWithin = (bins: GapBins, gap: number): number => {
  const bin = binOf(bins, gap);
  const { starts, tailMean } = bins;
  return bin === starts.length - 1
    ? -Math.log(tailMean) - (gap - starts[bin]!) / tailMean
    : -Math.log(starts[bin + 1]! - starts[bin]!);
};

/**
 * Probability that the gap is longer.
 *
 * @param probabilities [bins], their sum 1
 */
export const survivalOf = (
  { starts, tailMean }: GapBins,
  probabilities: ArrayLike<number>,
  gap: number,
): number => {
  const last = starts.length - 1;
  if (gap >= starts[last]!) return probabilities[last]! * Math.exp(-(gap - starts[last]!) / tailMean);
  let longer = probabilities[last]!;
  for (let bin = last - 1; bin >= 0; bin--) {
    const [start, end] = [starts[bin]!, starts[bin + 1]!];
    if (gap >= start) return longer + (probabilities[bin]! * (end - gap)) / (end - start);
    longer += probabilities[bin]!;
  }
  return longer;
};

/**
 * The gap that is exceeded with a probability, minutes: the inverse of {@link survivalOf}.
 *
 * @param survival 0..1; at 0 the result is infinite
 * @example
 * gapWithSurvival({ starts: Float64Array.of(0, 10), tailMean: 5 }, [0.5, 0.5], 0.75); // => 5
 */
export const gapWithSurvival = (
  { starts, tailMean }: GapBins,
  probabilities: ArrayLike<number>,
  survival: number,
): number => {
  const last = starts.length - 1;
  let longer = probabilities[last]!;
  if (survival <= 0) return Infinity;
  if (survival <= longer) return starts[last]! + tailMean * Math.log(longer / survival);
  for (let bin = last - 1; bin >= 0; bin--) {
    const [start, end] = [starts[bin]!, starts[bin + 1]!];
    const own = probabilities[bin]!;
    if (survival <= longer + own) return end - ((survival - longer) / own) * (end - start);
    longer += own;
  }
  return 0;
};

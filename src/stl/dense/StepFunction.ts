/** A piecewise constant function: `values[i]` on [times[i], times[i + 1]), the last value for ever. */
export interface StepFunction {
  readonly times: readonly number[];
  readonly values: readonly number[];
}

/** Instants nearer to each other than this, relative above 1, are one: sums of decimal bounds are not exact. */
const tolerance = 1e-9;
const notAfter = (a: number, b: number): boolean => a <= b + tolerance * Math.max(1, Math.abs(b));

/** The piece that an instant lies in; -1 before the first. */
export const pieceAt = (times: readonly number[], instant: number): number => {
  let low = 0;
  let high = times.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (notAfter(times[middle] as number, instant)) low = middle + 1;
    else high = middle;
  }
  return low - 1;
};

/** Sorted, instants that are one kept once, none before `start`. */
export const instants = (candidates: readonly number[], start: number): number[] => {
  const sorted = candidates.filter((time) => time > start).sort((a, b) => a - b);
  const kept = [start];
  for (const time of sorted) if (!notAfter(time, kept.at(-1) as number)) kept.push(time);
  return kept;
};

/** Without pieces that go on as the one before. */
export const simplified = ({ times, values }: StepFunction): StepFunction => {
  const kept = times.map((_, i) => i).filter((i) => i === 0 || values[i] !== values[i - 1]);
  return { times: kept.map((i) => times[i] as number), values: kept.map((i) => values[i] as number) };
};

/** Functions of a common start brought to common pieces. */
export const aligned = (
  functions: readonly StepFunction[],
): { readonly times: readonly number[]; readonly values: readonly (readonly number[])[] } => {
  const start = Math.max(...functions.map((each) => each.times[0] as number));
  const times = instants(
    functions.flatMap((each) => each.times),
    start,
  );
  const values = functions.map((each) =>
    times.map((time) => each.values[pieceAt(each.times, time)] as number),
  );
  return { times, values };
};

/**
 * The extreme over pieces `from[i]..to[i]`, both nondecreasing: the largest (sign 1) or the smallest (-1);
 * -inf or +inf of no piece.
 */
export const slidingOverPieces = (
  values: readonly number[],
  from: readonly number[],
  to: readonly number[],
  sign: 1 | -1,
): number[] => {
  const queue: number[] = [];
  let head = 0;
  let read = 0;
  return from.map((first, i) => {
    for (; read <= (to[i] as number); read++) {
      const value = sign * (values[read] as number);
      while (queue.length > head && sign * (values[queue.at(-1) as number] as number) <= value) queue.pop();
      queue.push(read);
    }
    while (head < queue.length && (queue[head] as number) < first) head++;
    return head < queue.length && first <= (to[i] as number)
      ? (values[queue[head] as number] as number)
      : -sign * Infinity;
  });
};

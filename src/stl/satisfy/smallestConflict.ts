/** Subsets tried in search of a conflict smaller than the one that deletion leaves. */
const greatestTries = 300;

/**
 * Positions of a smallest set of rules that conflict: taking any of them out of `conflict` leaves rules that can hold
 * together, and, as far as 300 tries reach, no smaller set of all `count` rules conflicts.
 *
 * `isConflict` must be monotone: true of every set that contains one of which it is true.
 */
export const smallestConflict = (
  conflict: readonly number[],
  count: number,
  isConflict: (rules: readonly number[]) => boolean,
): readonly number[] => {
  let smallest = conflict;
  for (const rule of conflict) {
    const rest = smallest.filter((other) => other !== rule);
    if (isConflict(rest)) smallest = rest;
  }
  let tries = 0;
  for (let size = 1; size < smallest.length; size++) {
    for (const subset of subsetsOf(count, size)) {
      if (tries++ >= greatestTries) return smallest;
      if (isConflict(subset)) return subset;
    }
  }
  return smallest;
};

/** Subsets of 0..count-1 of one size, in the order of their members. */
function* subsetsOf(count: number, size: number, from = 0): Generator<number[]> {
  if (size === 0) yield [];
  else {
    for (let first = from; first + size <= count; first++) {
      for (const rest of subsetsOf(count, size - 1, first + 1)) yield [first, ...rest];
    }
  }
}

/** Longer names are compared with none: the work grows with the square of the length. */
const longestCompared = 100;

/**
 * The candidate with the fewest typing slips (insertion, deletion, replacement, swap of neighbours) from
 * `name`, if it is near enough to be meant.
 *
 * @example
 * nearestName("sped", ["speed", "flow"]); // => "speed"
 */
export const nearestName = (name: string, candidates: Iterable<string>): string | undefined => {
  if (name.length > longestCompared) return undefined;
  const allowed = Math.max(1, Math.floor(name.length / 3));
  let nearest: string | undefined;
  let nearestSlips = allowed + 1;
  for (const candidate of candidates) {
    if (Math.abs(candidate.length - name.length) > allowed) continue;
    const slips = slipsBetween(name.toLowerCase(), candidate.toLowerCase());
    if (slips < nearestSlips) {
      nearest = candidate;
      nearestSlips = slips;
    }
  }
  return nearest;
};

/** Appends "Did you mean ...?" to a remedy where a near name exists. */
export const suggestName = (name: string, candidates: Iterable<string>, otherwise: string): string => {
  const nearest = nearestName(name, candidates);
  return nearest === undefined ? otherwise : `Did you mean ${nearest}?`;
};

/** Optimal string alignment distance. */
const slipsBetween = (a: string, b: string): number => {
  const width = b.length + 1;
  const table = new Int32Array((a.length + 1) * width);
  for (let j = 0; j < width; j++) table[j] = j;
  for (let i = 1; i <= a.length; i++) {
    table[i * width] = i;
    for (let j = 1; j < width; j++) {
      const replaced = (table[(i - 1) * width + j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      let least = Math.min(
        replaced,
        (table[(i - 1) * width + j] ?? 0) + 1,
        (table[i * width + j - 1] ?? 0) + 1,
      );
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        least = Math.min(least, (table[(i - 2) * width + j - 2] ?? 0) + 1);
      }
      table[i * width + j] = least;
    }
  }
  return table[a.length * width + b.length] ?? 0;
};

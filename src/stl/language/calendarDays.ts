/** Days on end, as days since 1970-01-01, both included. */
export interface DayRange {
  readonly first: number;
  readonly last: number;
}

const msPerDay = 86_400_000;

const dayNumber = (text: string): number | undefined => {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return undefined;
  const ms = Date.parse(`${text}T00:00:00Z`);
  // 2026-02-30 would be read as a day of March.
  const real = !Number.isNaN(ms) && new Date(ms).toISOString().startsWith(text);
  return real ? ms / msPerDay : undefined;
};

/**
 * Reads a date, or days on end, in the form of ISO 8601; undefined where it is neither.
 *
 * @example
 * readDays("1970-01-02/1970-01-05"); // => { first: 1, last: 4 }
 */
export const readDays = (text: string): DayRange | undefined => {
  const [from = "", to = from, ...more] = text.split("/");
  const [first, last] = [dayNumber(from), dayNumber(to)];
  const ordered = more.length === 0 && first !== undefined && last !== undefined && first <= last;
  return ordered ? { first, last } : undefined;
};

/**
 * Ranges in order, those that touch or overlap put together.
 *
 * @example
 * joinedDays([{ first: 5, last: 6 }, { first: 1, last: 2 }, { first: 3, last: 3 }]);
 * // => [{ first: 1, last: 3 }, { first: 5, last: 6 }]
 */
export const joinedDays = (ranges: readonly DayRange[]): readonly DayRange[] => {
  const joined: DayRange[] = [];
  for (const range of ranges.toSorted((a, b) => a.first - b.first)) {
    const before = joined.at(-1);
    if (before === undefined || range.first > before.last + 1) joined.push(range);
    else joined[joined.length - 1] = { first: before.first, last: Math.max(before.last, range.last) };
  }
  return joined;
};

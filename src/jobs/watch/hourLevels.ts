const HOURS = 24;
/** Origins of the mean of all that each hour is given on top, so that a few of its own do not settle it. */
const BORROWED = 3;

/** Local hour of the clock at a step. */
export const hourOf = (minuteOfDay: ArrayLike<number>, step: number): number =>
  Math.floor(minuteOfDay[step]! / 60);

/** Mean of a figure by local hour of its origin; an hour without any has the mean of all. */
export const hourLevels = (values: Float64Array, hours: readonly number[]): number[] => {
  const sums = new Float64Array(HOURS);
  const counts = new Float64Array(HOURS);
  values.forEach((value, index) => {
    if (Number.isNaN(value)) return;
    sums[hours[index]!]! += value;
    counts[hours[index]!]!++;
  });
  const total = counts.reduce((sum, count) => sum + count, 0);
  const mean = total === 0 ? 1 : sums.reduce((sum, value) => sum + value, 0) / total;
  return Array.from(sums, (sum, hour) => (sum + BORROWED * mean) / (counts[hour]! + BORROWED));
};

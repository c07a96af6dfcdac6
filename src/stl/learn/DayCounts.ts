/** How often a rule held, by day: a reading is much like the one an hour before it, but less like last week's. */
export interface DayCounts {
  /** Judged instants at which the rule held, one number a day (or a block of days). */
  readonly held: Float64Array;
  /** Judged instants at which it was broken. */
  readonly broken: Float64Array;
  /** Instants at which it asked for something and missing readings, or the ends of the recording, leave it open. */
  readonly unknown: number;
  /** Instants at which it is not known whether it asked for anything. */
  readonly doubtful: number;
}

const sumOf = (values: Float64Array): number => values.reduce((sum, value) => sum + value, 0);

/** Instants that were judged. */
export const judgedIn = (counts: DayCounts): number => sumOf(counts.held) + sumOf(counts.broken);

/**
 * Share of the judged instants at which the rule held, 0..1; NaN where none was judged.
 *
 * @example
 * rateOf({ held: Float64Array.of(3, 4), broken: Float64Array.of(1, 0), unknown: 9, doubtful: 0 }); // => 0.875
 */
export const rateOf = (counts: DayCounts): number => sumOf(counts.held) / judgedIn(counts);

/** Puts `days` days at a time together; the last block may be shorter. */
export const inBlocks = (counts: DayCounts, days: number): DayCounts => {
  const blocks = Math.ceil(counts.held.length / days);
  const held = new Float64Array(blocks);
  const broken = new Float64Array(blocks);
  for (let day = 0; day < counts.held.length; day++) {
    const block = Math.floor(day / days);
    held[block] = (held[block] as number) + (counts.held[day] as number);
    broken[block] = (broken[block] as number) + (counts.broken[day] as number);
  }
  return { ...counts, held, broken };
};

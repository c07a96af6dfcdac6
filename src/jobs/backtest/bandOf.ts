/** Where the ends of the issued band lie among the levels; -1 where an end is the median. */
export interface Band {
  readonly lower: number;
  readonly upper: number;
  readonly lowerLevel: number;
  readonly upperLevel: number;
  /** Places of all issued levels. */
  readonly issued: readonly number[];
}

/**
 * @param levels all levels, ascending
 * @param issued those of a pipeline's forecast, ascending
 *
 * @example
 * bandOf([0.1, 0.6, 0.9], [0.9]); // => { lower: -1, upper: 2, lowerLevel: 0.5, upperLevel: 0.9, issued: [2] }
 */
export const bandOf = (levels: readonly number[], issued: readonly number[]): Band => {
  const lowest = issued[0] !== undefined && issued[0] < 0.5 ? issued[0] : 0.5;
  const last = issued.at(-1);
  const highest = last !== undefined && last > 0.5 ? last : 0.5;
  return {
    lower: levels.indexOf(lowest),
    upper: levels.indexOf(highest),
    lowerLevel: lowest,
    upperLevel: highest,
    issued: issued.map((level) => levels.indexOf(level)),
  };
};

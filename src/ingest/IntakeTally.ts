/** What the readers of a data set met besides its readings; counted while the stream runs. */
export interface IntakeTally {
  /** Data records read: rows of a table, whatever its layout. */
  records: number;
  blankLines: number;
  /** Rows whose local time does not exist, or exists twice; see `ClockTally`. */
  nonexistentLocal: number;
  ambiguousLocal: number;
  repeatedLocal: number;
  /** Columns that the card does not name: `FILE: a, b`. */
  readonly unreadColumns: string[];
  /** Calendar rows (days x steps) that a file without a time column did not fill: `FILE: 12 of 12672`. */
  readonly shortFiles: string[];
}

export const emptyTally = (): IntakeTally => ({
  records: 0,
  blankLines: 0,
  nonexistentLocal: 0,
  ambiguousLocal: 0,
  repeatedLocal: 0,
  unreadColumns: [],
  shortFiles: [],
});

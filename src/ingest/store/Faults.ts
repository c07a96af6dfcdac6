/** What can be odd about a reading, in the order in which counts are stored. */
export const FAULT_KINDS = [
  /** Arrived later after its instant than the feed allows. */
  "late",
  /** The same again: dropped. */
  "repeated",
  /** Another value for an instant that has one: the first stays. */
  "conflicting",
  /** Came after a later reading of its sensor. */
  "outOfOrder",
  /** Outside what the channel can be: left out. */
  "impossible",
  /** At no step of the grid, or further from it than the resampling rule allows. */
  "offGrid",
  /** A row without any value. */
  "blank",
] as const;

export type FaultKind = (typeof FAULT_KINDS)[number];
export type FaultCounts = Readonly<Record<FaultKind, number>>;

/** The counts of a list in the order of `FAULT_KINDS`, by name. */
export const namedFaults = (counts: ArrayLike<number>): FaultCounts =>
  Object.fromEntries(FAULT_KINDS.map((kind, index) => [kind, counts[index] ?? 0])) as Record<
    FaultKind,
    number
  >;

const WORDS: Readonly<Record<FaultKind, (count: string) => string>> = {
  late: (count) => `${count} late`,
  repeated: (count) => `${count} repeated`,
  conflicting: (count) => `${count} conflicting (the first stays)`,
  outOfOrder: (count) => `${count} out of order`,
  impossible: (count) => `${count} impossible (left out)`,
  offGrid: (count) => `${count} off the grid`,
  blank: (count) => `${count} without a value`,
};

/** The faults that occurred, in words; empty where there was none. */
export const describeFaults = (counts: FaultCounts): string =>
  FAULT_KINDS.filter((kind) => counts[kind] > 0)
    .map((kind) => WORDS[kind](counts[kind].toLocaleString("en-US")))
    .join(", ");

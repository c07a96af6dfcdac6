/** Conformal margins of rules and what they cover on data that they were not made of; plain data. */
export interface ConformalReport {
  /** Nominal share of windows that a margin covers, 0..1. */
  readonly level: number;
  /** Of the intervals. */
  readonly confidence: number;
  readonly rules: readonly RuleConformal[];
}

/** Robustness in the unit of the rule's predicates. Only windows on which forecast and truth can be judged count. */
export interface RuleConformal {
  readonly name: string;
  readonly calibrationWindows: number;
  /** What happens is at most this much less robust than the shielded forecast; null where there is too little to tell. */
  readonly margin: number | null;
  readonly testWindows: number;
  readonly covered: number;
  /** Share covered, and two intervals of it: as if windows were independent (Clopper, Pearson), and by drawing days. */
  readonly coverage: number | null;
  readonly independent: Interval;
  readonly byDays: Interval;
  readonly days: number;
}

export interface Interval {
  readonly lower: number;
  readonly upper: number;
}

/**
 * A rule in integers over quanta: an {@link UnrolledRule} whose leaves read whole numbers and whose robustness is
 * a whole number of 1/unitsPerOne of the predicate's unit.
 *
 * Leaf l has the value sum(coefficient * quanta(channel, sensor, step)) + constant and holds where that is >= 0
 * (a strict comparison has its constant one lower). Readings of the past that lie between two quanta are rounded
 * against the rule, down for a positive and up for a negative coefficient, so the value is a lower bound of the
 * exact robustness: a rule that holds here holds for the readings themselves.
 */
export interface CompiledRule {
  readonly name: string;
  readonly text: string;
  /** An enforced rule is repaired and proved; another is only watched. */
  readonly enforced: boolean;
  readonly unitsPerOne: number;
  /** Robustness that a repair restores, in 1/unitsPerOne; by default more than one quantum. */
  readonly margin: number;
  readonly kind: Uint8Array;
  readonly childOffsets: Int32Array;
  readonly children: Int32Array;
  readonly argument: Int32Array;
  readonly termOffsets: Int32Array;
  readonly coefficient: Int32Array;
  /** Index into the rule channels of the artefact: its targets first. */
  readonly channel: Int32Array;
  readonly sensor: Int32Array;
  /** 0 is the origin, 1.. the forecast. */
  readonly step: Int32Array;
  readonly constant: Float64Array;
  readonly clockTests: readonly CompiledClockTest[];
}

export interface CompiledClockTest {
  /** 0 minuteOfDay, 1 weekday, 2 dayNumber. */
  readonly field: number;
  readonly step: number;
  readonly lower: number;
  readonly upper: number;
}

/**
 * A channel that rules read, with the step that its readings are rounded to, the gap that they are held over, and what
 * a reading that is missing all the same lies between: no bound where it is left out.
 */
export interface RuleChannel {
  readonly channel: string;
  readonly quantum: number;
  readonly holdSteps: number;
  readonly lower?: number;
  readonly upper?: number;
}

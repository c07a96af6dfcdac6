/** Which token, and when, in order of time; a token is the number of a sensor, or of a sensor and a kind. */
export interface EventStream {
  /** [events] */
  readonly tokens: Int32Array;
  /** [events], ascending; in steps of the panel, between two steps where the crossing lies there. */
  readonly instants: Float64Array;
  /** [events], the step whose reading showed it: before it, nobody could know. */
  readonly knownAt: Int32Array;
}

/** Pivots and visits done and allowed: counted, so that a result does not depend on the speed of the machine. */
export interface Work {
  spent: number;
  readonly limit: number;
}

export type Settled = "settled" | "infeasible" | "out-of-work";

/**
 * The point nearest to the given one that keeps the rows demanded so far and the bounds of their variables. Rows are
 * added, never taken back; a fork goes its own way.
 */
export interface NearestPoint {
  /** One value a variable of the graph; variables that no demanded row reads stay as given, within their bounds. */
  readonly x: Float64Array;
  /**
   * What is minimised: the sum of the squares, or of the magnitudes, of all moves, less what the bounds alone cost.
   */
  readonly cost: number;
  demand(rows: readonly number[]): void;
  settle(work: Work): Settled;
  fork(): NearestPoint;
  /** What a gap adds to the cost at least, and gaps of other variables add apart from it, if no variable is tied. */
  costOfGap(gap: number): number;
  isTied(variable: number): boolean;
}

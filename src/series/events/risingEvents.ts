import { crossingEvents } from "./crossingEvents.ts";
import type { EventStream } from "./EventStream.ts";

/**
 * The moments when a rule becomes true at a sensor; see `crossingEvents`.
 *
 * @param robustness [sensors][steps], NaN where missing
 * @throws RangeError where there is no whole number of rows
 * @example
 * const { instants, tokens } = risingEvents(Float64Array.of(1, -1, 3, -2, NaN, 2), 3);
 * [tokens, instants]; // => [Int32Array [ 1, 0 ], Float64Array [ 1, 1.25 ]]
 */
export const risingEvents = (robustness: Float64Array, steps: number): EventStream =>
  crossingEvents(robustness, steps, "rise");

/** Which sensor, and when, in order of time. */
export interface EventStream {
  /** [events], the number of a sensor. */
  readonly tokens: Int32Array;
  /** [events], ascending; in steps of the panel, between two steps where the crossing lies there. */
  readonly instants: Float64Array;
}

/**
 * The moments when a rule becomes true at a sensor: its robustness rises from below 0 to 0 or more.
 *
 * The instant is that of the straight line between the reading before and this one. A missing reading is no news: a rule
 * that was false before a gap and is true after it became true in between; one that is true at its first reading was
 * never seen to become true. Events of the same instant stand in the order of their sensors.
 *
 * @param robustness [sensors][steps], NaN where missing
 * @throws RangeError where there is no whole number of rows
 * @example
 * const { instants, tokens } = risingEvents(Float64Array.of(1, -1, 3, -2, NaN, 2), 3);
 * [tokens, instants]; // => [Int32Array [ 1, 0 ], Float64Array [ 1, 1.25 ]]
 */
export const risingEvents = (robustness: Float64Array, steps: number): EventStream => {
  const sensors = robustness.length / steps;
  if (!Number.isInteger(sensors)) {
    throw new RangeError(
      `robustness has ${robustness.length} values: give a whole number of rows of ${steps} steps`,
    );
  }
  const found: { readonly token: number; readonly instant: number }[] = [];
  for (let token = 0; token < sensors; token++) {
    let [before, at] = [NaN, 0];
    for (let step = 0; step < steps; step++) {
      const value = robustness[token * steps + step]!;
      if (Number.isNaN(value)) continue;
      if (before < 0 && value >= 0) {
        const share = Number.isFinite(value - before) ? -before / (value - before) : 1;
        found.push({ token, instant: at + share * (step - at) });
      }
      [before, at] = [value, step];
    }
  }
  found.sort((a, b) => a.instant - b.instant || a.token - b.token);
  return {
    tokens: Int32Array.from(found, ({ token }) => token),
    instants: Float64Array.from(found, ({ instant }) => instant),
  };
};

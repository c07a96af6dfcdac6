import type { EventStream } from "./EventStream.ts";

/** `rise`: what was false becomes true; `fall`: what was true becomes false. */
export type Edge = "rise" | "fall";

/**
 * The moments when a condition becomes true, or false, at a sensor: its robustness rises from below 0 to 0 or more, or
 * falls from 0 or more to below 0.
 *
 * The instant is that of the straight line between the reading before and this one. A missing reading is no news: a
 * condition that was false before a gap and is true after it became true in between; one that is true at its first
 * reading was never seen to become true. Events of the same instant stand in the order of their sensors.
 *
 * @param robustness [sensors][steps], NaN where missing
 * @throws RangeError where there is no whole number of rows
 * @example
 * const { instants, tokens } = crossingEvents(Float64Array.of(1, -1, 3, -2, NaN, 2), 3, "fall");
 * [tokens, instants]; // => [Int32Array [ 0 ], Float64Array [ 0.5 ]]
 */
export const crossingEvents = (robustness: Float64Array, steps: number, edge: Edge): EventStream => {
  const sensors = robustness.length / steps;
  if (!Number.isInteger(sensors)) {
    throw new RangeError(
      `robustness has ${robustness.length} values: give a whole number of rows of ${steps} steps`,
    );
  }
  const found: { readonly token: number; readonly instant: number; readonly step: number }[] = [];
  for (let token = 0; token < sensors; token++) {
    let [before, at] = [NaN, 0];
    for (let step = 0; step < steps; step++) {
      const value = robustness[token * steps + step]!;
      if (Number.isNaN(value)) continue;
      const crossed = edge === "rise" ? before < 0 && value >= 0 : before >= 0 && value < 0;
      if (crossed) {
        const share = Number.isFinite(value - before) ? -before / (value - before) : 1;
        found.push({ token, instant: at + share * (step - at), step });
      }
      [before, at] = [value, step];
    }
  }
  found.sort((a, b) => a.instant - b.instant || a.token - b.token);
  return {
    tokens: Int32Array.from(found, ({ token }) => token),
    instants: Float64Array.from(found, ({ instant }) => instant),
    knownAt: Int32Array.from(found, ({ step }) => step),
  };
};

import type { EventStream } from "./EventStream.ts";
import { gapsOf } from "./EventTimes.ts";

/** Some events of a stream, in its order. */
export interface StreamPart {
  readonly tokens: Int32Array;
  /** In steps. */
  readonly instants: Float64Array;
  /** Minutes from the event before in the whole stream; 0 of the first of all. */
  readonly gaps: Float64Array;
  readonly knownAt: Int32Array;
}

/**
 * Cuts a stream at steps of its panel by when each event became known: one whose crossing is dated before a cut but was
 * seen by a reading after it belongs to the part after.
 *
 * @param cuts steps, ascending
 * @returns one part more than there are cuts
 */
export const partsOfStream = (
  { instants, knownAt, tokens }: EventStream,
  cuts: readonly number[],
  minutesPerStep: number,
): readonly StreamPart[] => {
  const gaps = gapsOf(instants, minutesPerStep);
  return [0, ...cuts].map((from, part) => {
    const to = cuts[part] ?? Infinity;
    const own = Array.from(tokens.keys()).filter((k) => {
      const step = knownAt[k]!;
      return (part === 0 || step >= from) && step < to;
    });
    return {
      tokens: Int32Array.from(own, (k) => tokens[k]!),
      instants: Float64Array.from(own, (k) => instants[k]!),
      gaps: Float64Array.from(own, (k) => gaps[k]!),
      knownAt: Int32Array.from(own, (k) => knownAt[k]!),
    };
  });
};

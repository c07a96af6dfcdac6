import type { EventStream } from "./EventStream.ts";

/** The stream of one kind of event at `sensors` sensors; what it finds may be known only some steps later. */
export interface KindStream {
  readonly stream: EventStream;
  /** Steps from an event to when it is known, beyond the reading that showed it: 0 but where a rule looks ahead. */
  readonly delay: number;
}

/**
 * One stream of several kinds of events: token = kind x sensors + sensor. An event that is known later happens later:
 * its instant is moved by the delay, so that nothing is read before it can be known.
 *
 * @example
 * const stream = { tokens: Int32Array.of(1), instants: Float64Array.of(0.5), knownAt: Int32Array.of(1) };
 * mergeStreams([{ stream, delay: 3 }, { stream, delay: 0 }], 2).tokens; // => Int32Array [ 3, 1 ]
 */
export const mergeStreams = (kinds: readonly KindStream[], sensors: number): EventStream => {
  const all = kinds.flatMap(({ delay, stream: { instants, knownAt, tokens } }, kind) =>
    Array.from(tokens, (sensor, k) => ({
      token: kind * sensors + sensor,
      instant: instants[k]! + delay,
      step: knownAt[k]! + delay,
    })),
  );
  all.sort((a, b) => a.instant - b.instant || a.token - b.token);
  return {
    tokens: Int32Array.from(all, ({ token }) => token),
    instants: Float64Array.from(all, ({ instant }) => instant),
    knownAt: Int32Array.from(all, ({ step }) => step),
  };
};

import { Effect } from "effect";
import { nextEvent, type TimedEventModel } from "../../model/eventModel/nextEvent.ts";
import { type EventTimes, TIMING_FEATURES, writeFeatures } from "../../series/events/EventTimes.ts";
import type { StreamPart } from "../../series/events/partsOfStream.ts";

/** What a model said before one event of a stream. */
export interface Foretold {
  /** [tokens] */
  readonly which: Float64Array;
  /** [bins] */
  readonly when: Float64Array;
}

/** A stream that a model has read, event after event. */
export interface WalkedStream {
  /** By event, the state before it is read. */
  readonly states: readonly Float32Array[];
}

const EVENTS_BETWEEN_BREATHS = 50;

/** What is told of each event of a stream, [features]. */
const featuresOf = (times: EventTimes, stream: StreamPart, event: number): Float32Array => {
  const features = new Float32Array(TIMING_FEATURES);
  writeFeatures(times, stream.instants[event]!, stream.gaps[event]!, features, 0);
  return features;
};

/**
 * Reads a stream event by event, as a running system would, and tells what the model says before each from the second
 * on; the first is read from a state of zero.
 */
export const walkStream = Effect.fn("walkStream")(function* (
  model: TimedEventModel,
  times: EventTimes,
  stream: StreamPart,
  tell: (event: number, foretold: Foretold) => void,
) {
  const states: Float32Array[] = [new Float32Array(model.shape.units)];
  for (let event = 1; event < stream.tokens.length; event++) {
    const before = event - 1;
    const { stateAfter, which, when } = nextEvent(
      model,
      states[before]!,
      stream.tokens[before]!,
      featuresOf(times, stream, before),
    );
    tell(event, { which, when });
    states.push(stateAfter(stream.tokens[event]!));
    if (event % EVENTS_BETWEEN_BREATHS === 0) yield* Effect.sleep(0);
  }
  return { states } satisfies WalkedStream;
});

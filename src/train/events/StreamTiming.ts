import type { TimingBatch } from "../../model/eventModel/TimingHead.ts";
import { binOf, type GapBins } from "../../series/events/GapBins.ts";
import { type EventTimes, TIMING_FEATURES, writeFeatures } from "../../series/events/EventTimes.ts";
import { type EventCut, type EventPiece, eventPieces } from "./eventPieces.ts";

/** The times of a stream, as a model reads and predicts them. */
export interface StreamTiming {
  /** [events][features], told with each event. */
  readonly features: Float32Array;
  /** [events], the bin of the gap that leads to each. */
  readonly bins: Int32Array;
}

/**
 * @param instants [events], in steps
 * @param gaps [events], minutes before each
 */
export const streamTiming = (
  times: EventTimes,
  bins: GapBins,
  instants: Float64Array,
  gaps: Float64Array,
): StreamTiming => {
  const features = new Float32Array(instants.length * TIMING_FEATURES);
  instants.forEach((instant, k) => writeFeatures(times, instant, gaps[k]!, features, k * TIMING_FEATURES));
  return { features, bins: Int32Array.from(gaps, (gap) => binOf(bins, gap)) };
};

/** The times of some events in the order of a batch: what is told with those before, what leads to those predicted. */
const timingOf = ({ bins, features }: StreamTiming, places: Int32Array, batch: number): TimingBatch => {
  const count = features.length / bins.length;
  const told = places.length - batch;
  const own = new Float32Array(told * count);
  for (let k = 0; k < told; k++) {
    own.set(features.subarray(places[k]! * count, (places[k]! + 1) * count), k * count);
  }
  return { features: own, bins: Int32Array.from(places.subarray(batch), (place) => bins[place]!) };
};

/** A piece with its times, where the stream has some. */
export interface TimedPiece extends EventPiece {
  readonly timing?: TimingBatch;
}

/** The pieces of `eventPieces`, each with its times. */
export function* timedPieces(
  tokens: Int32Array,
  codes: readonly Int32Array[],
  timing: StreamTiming | undefined,
  cut: EventCut,
): Generator<TimedPiece, void, void> {
  if (timing === undefined) return yield* eventPieces(tokens, codes, cut);
  const places = Int32Array.from(tokens, (_, k) => k);
  for (const piece of eventPieces(tokens, [...codes, places], cut)) {
    const own = piece.codes.slice(0, -1);
    yield { ...piece, codes: own, timing: timingOf(timing, piece.codes.at(-1)!, piece.batch) };
  }
}

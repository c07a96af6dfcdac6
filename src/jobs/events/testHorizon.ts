/** Tries the chance of an event within the horizon, by futures drawn at instants of the test span. */
import { Effect } from "effect";
import { rollOutEvents, type RollOutStart } from "../../model/eventModel/rollOutEvents.ts";
import type { HorizonScore } from "../../report/events/EventSummary.ts";
import { hourAt } from "../../series/events/EventTimes.ts";
import { brierOfRates, fitHorizonRates, happenedWithin } from "../../series/events/HorizonRates.ts";
import { random } from "../../series/random.ts";
import type { EventSpan, PreparedEvents } from "./prepareEvents.ts";
import type { NamedEventModel, ReadStream } from "./testEvents.ts";

/** Origins of the training span that the base rates are counted at, at most. */
const COUNTED_ORIGINS = 4000;
/** Origins that a token's share over all hours weighs in an hour; the validation span chooses. */
const STRENGTHS = [1, 4, 16, 64, 256, 1024];
/** Streams of the seed: weights and table have 0 and 1, the forecast 2, the origins those from here on. */
const FIRST_STREAM = 1000;

/** Steps of a span whose horizon ends within it, evenly spread. */
const originsOf = ({ from, to }: EventSpan, horizon: number, most: number): number[] => {
  const last = to - 1 - horizon;
  const count = Math.max(0, Math.min(most, last - from + 1));
  return Array.from({ length: count }, (_, k) => from + Math.floor((k * (last - from + 1)) / count));
};

/**
 * Where a future may begin at a step: after the last event before which all are known by then. Undefined where none is.
 */
export const startAt = ({ states, stream }: ReadStream, now: number): RollOutStart | undefined => {
  let event = -1;
  while (event + 1 < stream.tokens.length && stream.knownAt[event + 1]! <= now) event++;
  if (event < 0) return undefined;
  return {
    state: states[event]!,
    token: stream.tokens[event]!,
    instant: stream.instants[event]!,
    gap: stream.gaps[event]!,
    now,
  };
};

export const testHorizon = Effect.fn("testHorizon")(function* (
  run: PreparedEvents,
  { model, name }: NamedEventModel,
  read: ReadStream,
  progress: (done: number) => void,
) {
  const { bins, horizonSteps, pipeline, spans, stream, times, tokens } = run;
  const hoursOf = (origins: readonly number[]): number[] => origins.map((origin) => hourAt(times, origin));
  const happenedAt = (origins: readonly number[]): Uint8Array =>
    happenedWithin(stream, origins, tokens, horizonSteps);
  const learned = originsOf(spans.training, horizonSteps, COUNTED_ORIGINS);
  const tried = originsOf(spans.validation, horizonSteps, COUNTED_ORIGINS);
  const [hours, happened] = [hoursOf(learned), happenedAt(learned)];
  const rates = STRENGTHS.map((strength) => fitHorizonRates(hours, happened, tokens, strength));
  const errors = rates.map((each) => brierOfRates(each, hoursOf(tried), happenedAt(tried), tokens));
  const best = errors.indexOf(Math.min(...errors));

  const origins = originsOf(spans.test, horizonSteps, pipeline.forecast.origins).filter(
    (origin) => startAt(read, origin) !== undefined,
  );
  const truth = happenedAt(origins);
  let squares = 0;
  for (const [k, origin] of origins.entries()) {
    const chances = rollOutEvents(model, startAt(read, origin)!, {
      times,
      bins,
      samples: pipeline.forecast.samples,
      horizon: horizonSteps,
      numbers: random(pipeline.training.seed, FIRST_STREAM + k),
    });
    chances.forEach((chance, token) => (squares += (chance - truth[k * tokens + token]!) ** 2));
    progress((k + 1) / origins.length);
    yield* Effect.sleep(0);
  }
  const scores: readonly HorizonScore[] = [
    {
      model: "base rate by sensor and hour",
      brier: brierOfRates(rates[Math.max(0, best)]!, hoursOf(origins), truth, tokens),
    },
    { model: name, brier: squares / truth.length },
  ];
  return {
    origins: origins.length,
    happened: truth.reduce((sum, one) => sum + one, 0) / truth.length,
    scores,
  };
});

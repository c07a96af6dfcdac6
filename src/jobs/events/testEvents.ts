/** Tries a trained model on the test span: which, when, and whether within the horizon, beside what counting gives. */
import { Effect } from "effect";
import type { TimedEventModel } from "../../model/eventModel/nextEvent.ts";
import type { Calibration, HorizonScore, WhenScore, WhichScore } from "../../report/events/EventSummary.ts";
import { probabilitiesIn } from "../../series/events/ContextCounts.ts";
import { gapWithSurvival } from "../../series/events/GapBins.ts";
import type { StreamPart } from "../../series/events/partsOfStream.ts";
import { binnedGap, countGaps, countTokens, dailyRates, poissonGap } from "./eventBaselines.ts";
import type { PreparedEvents } from "./prepareEvents.ts";
import { testHorizon } from "./testHorizon.ts";
import { walkStream } from "./walkStream.ts";
import { tallyWhen } from "./whenScore.ts";
import { tallyWhich } from "./whichScore.ts";

/** A model of a run, and what it is called. */
export interface NamedEventModel {
  readonly name: string;
  readonly model: TimedEventModel;
}

/** What the model said of one event of the test span. */
export interface TestedEvent {
  /** In steps. */
  readonly instant: number;
  readonly token: number;
  readonly probability: number;
  readonly rank: number;
  /** Quantiles 0.1, 0.5 and 0.9 of the instant, in steps. */
  readonly quantiles: readonly [number, number, number];
}

/** The end of the recording as the model has read it: where a forecast begins. */
export interface ReadStream {
  readonly stream: StreamPart;
  /** By event, the state before it is read. */
  readonly states: readonly Float32Array[];
}

export interface EventTest {
  readonly which: readonly WhichScore[];
  readonly when: readonly WhenScore[];
  readonly calibration: readonly Calibration[];
  readonly horizon: {
    readonly origins: number;
    readonly happened: number;
    readonly scores: readonly HorizonScore[];
  };
  /** By the last of the models, the one that forecasts. */
  readonly events: readonly TestedEvent[];
  readonly read: ReadStream;
}

/** Events of the training span that a model reads before those of the validation span, to come to a state. */
const RUN_IN = 256;

const joined = (parts: readonly StreamPart[]): StreamPart => ({
  tokens: Int32Array.from(parts.flatMap(({ tokens }) => [...tokens])),
  instants: Float64Array.from(parts.flatMap(({ instants }) => [...instants])),
  gaps: Float64Array.from(parts.flatMap(({ gaps }) => [...gaps])),
  knownAt: Int32Array.from(parts.flatMap(({ knownAt }) => [...knownAt])),
});

const lastOf = (part: StreamPart, count: number): StreamPart => ({
  tokens: part.tokens.slice(-count),
  instants: part.instants.slice(-count),
  gaps: part.gaps.slice(-count),
  knownAt: part.knownAt.slice(-count),
});

/** @param models one or more, the one that forecasts last */
export const testEvents = Effect.fn("testEvents")(function* (
  run: PreparedEvents,
  models: readonly NamedEventModel[],
  progress: (done: number) => void,
) {
  const { bins, parts, times } = run;
  const { minutesPerStep } = times;
  const stream = joined([lastOf(parts.training, RUN_IN), parts.validation, parts.test]);
  const first = stream.tokens.length - parts.test.tokens.length;

  const counted = countTokens(run).map((way) => ({ way, tally: tallyWhich(way.model) }));
  const gapsCounted = countGaps(run);
  const rates = dailyRates(run);
  const [ofPoisson, ofCounts] = [tallyWhen("Poisson process by hour"), tallyWhen("gaps counted")];
  for (let event = first; event < stream.tokens.length; event++) {
    const gap = stream.gaps[event]!;
    for (const { tally, way } of counted) {
      tally.add(probabilitiesIn(way.counts, way.contextOf(stream, event - 1)), stream.tokens[event]!);
    }
    ofCounts.add(binnedGap(bins, gapsCounted, gap), gap);
    ofPoisson.add(
      poissonGap(rates, stream.instants[event]! - gap / minutesPerStep, gap, minutesPerStep),
      gap,
    );
  }

  const tested: {
    readonly which: WhichScore;
    readonly when: WhenScore;
    readonly calibration: readonly Calibration[];
    readonly events: readonly TestedEvent[];
    readonly read: ReadStream;
  }[] = [];
  for (const [index, { model, name }] of models.entries()) {
    const [which, when] = [tallyWhich(name), tallyWhen(name)];
    const events: TestedEvent[] = [];
    const { states } = yield* walkStream(model, times, stream, (event, foretold) => {
      if (event < first) return;
      progress((index + (event - first) / parts.test.tokens.length) / (models.length + 1));
      const [token, gap] = [stream.tokens[event]!, stream.gaps[event]!];
      const rank = which.add(foretold.which, token);
      when.add(binnedGap(bins, foretold.when, gap), gap);
      const instant = stream.instants[event]!;
      const before = instant - gap / minutesPerStep;
      const quantile = (level: number): number =>
        before + gapWithSurvival(bins, foretold.when, 1 - level) / minutesPerStep;
      events.push({
        instant,
        token,
        probability: foretold.which[token]!,
        rank,
        quantiles: [quantile(0.1), quantile(0.5), quantile(0.9)],
      });
    });
    tested.push({
      which: which.score(),
      when: when.score(),
      calibration: when.calibration(),
      events,
      read: { stream, states },
    });
  }

  const { calibration, events, read } = tested.at(-1)!;
  const horizon = yield* testHorizon(run, models.at(-1)!, read, (done) =>
    progress((models.length + done) / (models.length + 1)),
  );
  return {
    which: [...counted.map(({ tally }) => tally.score()), ...tested.map((each) => each.which)],
    when: [ofPoisson.score(), ofCounts.score(), ...tested.map((each) => each.when)],
    calibration,
    horizon,
    events,
    read,
  } satisfies EventTest;
});

/** What the model has to beat: counts of the training span, drawn together as the validation span likes best. */
import { fitContextCounts, type ContextCounts } from "../../series/events/ContextCounts.ts";
import { type DailyRates, fitDailyRates, logDensityOfNext, nextBy } from "../../series/events/DailyRates.ts";
import { hourAt } from "../../series/events/EventTimes.ts";
import { type GapBins, gapWithSurvival, logDensityWithin, binOf } from "../../series/events/GapBins.ts";
import type { StreamPart } from "../../series/events/partsOfStream.ts";
import type { PreparedEvents } from "./prepareEvents.ts";
import type { GapForecast } from "./whenScore.ts";

/** One way to count which token comes next, by what is known before it. */
export interface CountedTokens {
  readonly model: string;
  readonly counts: ContextCounts;
  /** @param before place of the event before in its part */
  readonly contextOf: (part: StreamPart, before: number) => number;
}

/** How often each token occurs, by the hour of the event before, and by the token before. */
export const countTokens = ({ parts, times, tokens }: PreparedEvents): readonly CountedTokens[] => {
  const ways: readonly Omit<CountedTokens, "counts">[] = [
    { model: "counting", contextOf: () => 0 },
    { model: "counting by hour", contextOf: (part, before) => hourAt(times, part.instants[before]!) },
    { model: "Markov chain", contextOf: (part, before) => part.tokens[before]! },
  ];
  return ways.map(({ contextOf, model }) => {
    const contextsOf = (part: StreamPart) => ({
      tokens: part.tokens.subarray(1),
      contexts: Int32Array.from({ length: part.tokens.length - 1 }, (_, before) => contextOf(part, before)),
    });
    const counts = fitContextCounts(contextsOf(parts.training), contextsOf(parts.validation), tokens);
    return { model, contextOf, counts };
  });
};

/** A density of the gap from probabilities of its bins. */
export const binnedGap = (bins: GapBins, when: ArrayLike<number>, gap: number): GapForecast => ({
  logDensity: Math.log(when[binOf(bins, gap)]!) + logDensityWithin(bins, gap),
  exceeded: (probability) => gapWithSurvival(bins, when, probability),
});

/** How often a gap of the training span lies in each bin, with one gap more each. */
export const countGaps = ({ bins, parts }: PreparedEvents): Float64Array => {
  const counts = new Float64Array(bins.starts.length).fill(1);
  for (const gap of parts.training.gaps.subarray(1)) counts[binOf(bins, gap)]!++;
  const all = counts.reduce((sum, count) => sum + count, 0);
  return counts.map((count) => count / all);
};

/** A Poisson process with the rates of the training span by hour of the day. */
export const dailyRates = ({ spans, stream, times }: PreparedEvents): DailyRates =>
  fitDailyRates(stream, times.clock, spans.training.to);

/** What a Poisson process says of the gap after an event. */
export const poissonGap = (
  rates: DailyRates,
  from: number,
  gap: number,
  minutesPerStep: number,
): GapForecast => ({
  logDensity: logDensityOfNext(rates, from, from + gap / minutesPerStep) - Math.log(minutesPerStep),
  exceeded: (probability) => (nextBy(rates, from, 1 - probability) - from) * minutesPerStep,
});

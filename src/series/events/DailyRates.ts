import type { LocalClock } from "../LocalClock.ts";
import type { EventStream } from "./EventStream.ts";

const HOURS = 24;
/** Events that each hour has seen beside those counted, so that none has a rate of 0. */
const HALF_AN_EVENT = 0.5;

/** A Poisson process whose rate depends on the local hour of the day; times in steps of the panel. */
export interface DailyRates {
  /** Events a step, by hour. */
  readonly byHour: Float64Array;
  /** [steps + 1], events expected from step 0 to each; beyond it goes on at the last rate. */
  readonly expected: Float64Array;
}

/**
 * Counts events by hour of the day over the first `trainingSteps` steps.
 *
 * @param clock one entry a step, as far as the process is asked for
 */
export const fitDailyRates = (
  { instants, knownAt }: Pick<EventStream, "instants" | "knownAt">,
  clock: LocalClock,
  trainingSteps: number,
): DailyRates => {
  const hourOf = (step: number): number => Math.floor(clock.minuteOfDay[step]! / 60);
  const counts = new Float64Array(HOURS).fill(HALF_AN_EVENT);
  const steps = new Float64Array(HOURS);
  for (let step = 0; step < trainingSteps; step++) steps[hourOf(step)]!++;
  let events = 0;
  instants.forEach((instant, k) => {
    if (knownAt[k]! >= trainingSteps) return;
    counts[hourOf(Math.floor(instant))]!++;
    events++;
  });
  const overall = Math.max(HALF_AN_EVENT, events) / Math.max(1, trainingSteps);
  const byHour = counts.map((count, hour) => (steps[hour] === 0 ? overall : count / steps[hour]!));
  const length = clock.minuteOfDay.length;
  const expected = new Float64Array(length + 1);
  for (let step = 0; step < length; step++) expected[step + 1] = expected[step]! + byHour[hourOf(step)]!;
  return { byHour, expected };
};

const rateAt = ({ expected }: DailyRates, instant: number): number => {
  const step = Math.min(expected.length - 2, Math.max(0, Math.floor(instant)));
  return expected[step + 1]! - expected[step]!;
};

const expectedBy = (rates: DailyRates, instant: number): number => {
  const step = Math.min(rates.expected.length - 2, Math.max(0, Math.floor(instant)));
  return rates.expected[step]! + (instant - step) * rateAt(rates, instant);
};

/** Logarithm of the density of the next event at `to`, per step, nothing having happened since `from`. */
export const logDensityOfNext = (rates: DailyRates, from: number, to: number): number =>
  Math.log(rateAt(rates, to)) - (expectedBy(rates, to) - expectedBy(rates, from));

/** The instant by which the next event has happened with a probability below 1, nothing having happened since `from`. */
export const nextBy = (rates: DailyRates, from: number, probability: number): number => {
  const { expected } = rates;
  const wanted = expectedBy(rates, from) - Math.log1p(-probability);
  let [low, high] = [0, expected.length - 2];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (expected[middle]! <= wanted) low = middle;
    else high = middle - 1;
  }
  return low + (wanted - expected[low]!) / (expected[low + 1]! - expected[low]!);
};

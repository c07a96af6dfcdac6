import { describe, expect, it } from "vitest";
import { fitDailyRates, logDensityOfNext, nextBy } from "../../../src/series/events/DailyRates.ts";
import { localClock } from "../../../src/series/LocalClock.ts";
import { random } from "../../../src/series/random.ts";

const STEP_MS = 600_000;
const DAYS = 40;
const steps = DAYS * 144;
const clock = localClock("Europe/Berlin", Date.UTC(2025, 0, 31, 23), STEP_MS, steps + 14 * 144);
/** Two events an hour from six to nine, one in ten hours else. */
const truth = (step: number): number => {
  const hour = Math.floor(clock.minuteOfDay[step]! / 60);
  return hour >= 6 && hour < 9 ? 2 / 6 : 0.1 / 6;
};

const numbers = random(9);
const instants: number[] = [];
for (let step = 0; step < steps; step++) {
  if (numbers.uniform() < truth(step)) instants.push(step + numbers.uniform());
}
const stream = {
  instants: Float64Array.from(instants),
  knownAt: Int32Array.from(instants, (instant) => Math.floor(instant) + 1),
};
const rates = fitDailyRates(stream, clock, steps);

describe("a Poisson process by hour of the day", () => {
  it("has the rates that the events were drawn with", () => {
    rates.byHour.forEach((rate, hour) => {
      const expected = hour >= 6 && hour < 9 ? 2 / 6 : 0.1 / 6;
      // Five deviations of so many events.
      expect(Math.abs(rate - expected)).toBeLessThan(5 * Math.sqrt(expected / (DAYS * 6)) + 0.5 / (DAYS * 6));
    });
  });

  it("counts the training span alone", () => {
    const half = steps / 2;
    const early = {
      instants: stream.instants.filter((_, k) => stream.knownAt[k]! < half),
      knownAt: stream.knownAt.filter((step) => step < half),
    };
    expect(fitDailyRates(stream, clock, half)).toEqual(fitDailyRates(early, clock, half));
    expect(fitDailyRates(stream, clock, half).byHour).not.toEqual(rates.byHour);
  });

  it("gives a proper density: up to a quantile it integrates to the quantile's level", () => {
    for (const [from, level] of [
      [100.3, 0.1],
      [100.3, 0.5],
      [5000, 0.9],
      [17.9, 0.99],
    ] as const) {
      const to = nextBy(rates, from, level);
      const pieces = 100_000;
      let mass = 0;
      for (let k = 0; k < pieces; k++) {
        const at = from + ((k + 0.5) * (to - from)) / pieces;
        mass += (Math.exp(logDensityOfNext(rates, from, at)) * (to - from)) / pieces;
      }
      expect(mass).toBeCloseTo(level, 3);
    }
  });

  it("goes on at the last rate past the clock", () => {
    const from = clock.minuteOfDay.length + 5;
    const rate = rates.byHour[Math.floor(clock.minuteOfDay.at(-1)! / 60)]!;
    expect(nextBy(rates, from, 0.5)).toBeCloseTo(from + Math.LN2 / rate, 6);
    expect(logDensityOfNext(rates, from, from + 3)).toBeCloseTo(Math.log(rate) - 3 * rate, 9);
  });
});

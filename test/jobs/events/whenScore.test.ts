import { describe, expect, it } from "vitest";
import { binnedGap, poissonGap } from "../../../src/jobs/events/eventBaselines.ts";
import { tallyWhen } from "../../../src/jobs/events/whenScore.ts";
import { fitDailyRates } from "../../../src/series/events/DailyRates.ts";
import { survivalOf } from "../../../src/series/events/GapBins.ts";
import { localClock } from "../../../src/series/LocalClock.ts";
import { random } from "../../../src/series/random.ts";

describe("tallyWhen", () => {
  const bins = { starts: Float64Array.of(0, 2, 6), tailMean: 3 };
  const truth = [0.5, 0.2, 0.3];
  const numbers = random(6);
  const gaps = Array.from({ length: 20_000 }, () =>
    binnedGap(bins, truth, 0).exceeded(1 - numbers.uniform()),
  );
  const scored = (shares: readonly number[]) => {
    const tally = tallyWhen("x");
    for (const gap of gaps) tally.add(binnedGap(bins, shares, gap), gap);
    return tally;
  };

  it("finds a density calibrated that the gaps were drawn from, and none better", () => {
    const own = scored(truth);
    expect(own.score().coverage80).toBeCloseTo(0.8, 1);
    for (const { level, share } of own.calibration()) {
      expect(Math.abs(share - level)).toBeLessThan(5 * Math.sqrt((level * (1 - level)) / gaps.length));
    }
    const other = scored([0.3, 0.2, 0.5]);
    expect(other.score().nats).toBeGreaterThan(own.score().nats + 0.05);
    expect(other.calibration()[4]!.share).toBeGreaterThan(0.6);
  });

  it("has errors of the median that was foretold", () => {
    const tally = tallyWhen("x");
    // The median is where half is left: 2 minutes.
    for (const gap of [0, 1, 3, 12]) tally.add(binnedGap(bins, truth, gap), gap);
    expect(tally.score()).toMatchObject({ medianAbsoluteError: 1.5, meanAbsoluteError: 14 / 4 });
    expect(survivalOf(bins, truth, 2)).toBeCloseTo(0.5, 12);
  });
});

describe("poissonGap", () => {
  it("is an exponential in minutes where the rate is even", () => {
    const clock = localClock("UTC", 0, 300_000, 5000);
    const knownAt = Int32Array.from({ length: 1000 }, (_, k) => 2 * k + 1);
    const instants = Float64Array.from(knownAt, (step) => step - 0.5);
    const rates = fitDailyRates({ instants, knownAt }, clock, 2000);
    const perMinute = rates.byHour[5]! / 5;
    const { exceeded, logDensity } = poissonGap(rates, 5.2 * 12, 3, 5);
    expect(logDensity).toBeCloseTo(Math.log(perMinute) - 3 * perMinute, 9);
    expect(exceeded(0.5)).toBeCloseTo(Math.LN2 / perMinute, 9);
  });
});

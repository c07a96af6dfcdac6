import { describe, expect, it } from "vitest";
import { createEventKernels } from "../../../src/model/eventModel/eventKernels.ts";
import {
  arraysOf,
  type EventModelShape,
  initialEventParameters,
} from "../../../src/model/eventModel/EventModel.ts";
import type { TimedEventModel } from "../../../src/model/eventModel/nextEvent.ts";
import { rollOutEvents } from "../../../src/model/eventModel/rollOutEvents.ts";
import { sharedTable } from "../../../src/model/sharedTable/SharedTable.ts";
import { eventTimes, TIMING_FEATURES } from "../../../src/series/events/EventTimes.ts";
import { gapWithSurvival } from "../../../src/series/events/GapBins.ts";
import { random } from "../../../src/series/random.ts";

const kernels = createEventKernels();
const TOKENS = 5;
const bins = { starts: Float64Array.of(0, 10, 30), tailMean: 20 };
const times = eventTimes({ zone: "UTC", startMs: 0, stepMs: 300_000 }, 1000, Float64Array.of(1, 5, 20));
const SHARES = [0.5, 0.3, 0.2];
const WEIGHTS = [0.1, 0.2, 0.4, 0.05, 0.25];

/** A model without memory: gaps by SHARES, tokens by WEIGHTS, whatever came before. */
const forgetful = (codes: readonly number[]): TimedEventModel => {
  const shape: EventModelShape = {
    cell: "gru",
    multiplicative: true,
    units: 3,
    inputs: 2,
    codes,
    timing: { features: TIMING_FEATURES, bins: 3 },
  };
  const parameters = initialEventParameters(shape, random(1));
  for (const values of arraysOf(parameters)) values.fill(0);
  parameters.timing!.binBiases.set(SHARES.map(Math.log));
  const table = codes.length > 1 ? sharedTable(TOKENS) : undefined;
  if (table === undefined) parameters.outputBiases[0]!.set(WEIGHTS.map(Math.log));
  else {
    // Rows of three, tokens in their order; the columns share what the rows leave.
    parameters.outputBiases[0]!.set([Math.log(0.7), Math.log(0.3), -50]);
  }
  return { kernels, shape, parameters, ...(table && { table }), tokens: TOKENS };
};

const start = { state: new Float32Array(3), token: 2, instant: 99, gap: 4, now: 100 };
const options = { times, bins, samples: 4000, horizon: 6, numbers: random(11) };

/** Chance of each token within the horizon when its share of the tokens is known, by drawing without any model. */
const expected = (weights: readonly number[], samples: number): number[] => {
  const numbers = random(77);
  const happened = weights.map(() => 0);
  for (let sample = 0; sample < samples; sample++) {
    // Five minutes have passed: gaps shorter than that are drawn again.
    let gap = 0;
    while (gap < 5) gap = gapWithSurvival(bins, SHARES, 1 - numbers.uniform());
    const seen = new Set<number>();
    for (let at = gap - 5; at <= 30; at += gapWithSurvival(bins, SHARES, 1 - numbers.uniform())) {
      let left = numbers.uniform();
      seen.add(
        Math.max(
          0,
          weights.findIndex((weight) => (left -= weight) < 0),
        ),
      );
    }
    for (const token of seen) happened[token]!++;
  }
  return happened.map((count) => count / samples);
};

describe("rollOutEvents", () => {
  it.each<[string, readonly number[], readonly number[]]>([
    ["full table", [TOKENS], WEIGHTS],
    // Of the second row two columns hold a token.
    ["shared table", [3, 3], [0.7 / 3, 0.7 / 3, 0.7 / 3, 0.15, 0.15]],
  ])("has the chances of a renewal process, %s", (_, codes, weights) => {
    const chances = rollOutEvents(forgetful(codes), start, { ...options, numbers: random(11) });
    expected(weights, 40_000).forEach((chance, token) => {
      const deviation = Math.sqrt((chance * (1 - chance)) / options.samples);
      expect(Math.abs(chances[token]! - chance)).toBeLessThan(5 * deviation);
    });
  });

  it("is the same for the same seed, another for another, and grows with the horizon", () => {
    const model = forgetful([TOKENS]);
    const drawn = (seed: number, horizon: number) =>
      rollOutEvents(model, start, { ...options, samples: 300, horizon, numbers: random(seed) });
    expect(drawn(1, 6)).toEqual(drawn(1, 6));
    expect(drawn(2, 6)).not.toEqual(drawn(1, 6));
    const sum = (chances: Float64Array): number => chances.reduce((all, chance) => all + chance, 0);
    expect(sum(drawn(1, 60))).toBeGreaterThan(sum(drawn(1, 6)));
    expect(Math.max(...drawn(1, 600))).toBeLessThanOrEqual(1);
  });
});

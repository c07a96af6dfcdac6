import { Effect } from "effect";
import { beforeAll, describe, expect, it } from "vitest";
import { issueEvents } from "../../../src/jobs/events/issueEvents.ts";
import type { PreparedEvents } from "../../../src/jobs/events/prepareEvents.ts";
import { testEvents } from "../../../src/jobs/events/testEvents.ts";
import { forecastTable, testedTable } from "../../../src/jobs/events/tabulateEvents.ts";
import { survivalOf } from "../../../src/series/events/GapBins.ts";
import { eventModelOf, preparedEvents } from "./preparedEvents.ts";

let run: PreparedEvents;
beforeAll(async () => {
  run = await preparedEvents();
});
const SHARES = [0.3, 0.1, 0.1, 0.2, 0.1, 0.2];

describe("a forecast of events, by a model that forgets everything", () => {
  it("has quantiles of the next instant given that nothing has happened since the last event", async () => {
    expect(run.bins.starts).toHaveLength(SHARES.length);
    const named = eventModelOf(run, SHARES);
    const test = await Effect.runPromise(testEvents(run, [named], () => {}));
    const { next, quantilesMs, withinHorizon } = issueEvents(run, named, test.read);
    const { panel, stream } = run;
    const now = panel.steps - 1;
    const elapsed = (now - stream.instants.at(-1)!) * 60;
    const issuedAt = panel.startMs + now * panel.stepMs;
    const left = survivalOf(run.bins, SHARES, elapsed);
    quantilesMs.forEach((instant, k) => {
      const gap = elapsed + (instant - issuedAt) / 60_000;
      expect(survivalOf(run.bins, SHARES, gap) / left).toBeCloseTo([0.9, 0.5, 0.1][k]!, 5);
    });
    next.forEach((chance) => expect(chance).toBeCloseTo(1 / run.tokens, 6));
    // At least one of the tokens has its first event within the horizon as often as any event comes by then.
    const any = 1 - survivalOf(run.bins, SHARES, elapsed + 180) / left;
    expect(Math.max(...withinHorizon)).toBeLessThan(any + 0.1);
    expect(withinHorizon.reduce((sum, chance) => sum + chance, 0)).toBeGreaterThan(any - 0.1);
  });

  it("scores what it said: even chances have the perplexity of the number of tokens", async () => {
    const { events, horizon, read, when, which } = await Effect.runPromise(
      testEvents(run, [eventModelOf(run, SHARES)], () => {}),
    );
    expect(which.map(({ model }) => model)).toEqual([
      "counting",
      "counting by hour",
      "Markov chain",
      "model",
    ]);
    expect(which.at(-1)).toMatchObject({ top1: 0, top5: 1 });
    expect(which.at(-1)!.perplexity).toBeCloseTo(run.tokens, 4);
    expect(when.map(({ model }) => model)).toEqual(["Poisson process by hour", "gaps counted", "model"]);
    expect(events.map(({ token }) => token)).toEqual([...run.parts.test.tokens]);
    expect(events.map(({ instant }) => instant)).toEqual([...run.parts.test.instants]);
    expect(read.stream.instants.at(-1)).toBe(run.stream.instants.at(-1));
    expect(horizon.origins).toBe(12);
    const nobody = horizon.happened;
    for (const { brier } of horizon.scores) expect(brier).toBeLessThan(1);
    // Saying 0 of everything has the share that happened as its score; saying what an hour has had must do better.
    expect(horizon.scores[0]!.brier).toBeLessThan(nobody);
  });
});

describe("tables of an events run", () => {
  it("name sensor and kind of each token, and stand in the order of the tokens or of time", async () => {
    const named = eventModelOf(run);
    const test = await Effect.runPromise(testEvents(run, [named], () => {}));
    const column = (table: ReturnType<typeof forecastTable>, name: string): (string | number)[] => {
      const found = table.find((each) => each.name === name)!;
      if ("codes" in found) return Array.from(found.codes, (code) => found.names[code]!);
      return [...("instants" in found ? found.instants : found.numbers)];
    };
    const forecast = forecastTable(run, issueEvents(run, named, test.read));
    const names = run.kinds.flatMap(({ name }) => run.panel.sensors.map((sensor) => `${sensor} ${name}`));
    expect(column(forecast, "sensor").map((sensor, k) => `${sensor} ${column(forecast, "kind")[k]}`)).toEqual(
      names,
    );
    const tested = testedTable(run, test.events);
    expect(column(tested, "sensor").map((sensor, k) => `${sensor} ${column(tested, "kind")[k]}`)).toEqual(
      test.events.map(({ token }) => names[token]),
    );
    const instants = column(tested, "instant") as number[];
    expect(instants).toEqual(instants.toSorted((a, b) => a - b));
    expect(instants[0]).toBeGreaterThan(run.panel.startMs + (run.spans.test.from - 1) * run.panel.stepMs);
  });
});

import { Effect, Result } from "effect";
import { describe, expect, it } from "vitest";
import { createEventKernels } from "../../../src/model/eventModel/eventKernels.ts";
import type { EventModelShape } from "../../../src/model/eventModel/EventModel.ts";
import { randomTable } from "../../../src/model/sharedTable/SharedTable.ts";
import { eventTimes, TIMING_FEATURES } from "../../../src/series/events/EventTimes.ts";
import { binOf, fitGapBins } from "../../../src/series/events/GapBins.ts";
import { random } from "../../../src/series/random.ts";
import {
  decodeEventCheckpoint,
  encodeEventCheckpoint,
  type EventCheckpoint,
} from "../../../src/train/events/EventCheckpoint.ts";
import { scoreTimedEvents } from "../../../src/train/events/scoreEvents.ts";
import { streamTiming } from "../../../src/train/events/StreamTiming.ts";
import { type EventJob, trainEventRounds } from "../../../src/train/events/trainEventRounds.ts";

const kernels = createEventKernels();
const TOKENS = 9;

/** The next token is four further in nine of ten cases; after an even one the gap is short, after an odd one long. */
const stream = (events: number, seed: number) => {
  const numbers = random(seed);
  const tokens = new Int32Array(events);
  const gaps = new Float64Array(events);
  const instants = new Float64Array(events);
  for (let k = 1; k < events; k++) {
    tokens[k] =
      numbers.uniform() < 0.1 ? Math.floor(TOKENS * numbers.uniform()) : (tokens[k - 1]! + 4) % TOKENS;
    gaps[k] = (tokens[k - 1]! % 2 === 0 ? 5 : 40) * (0.8 + 0.4 * numbers.uniform());
    instants[k] = instants[k - 1]! + gaps[k]! / 5;
  }
  return { tokens, gaps, instants };
};

const [train, validate] = [stream(1500, 1), stream(400, 2)];
const times = eventTimes({ zone: "UTC", startMs: 0, stepMs: 300_000 }, 10_000, train.gaps);
const bins = fitGapBins(train.gaps.subarray(1), 8, 0.5);
const timingOf = ({ gaps, instants }: typeof train) => streamTiming(times, bins, instants, gaps);
const cell = {
  cell: "gru",
  multiplicative: true,
  units: 12,
  inputs: 8,
  timing: { features: TIMING_FEATURES, bins: bins.starts.length },
} as const;

const jobOf = (shape: EventModelShape, more: Partial<EventJob> = {}): EventJob => ({
  kernels,
  shape,
  data: {
    training: train.tokens,
    validation: validate.tokens,
    timing: { training: timingOf(train), validation: timingOf(validate) },
  },
  settings: {
    batch: 8,
    steps: 16,
    epochs: 2,
    learningRate: 0.01,
    clipNorm: 5,
    reallocates: true,
    dropout: 0,
    vectorDecay: 0,
    seed: 1,
  },
  rounds: { float: 4, ternary: 2 },
  patience: 10,
  numbers: random(3),
  ...(shape.codes.length > 1 && { table: randomTable(TOKENS, random(4)) }),
  fingerprint: "this",
  ...more,
});

const run = (job: EventJob, save: (state: EventCheckpoint) => void = () => {}) =>
  Effect.runPromise(
    trainEventRounds(job, { save: (state) => Effect.sync(() => save(state)), progress: () => {} }),
  );

const full: EventModelShape = { ...cell, codes: [TOKENS] };
const shared: EventModelShape = { ...cell, codes: [3, 3] };

describe("streamTiming", () => {
  it("has the bin of each gap and the features of each event", () => {
    const { bins: own, features } = timingOf(train);
    own.forEach((bin, k) => expect(bin).toBe(binOf(bins, train.gaps[k]!)));
    expect(features).toHaveLength(train.tokens.length * TIMING_FEATURES);
  });
});

describe("trainEventRounds", () => {
  it("learns which and when, in float and with ternary weights", async () => {
    const { float, history, ternary } = await run(jobOf(full));
    const phases = history.map(({ phase, round }) => `${phase} ${round}`);
    expect(phases).toEqual(["float 1", "float 2", "float 3", "float 4", "ternary 1", "ternary 2"]);
    const cut = { batch: 8, steps: 16 };
    const scores = [float, ternary!].map(({ parameters }, phase) =>
      scoreTimedEvents(
        kernels,
        { ...full, ternary: phase === 1 },
        parameters,
        undefined,
        validate.tokens,
        cut,
        timingOf(validate),
      ),
    );
    for (const { when, which } of scores) {
      // Chance has log 9 = 2.20; the stream -(0.911 ln 0.911 + 8 * 0.0111 ln 0.0111) = 0.48.
      expect(which).toBeLessThan(1);
      // Bins alone have about log 8 = 2.08; knowing short from long leaves log 4 = 1.39.
      expect(when).toBeLessThan(1.65);
    }
    expect(scores[0]!.which).toBeCloseTo(
      Math.min(...history.filter(({ phase }) => phase === "float").map(({ which }) => which)),
      2,
    );
  });

  it.each([
    ["full table", full],
    ["shared table", shared],
  ])("goes on from any of its checkpoints to the bytes of the straight run, %s", async (_, shape) => {
    const saved: string[] = [];
    const straight = await run(jobOf(shape), (state) => saved.push(encodeEventCheckpoint(state)));
    expect(saved).toHaveLength(4 + 1 + 2 + 1);
    for (const text of [saved[1]!, saved[4]!, saved[5]!, saved.at(-1)!]) {
      const checkpoint = decodeEventCheckpoint(text, shape, TOKENS)!;
      expect(await run(jobOf(shape, { checkpoint }))).toEqual(straight);
    }
    const foreign = decodeEventCheckpoint(saved[1]!, shape, TOKENS)!;
    const anew = await run(jobOf(shape, { checkpoint: { ...foreign, fingerprint: "other" } }));
    expect(anew).toEqual(straight);
  });

  it("ends a phase when nothing gets better, with the best weights of it", async () => {
    const job = jobOf(full, { rounds: { float: 50, ternary: 0 }, patience: 2 });
    const { float, history, ternary } = await run(job);
    expect(ternary).toBeUndefined();
    expect(history.length).toBeLessThan(50);
    const losses = history.map(({ when, which }) => when + which);
    const best = losses.indexOf(Math.min(...losses));
    expect(best).toBe(losses.length - 3);
    const upTo = await run(jobOf(full, { rounds: { float: best + 1, ternary: 0 } }));
    expect(float).toEqual(upTo.float);
  });

  it("tells that training diverged", async () => {
    const job = jobOf(full);
    const wild = { ...job, settings: { ...job.settings, learningRate: 1e30 } };
    const result = await Effect.runPromise(
      Effect.result(trainEventRounds(wild, { save: () => Effect.void, progress: () => {} })),
    );
    expect(Result.isFailure(result) && result.failure._tag).toBe("EventTrainingDiverged");
  });
});

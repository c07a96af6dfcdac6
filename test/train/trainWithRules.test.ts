/** Training with rules in the loss, with rules given as plain functions of the trace. */
import { Effect } from "effect";
import { describe, expect, it, vi } from "vitest";
import { runFused } from "../../src/model/runFused.ts";
import { contextSteps } from "../../src/series/features.ts";
import { type Checkpoint, decodeCheckpoint, encodeCheckpoint } from "../../src/train/Checkpoint.ts";
import {
  type TrainedForecaster,
  trainForecaster,
  type TrainingJob,
} from "../../src/train/trainForecaster.ts";
import { bound, type PlainRule } from "./plainRules.ts";
import { shapeOf, smallSettings, STEP_MS, wavyData } from "./smallData.ts";

vi.mock("../../src/stl/index.ts", () => import("./plainRules.ts"));

const data = wavyData(200, 5);

/** The forecast of the first sensor's flow stays below 25 at its first lead. */
const limit: PlainRule = {
  historySteps: 1,
  weight: 1,
  scale: 5,
  value: (values, origin) => 25 - values[origin + 1]!,
  slope: (_, origin, gradient) => {
    gradient[origin + 1]! -= 1;
  },
};

const jobWith = (weight: number, rule: PlainRule = limit): TrainingJob => ({
  data,
  shape: shapeOf(data),
  rules: [bound(rule)],
  training: { from: 0, to: 140 },
  validation: { from: 140, to: 200 },
  settings: { ...smallSettings, patience: 9, rules: { ...smallSettings.rules, weight } },
  fingerprint: "ruled",
  run: runFused,
});

const train = async (job: TrainingJob): Promise<{ trained: TrainedForecaster; stored: Checkpoint[] }> => {
  const stored: Checkpoint[] = [];
  const trained = await Effect.runPromise(
    trainForecaster(job, {
      save: (checkpoint) => Effect.sync(() => stored.push(decodeCheckpoint(encodeCheckpoint(checkpoint))!)),
      progress: () => {},
    }),
  );
  return { trained, stored };
};

describe("trainForecaster with rules", () => {
  it("forecasts keep a rule more often the more it weighs", async () => {
    const kept = async (weight: number): Promise<number> => {
      const job = jobWith(weight);
      const settings = { ...job.settings, floatEpochs: 8, ternaryEpochs: 4 };
      const { trained } = await train({ ...job, settings });
      return trained.history.at(-1)!.ruleSatisfaction;
    };
    const without = await kept(0);
    const weighed = await kept(30);
    expect(without).toBeLessThan(0.5);
    expect(weighed).toBeGreaterThan(0.8);
  });

  it("resumed in either phase ends as the straight run, to the bit", async () => {
    const straight = await train(jobWith(0.5));
    expect(straight.trained.history.every((record) => record.ruleLoss > 0)).toBe(true);
    for (const index of [0, 4]) {
      const resumed = await train({ ...jobWith(0.5), checkpoint: straight.stored[index]! });
      expect(resumed.trained).toEqual(straight.trained);
      expect(resumed.stored).toEqual(straight.stored.slice(index + 1));
    }
  });

  it("takes the rule loss from the training span alone, with a whole context before each origin", async () => {
    const origins = new Set<number>();
    await train(
      jobWith(0.5, {
        ...limit,
        value: (_, origin, clock, options) => {
          // The recording starts on 2024-01-01 at 01:00 local time.
          const minutes = (clock.dayNumber[origin]! - 19_723) * 1440 + clock.minuteOfDay[origin]! - 60;
          if (options !== undefined) origins.add(minutes / (STEP_MS / 60_000));
          return -1;
        },
      }),
    );
    const [first, last] = [Math.min(...origins), Math.max(...origins)];
    expect(first).toBeGreaterThanOrEqual(contextSteps(data.plan) - 1);
    expect(last + data.plan.horizonSteps).toBeLessThan(140);
    // Some ninety starts are drawn: both ends of the span are met.
    expect(first).toBeLessThan(20);
    expect(last).toBeGreaterThan(125);
  });

  it("sharpens the robustness from the first epoch's temperature to the last one's, in each phase", async () => {
    const temperatures = new Set<number>();
    await train(
      jobWith(0.5, {
        ...limit,
        value: (_values, _origin, _clock, options) => {
          if (options !== undefined) temperatures.add(options.temperature * 5);
          return -1;
        },
      }),
    );
    // Three float epochs from 1 to 10, evenly in the logarithm; two ternary ones.
    expect([...temperatures]).toEqual([1, Math.sqrt(10), 10].map((value) => expect.closeTo(value, 9)));
  });

  it("fails where the rule loss is no number, and says so", async () => {
    const failure = await Effect.runPromise(
      Effect.flip(
        trainForecaster(jobWith(0.5, { ...limit, value: () => -1e308, weight: 1e308 }), {
          save: () => Effect.void,
          progress: () => {},
        }),
      ),
    );
    expect(failure).toMatchObject({ _tag: "TrainingDiverged", culprit: "the rule loss" });
  });
});

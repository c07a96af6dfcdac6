/** Training with a teacher of the rules, alone and beside their robustness. */
import { Effect } from "effect";
import { describe, expect, it } from "vitest";
import { runFused } from "../../src/model/runFused.ts";
import { bindSpec, parseSpec } from "../../src/stl/index.ts";
import { type Checkpoint, decodeCheckpoint, encodeCheckpoint } from "../../src/train/Checkpoint.ts";
import { trainForecaster, type TrainingJob } from "../../src/train/trainForecaster.ts";
import type { TrainingSettings } from "../../src/train/TrainingSettings.ts";
import { shapeOf, smallSettings, STEP_MS, wavyData } from "./smallData.ts";

const data = wavyData(200, 5);
const { rules } = bindSpec(
  parseSpec(
    `sampling 15min;
     signal flow : real missing hold 5 samples;
     require low (scale = 5): forall s in sensors: always[15min, 45min] flow[s] <= 40;`,
  ).spec,
  {
    sensors: data.plan.sensors,
    channels: [
      { name: "flow", unit: "1" },
      { name: "temperature", unit: "1" },
    ],
    stepMs: STEP_MS,
    zone: "UTC",
  },
);

type Teacher = NonNullable<TrainingSettings["rules"]["teacher"]>;
const jobWith = (
  teacher: Partial<Teacher> | undefined,
  settings: Partial<TrainingSettings> = {},
): TrainingJob => ({
  data,
  shape: shapeOf(data),
  rules,
  training: { from: 0, to: 140 },
  validation: { from: 140, to: 200 },
  settings: {
    ...smallSettings,
    floatEpochs: 4,
    patience: 9,
    ...settings,
    rules: {
      ...smallSettings.rules,
      weight: 0.5,
      margin: 0.2,
      ...(teacher && { teacher: { alone: true, beta: 0.3, quanta: [0.1, 0.1], ...teacher } }),
    },
  },
  fingerprint: "taught",
  run: runFused,
});

const train = async (job: TrainingJob) => {
  const stored: Checkpoint[] = [];
  const { teacherSeconds, ...trained } = await Effect.runPromise(
    trainForecaster(job, {
      save: (checkpoint) => Effect.sync(() => stored.push(decodeCheckpoint(encodeCheckpoint(checkpoint))!)),
      progress: () => {},
    }),
  );
  return { trained, stored, teacherSeconds };
};

describe("trainForecaster with a teacher", () => {
  it.each([true, false])(
    "resumed in either phase ends as the straight run, to the bit; alone: %s",
    async (alone) => {
      const straight = await train(jobWith({ alone }));
      expect(straight.teacherSeconds).toBeGreaterThan(0);
      for (const { teacher } of straight.trained.history) {
        expect(teacher!.windows).toBeGreaterThan(0);
        expect(teacher!.untaught).toBe(0);
      }
      expect(straight.trained.history.some(({ ruleLoss }) => ruleLoss > 0)).toBe(!alone);
      for (const index of [0, 1, 5]) {
        const resumed = await train({ ...jobWith({ alone }), checkpoint: straight.stored[index]! });
        expect(resumed.trained).toEqual(straight.trained);
        expect(resumed.stored).toEqual(straight.stored.slice(index + 1));
      }
    },
  );

  it("forecasts keep the rule more often the more the teacher weighs", async () => {
    const kept = async (beta: number): Promise<number> => {
      const { trained } = await train(jobWith({ beta }, { floatEpochs: 10, ternaryEpochs: 5 }));
      return trained.history.at(-1)!.ruleSatisfaction;
    };
    const [light, heavy] = [await kept(0.999), await kept(0.02)];
    expect(light).toBeLessThan(0.5);
    expect(heavy).toBeGreaterThan(0.7);
  });

  it("chooses no float epoch from before the teacher has its whole weight", async () => {
    // Every rule is hopeless and the forecast loss counts less and less: the first epoch would be the best.
    const { stored } = await train(jobWith({ beta: 0 }, { learningRate: 0.3 }));
    const [first, second, third] = stored;
    expect(first!.best).toBeUndefined();
    expect(second!.best?.epoch).toBe(2);
    expect(third!.best?.epoch).toBeGreaterThanOrEqual(2);
  });

  it("says how many forecasts were not wholly taught", async () => {
    const broken = bindSpec(
      parseSpec("sampling 15min; require past: forall s in sensors: temperature[s] <= -99;").spec,
      {
        sensors: data.plan.sensors,
        channels: [{ name: "flow" }, { name: "temperature" }],
        stepMs: STEP_MS,
        zone: "UTC",
      },
    ).rules;
    const { trained } = await train({ ...jobWith({}), rules: broken });
    for (const { teacher } of trained.history) expect(teacher!.untaught).toBe(teacher!.windows);
  });

  it("leaves rules of weight 0 alone, and has no teacher where all are", async () => {
    const { trained } = await train({ ...jobWith({}), rules: rules.map((rule) => ({ ...rule, weight: 0 })) });
    expect(trained.history.every(({ teacher }) => teacher === undefined)).toBe(true);
  });
});

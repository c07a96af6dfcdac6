import * as tf from "@tensorflow/tfjs";
import { Effect } from "effect";
import { setTimeout } from "node:timers/promises";
import { beforeAll, describe, expect, it, vi } from "vitest";
import { selectBackend } from "../../src/model/backend.ts";
import { runTensors } from "../../src/model/runTensors.ts";
import { fusedForecaster, runFused } from "../../src/model/runFused.ts";
import { KernelThread } from "../../src/kernels/KernelThread.ts";
import { parameterNames } from "../../src/model/Parameters.ts";
import { decodedForecasts } from "../../src/jobs/naiveForecasts.ts";
import { initialParameters } from "../../src/model/initialParameters.ts";
import { contextSteps } from "../../src/series/features.ts";
import { random } from "../../src/series/random.ts";
import { type Checkpoint, decodeCheckpoint, encodeCheckpoint } from "../../src/train/Checkpoint.ts";
import { everySensorAt, originsOf } from "../../src/train/originWindows.ts";
import { predictWindows } from "../../src/train/predictWindows.ts";
import {
  type TrainedForecaster,
  trainForecaster,
  TrainingDiverged,
  type TrainingJob,
} from "../../src/train/trainForecaster.ts";
import { ThreadFailed } from "../../src/train/ThreadFailed.ts";
import { dataOf, panelOf, shapeOf, smallSettings, wavyData } from "./smallData.ts";

beforeAll(async () => {
  await selectBackend();
});

const data = wavyData(200, 5);

const job: TrainingJob = {
  data,
  shape: shapeOf(data),
  rules: [],
  training: { from: 0, to: 140 },
  validation: { from: 140, to: 200 },
  settings: smallSettings,
  fingerprint: "small",
  run: runFused,
};

const jobWith = (settings: Partial<TrainingJob["settings"]>): TrainingJob => ({
  ...job,
  settings: { ...smallSettings, ...settings },
});

interface Run {
  readonly trained: TrainedForecaster;
  readonly saved: readonly Checkpoint[];
  /** What was saved, written at that moment and read again. */
  readonly stored: readonly Checkpoint[];
  readonly progress: readonly number[];
}

const train = async (asked: TrainingJob): Promise<Run> => {
  const saved: Checkpoint[] = [];
  const stored: Checkpoint[] = [];
  const progress: number[] = [];
  const trained = await Effect.runPromise(
    trainForecaster(asked, {
      save: (checkpoint) =>
        Effect.sync(() => {
          saved.push(checkpoint);
          stored.push(decodeCheckpoint(encodeCheckpoint(checkpoint))!);
        }),
      progress: (done) => progress.push(done),
    }),
  );
  return { trained, saved, stored, progress };
};

describe("trainForecaster", () => {
  let straight: Run;
  beforeAll(async () => {
    straight = await train(job);
  });

  it("runs both phases, saves after each epoch and at each change of phase, and tells how far it is", () => {
    expect(straight.trained.history.map(({ epoch, phase }) => `${phase} ${epoch}`)).toEqual([
      "float 1",
      "float 2",
      "float 3",
      "ternary 1",
      "ternary 2",
    ]);
    expect(straight.saved.map(({ epoch, phase }) => `${phase} ${epoch}`)).toEqual([
      "float 1",
      "float 2",
      "float 3",
      "ternary 0",
      "ternary 1",
      "ternary 2",
      "done 2",
    ]);
    expect(straight.progress).toEqual([...straight.progress].sort((a, b) => a - b));
    expect(straight.progress[0]).toBe(0);
    expect(straight.progress.at(-1)).toBe(1);
  });

  it("learns: the forecasts of waves end up better than the baseline, float and ternary", () => {
    // A unit of loss is the baseline's own error on the training span; the first forecast is the baseline.
    const best = (phase: string): number =>
      Math.min(
        ...straight.trained.history
          .filter((record) => record.phase === phase)
          .map((record) => record.validationLoss),
      );
    expect(best("float")).toBeLessThan(0.8);
    expect(best("ternary")).toBeLessThan(0.8);
  });

  it("returns the averaged weights of the best epoch of each phase", () => {
    const at = (phase: string): Checkpoint => straight.saved.findLast((state) => state.phase === phase)!;
    for (const [phase, result] of [
      ["float", straight.trained.float],
      ["ternary", straight.trained.ternary],
    ] as const) {
      const records = straight.trained.history.filter((record) => record.phase === phase);
      const lowest = Math.min(...records.map((record) => record.validationLoss));
      const { best } = at(phase);
      expect(best).toMatchObject({
        loss: lowest,
        epoch: records.findIndex((record) => record.validationLoss === lowest) + 1,
      });
      expect(result).toEqual(best!.parameters);
    }
  });

  it("the same seed gives the same bytes, another seed other ones", async () => {
    const again = await train(job);
    expect(again.trained).toEqual(straight.trained);
    expect(again.stored).toEqual(straight.stored);
    const other = await train(jobWith({ seed: 12, floatEpochs: 1, ternaryEpochs: 1 }));
    expect(other.trained.float.inputWeights).not.toEqual(straight.trained.float.inputWeights);
  });

  it.each([0, 1, 2, 3, 4, 5, 6])(
    "resumed from save %i it ends as the straight run, to the bit",
    async (index) => {
      const resumed = await train({ ...job, checkpoint: straight.stored[index]! });
      for (const name of parameterNames) {
        expect(resumed.trained.float[name]).toEqual(straight.trained.float[name]);
        expect(resumed.trained.ternary[name]).toEqual(straight.trained.ternary[name]);
      }
      expect(resumed.trained.history).toEqual(straight.trained.history);
      expect(resumed.stored).toEqual(straight.stored.slice(index + 1));
    },
  );

  it.each([2, 3])(
    "with %i layers stops and resumes as the straight run, to the bit, and learns",
    async (layers) => {
      const stacked = { ...job, shape: { ...job.shape, layers } };
      const whole = await train(stacked);
      for (const checkpoint of whole.stored) {
        expect((await train({ ...stacked, checkpoint })).trained).toEqual(whole.trained);
      }
      const [first, ...later] = whole.trained.history.map(({ validationLoss }) => validationLoss);
      expect(Math.min(...later)).toBeLessThan(first!);
      expect(Math.min(...later)).toBeLessThan(0.8);
    },
  );
  it("learns quantiles beside the median: float and ternary bands hold most of the noise, and none cross", async () => {
    const levels = [0.1, 0.9];
    const shape = shapeOf(data, 2, levels);
    const settings = { ...smallSettings, floatEpochs: 8, ternaryEpochs: 4 };
    const { trained } = await train({ ...job, shape, settings });
    const origins = originsOf(data, { from: 140, to: 200 }, contextSteps(data.plan), 1);
    const { originOf, sensorOf } = everySensorAt(data, origins);
    for (const phase of ["float", "ternary"] as const) {
      const outputs = predictWindows(
        runFused,
        trained[phase],
        shape,
        data,
        sensorOf,
        originOf,
        phase === "ternary",
      );
      const { quantiles, values } = decodedForecasts(phase, data, origins, outputs, levels);
      let judged = 0;
      let within = 0;
      values.forEach((median, k) => {
        const [row, cell] = [Math.floor(k / 6), k % 6];
        const [lower, upper] = [quantiles![row * 12 + cell]!, quantiles![row * 12 + 6 + cell]!];
        expect(lower).toBeLessThanOrEqual(median);
        expect(upper).toBeGreaterThanOrEqual(median);
        const series = (Math.floor(cell / 3) * 3 + sensorOf[row]!) * data.steps;
        const truth = data.truth[series + originOf[row]! + (cell % 3) + 1]!;
        if (Number.isNaN(truth)) return;
        judged++;
        if (truth >= lower && truth <= upper) within++;
      });
      // 0.8 is asked for; few epochs on 140 steps come near it, and without learning the band is empty.
      expect(within / judged).toBeGreaterThan(0.55);
      expect(within / judged).toBeLessThan(0.95);
    }
  });

  it("with quantile heads starts from the same weights, and stops and resumes to the bit as well", async () => {
    const shape = shapeOf(data, 2, [0.1, 0.9]);
    const settings = { ...smallSettings, floatEpochs: 1, ternaryEpochs: 1 };
    const whole = await train({ ...job, shape, settings });
    const resumed = await train({ ...job, shape, settings, checkpoint: whole.stored[1]! });
    expect(resumed.trained).toEqual(whole.trained);
    const [alone, wide] = [job.shape, shape].map((each) => {
      const source = random(3);
      return initialParameters(each, () => source.normal());
    });
    for (const name of ["inputWeights", "stateWeights", "hiddenWeights", "embedding"] as const) {
      expect(wide![name]).toEqual(alone![name]);
    }
  });

  it("leaves a saved checkpoint as it was, so that one kept in memory can be resumed too", async () => {
    expect(straight.saved).toEqual(straight.stored);
    const resumed = await train({ ...job, checkpoint: straight.saved[1]! });
    expect(resumed.trained).toEqual(straight.trained);
    expect(straight.saved[1]).toEqual(straight.stored[1]);
  });

  it("does not go on from the checkpoint of another training", async () => {
    const foreign = { ...straight.saved[2]!, fingerprint: "another" };
    const fresh = await train({ ...job, checkpoint: foreign });
    expect(fresh.stored).toEqual(straight.stored);
  });

  it("leaves a phase once so many epochs have not helped", async () => {
    // Without a step worth mentioning the second epoch cannot be better than the first.
    const run = await train(
      jobWith({ learningRate: 0, ternaryLearningRate: 0, patience: 2, floatEpochs: 9, ternaryEpochs: 9 }),
    );
    expect(run.trained.history.map(({ epoch, phase }) => `${phase} ${epoch}`)).toEqual([
      "float 1",
      "float 2",
      "float 3",
      "ternary 1",
      "ternary 2",
      "ternary 3",
    ]);
  });

  it("holds no tensor from step to step", async () => {
    const before = tf.memory().numTensors;
    const counts = new Set<number>();
    await Effect.runPromise(
      trainForecaster(
        { ...jobWith({ batch: 2, floatEpochs: 1, ternaryEpochs: 1 }), run: runTensors },
        {
          save: () => Effect.void,
          progress: () => counts.add(tf.memory().numTensors),
        },
      ),
    );
    expect([...counts]).toEqual([before]);
    expect(tf.memory().numTensors).toBe(before);
  });

  it("comes to the same by the fused kernels and by tensor operations, but for rounding", async () => {
    const settings = { batch: 4, floatEpochs: 1, ternaryEpochs: 1 };
    const losses = async (run: TrainingJob["run"]): Promise<readonly number[]> => {
      const { trained } = await train({ ...jobWith(settings), run });
      return trained.history.flatMap(({ trainingLoss, validationLoss }) => [trainingLoss, validationLoss]);
    };
    const [fused, tensors] = [await losses(runFused), await losses(runTensors)];
    fused.forEach((loss, k) => expect(loss).toBeCloseTo(tensors[k]!, 3));
  });

  it.each([
    { cell: "lstm", multiplicative: true, weights: "hitnet", state: "ternary", slope: 2 },
    { cell: "rnn", multiplicative: false, weights: "bitnet", state: "none", slope: 1 },
    { cell: "gru", multiplicative: false, weights: "weightNorm", state: "uniform", slope: 1 },
  ] as const)(
    "trains $cell, multiplicative $multiplicative, $weights weights, $state state, the same again",
    async (choice) => {
      const asked = { ...job, shape: { ...job.shape, choice } };
      const first = await train(asked);
      const [start, ...later] = first.trained.history.map(({ trainingLoss }) => trainingLoss);
      expect(Math.min(...later)).toBeLessThan(start!);
      expect((await train(asked)).trained.ternary).toEqual(first.trained.ternary);
      // What an additive cell never uses stays as it was.
      if (!choice.multiplicative) {
        const { integration } = first.trained.float;
        expect(new Set(integration.subarray(0, integration.length / 4)).size).toBe(1);
      }
    },
  );

  it("trains without a sensor embedding, on one sensor, one target and one lead", async () => {
    const wave = Array.from({ length: 120 }, (_, step) => Math.sin(step / 4));
    const alone = dataOf(panelOf([[wave]], ["flow"]), { targets: ["flow"], horizonSteps: 1 });
    const run = await train({
      ...job,
      data: alone,
      shape: shapeOf(alone, 0),
      training: { from: 0, to: 80 },
      validation: { from: 80, to: 120 },
    });
    expect(run.trained.history.at(-1)!.validationLoss).toBeLessThan(1);
    expect(run.trained.float.embedding).toHaveLength(0);
  });
});

describe("a training on two threads", () => {
  /** Enough work in a batch for the kernels to share it. */
  const wide: TrainingJob = {
    ...jobWith({ batch: 36, floatEpochs: 2, ternaryEpochs: 2 }),
    shape: { ...job.shape, units: 24, layers: 2 },
  };
  const started = async (thread: KernelThread): Promise<KernelThread> => {
    for (let k = 0; k < 1000 && !thread.ready; k++) await setTimeout(5);
    expect(thread.ready).toBe(true);
    return thread;
  };
  let alone: Run;
  beforeAll(async () => {
    alone = await train(wide);
  });

  it("goes on where one thread stopped, and the other way round, to the bytes of the straight run", async () => {
    const thread = await started(new KernelThread());
    const start = vi.spyOn(thread, "start");
    const onTwo = fusedForecaster(2, () => thread);
    const resumed = await train({ ...wide, run: onTwo, checkpoint: alone.stored[0]! });
    expect(start.mock.results.some(({ value }) => value === true)).toBe(true);
    expect(resumed.trained).toEqual(alone.trained);
    expect(resumed.stored).toEqual(alone.stored.slice(1));
    const back = await train({ ...wide, checkpoint: resumed.stored[1]! });
    expect(back.trained).toEqual(alone.trained);
    await thread.stop();
  });

  it("fails with the place and a remedy where the second dies at work, and can be finished with one", async () => {
    const thread = await started(new KernelThread({ patienceMs: 100 }));
    const saved: Checkpoint[] = [];
    let ended: Promise<number> | undefined;
    const failure = await Effect.runPromise(
      Effect.flip(
        trainForecaster(
          { ...wide, run: fusedForecaster(2, () => thread) },
          {
            save: (checkpoint) =>
              Effect.sync(() => {
                saved.push(checkpoint);
                // Its end cannot be heard of before the next step waits for it.
                ended = thread.worker.terminate();
                Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 500);
              }),
            progress: () => {},
          },
        ),
      ),
    );
    await ended;
    expect(failure).toBeInstanceOf(ThreadFailed);
    expect(failure._tag).toBe("ThreadFailed");
    expect(failure.message).toMatch(
      /second thread.*in the float phase, epoch 2, step 1: it gave no answer for \d+ ms\. Set training\.threads: 1/,
    );
    expect(saved).toEqual(alone.stored.slice(0, 1));
    expect((await train({ ...wide, checkpoint: saved[0]! })).trained).toEqual(alone.trained);
  });

  it("takes anything else that is thrown for a fault of its own", async () => {
    const broken: TrainingJob["run"] = () => {
      throw new RangeError("a fault");
    };
    await expect(train({ ...wide, run: broken })).rejects.toThrow(/a fault/);
  });
});

describe("a training that diverges", () => {
  const failureOf = async (asked: TrainingJob): Promise<TrainingDiverged> => {
    const failure = await Effect.runPromise(
      Effect.flip(trainForecaster(asked, { save: () => Effect.void, progress: () => {} })),
    );
    if (!(failure instanceof TrainingDiverged)) throw failure;
    return failure;
  };

  it.each([Number.NaN, Infinity])("names the forecast loss where the features hold %d", async (value) => {
    const failure = await failureOf({
      ...job,
      data: { ...data, features: data.features.map(() => value) },
    });
    expect(failure).toMatchObject({
      phase: "float",
      epoch: 1,
      step: 1,
      culprit: "the forecast loss",
    });
    expect(failure.message).toContain("the forecast loss is not a finite number");
  });

  it("names the forecast loss where a truth is infinite", async () => {
    const failure = await failureOf({ ...job, data: { ...data, truth: data.truth.map(() => -Infinity) } });
    expect(failure.culprit).toBe("the forecast loss");
  });

  it("names the parameter whose gradient overflows", async () => {
    // The truth always lies above the last reading, far in units of its error over one step: every gradient of
    // the readout has the same sign and is larger than 1, and a feature near the largest float32 multiplies it.
    const ramp = Array.from({ length: 200 }, (_, step) => step);
    const steep = dataOf(panelOf([[ramp]], ["flow"]), { targets: ["flow"] });
    const features = steep.features.map((value, k) => (k % steep.observed === 0 ? 2e38 : value));
    const failure = await failureOf({ ...job, data: { ...steep, features }, shape: shapeOf(steep) });
    expect(failure.culprit).toMatch(/^the gradient of (outputWeights|skipWeights)$/);
    expect(failure.step).toBe(1);
  });
});

import { Effect } from "effect";
import { afterAll, describe, expect, it } from "vitest";
import { type KernelMemory, webAssembly } from "../../src/kernels/compiledKernel.ts";
import { initialParameters } from "../../src/model/initialParameters.ts";
import type { RunForecaster } from "../../src/model/ForecasterRun.ts";
import { random } from "../../src/series/random.ts";
import { bindSpec, createSmoothEvaluator, parseSpec, ruleBufferBytes } from "../../src/stl/index.ts";
import { baselineErrors } from "../../src/train/baselineErrors.ts";
import { createPanelTeacherLoss } from "../../src/train/panelTeacherLoss.ts";
import { composeEmbedding, storedGradient } from "../../src/model/embedding/EmbeddingLayout.ts";
import { layoutOf } from "../../src/train/startingLayout.ts";
import { createRuleLoss } from "../../src/train/ruleLoss.ts";
import { epochBatches } from "../../src/train/trainingBatches.ts";
import { trainForecaster } from "../../src/train/trainForecaster.ts";
import { trainingMemory } from "../../src/train/trainingMemory.ts";
import { trainingStep } from "../../src/train/trainingStep.ts";
import { countBytes } from "./countBytes.ts";
import { shapeOf, smallSettings, STEP_MS, wavyData } from "./smallData.ts";

const assembly = webAssembly as { Memory: typeof webAssembly.Memory };
const { Memory } = assembly;
/** Every wasm memory made from here on: the kernels are loaded after it. */
const memories: KernelMemory[] = [];
assembly.Memory = class extends Memory {
  constructor(size: ConstructorParameters<typeof Memory>[0]) {
    super(size);
    memories.push(this);
  }
};
afterAll(() => {
  assembly.Memory = Memory;
});

const data = wavyData(2000, 5);
const { rules } = bindSpec(
  parseSpec(
    `sampling 15min;
     require low: forall s in sensors: always[15min, 45min] flow[s] <= 20;
     require near: forall s in sensors: always[15min, 45min] abs(flow[s] - mean(n in sensors: flow[n])) <= 1;
     require falls: always[15min, 30min] (mean(n in sensors: flow[n]) > 10 implies eventually[0min, 15min] temperature[s0] <= 1);`,
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
const training = { from: 0, to: 1400 };
const validation = { from: 1400, to: 2000 };

interface Size {
  readonly batch: number;
  readonly scored: number;
  readonly weight: number;
  readonly layers?: number;
  readonly quantiles?: readonly number[];
}

const jobOf = ({ layers = 1, quantiles, ...size }: Size) => ({
  data,
  shape: {
    ...shapeOf(data, 3, quantiles),
    units: 24,
    headUnits: 16,
    ...(layers > 1 && { layers }),
  },
  rules,
  training,
  validation,
  settings: {
    ...smallSettings,
    floatEpochs: 1,
    ternaryEpochs: 1,
    stepsPerEpoch: 2,
    batch: size.batch,
    scoredSteps: size.scored,
    rules: { ...smallSettings.rules, weight: size.weight, origins: 20 },
  },
});

const runFused: RunForecaster = (await import("../../src/model/runFused.ts")).runFused;

const bytesOf = (memory: ReturnType<typeof trainingMemory>, part: string): number =>
  memory.parts.find((each) => each.part === part)!.bytes;

const sizes: readonly Size[] = [
  { batch: 4, scored: 10, weight: 0 },
  { batch: 40, scored: 30, weight: 0 },
  { batch: 7, scored: 90, weight: 0.5 },
  { batch: 20, scored: 40, weight: 0, layers: 3 },
  { batch: 10, scored: 20, weight: 0.5, layers: 2, quantiles: [0.1, 0.25, 0.9] },
];

describe("trainingMemory", () => {
  it("bound three rules", () => expect(rules).toHaveLength(3));

  it.each(sizes)(
    "bounds the arrays of a step, at most threefold: batch $batch, $scored origins, $layers layers",
    (size) => {
      const job = jobOf(size);
      const { settings, shape } = job;
      const source = random(1);
      const [batch] = epochBatches(settings, training, data.sensors, data.plan.horizonSteps, source);
      const scale = baselineErrors(data, 0, 1400);
      const loss = createRuleLoss(data, rules);
      const { bytes } = countBytes(() => {
        const parameters = initialParameters(shape, () => source.normal());
        return trainingStep(
          runFused,
          parameters,
          shape,
          data,
          batch!,
          scale,
          settings,
          source,
          true,
          0,
          size.weight > 0 ? { loss, first: 100, temperature: 5 } : undefined,
        );
      });
      const memory = trainingMemory(job);
      const bound = bytesOf(memory, "batch, head and gradients") + bytesOf(memory, "rules");
      expect(bytes).toBeLessThanOrEqual(bound + bytesOf(memory, "weights, optimiser, averages"));
      expect(bytes).toBeGreaterThan(bytesOf(memory, "batch, head and gradients") / 3);
    },
  );

  it.each(sizes)(
    "bounds the wasm memories of a whole training: batch $batch, $scored origins, $layers layers",
    async (size) => {
      const { fusedForecaster } = await import("../../src/model/runFused.ts");
      const job = jobOf(size);
      // The head's memory lives as long as the module, the cell's begins with the forecaster.
      const before = memories.length;
      await Effect.runPromise(
        trainForecaster(
          { ...job, fingerprint: "memory", run: fusedForecaster(1) },
          { save: () => Effect.void, progress: () => undefined },
        ),
      );
      const own = memories.slice(before).reduce((sum, { buffer }) => sum + buffer.byteLength, 0);
      const bound = bytesOf(trainingMemory(job), "kernels (wasm)");
      expect(own).toBeLessThanOrEqual(bound);
      expect(own).toBeGreaterThan(bound / 3);
    },
  );

  it.each(rules.map((rule) => [rule.name, rule] as const))(
    "bounds what an evaluator of the rule %s holds",
    (_, rule) => {
      const steps = 8;
      const trace = new Float64Array(2 * 3 * steps).fill(12);
      const { bytes } = countBytes(() => {
        const evaluator = createSmoothEvaluator(rule, steps);
        const clock = {
          minuteOfDay: new Int16Array(8),
          weekday: new Int8Array(8),
          dayNumber: new Int32Array(8),
        };
        const options = { method: "sound", temperature: 3 } as const;
        const gradient = new Float64Array(trace.length);
        return evaluator.evaluate(trace, clock, 2, options, gradient);
      });
      // Its shared work space begins with 1024 numbers.
      expect(bytes).toBeLessThanOrEqual(ruleBufferBytes(rule, steps) + 4 * 8 * 1024);
    },
  );

  it("bounds what a teacher holds, at most eightfold", () => {
    const job = jobOf(sizes[2]!);
    const taught = {
      ...job,
      settings: {
        ...job.settings,
        rules: { ...job.settings.rules, teacher: { alone: true, beta: 0.5, quanta: [0.1, 0.1] } },
      },
    };
    const outputs = new Float32Array(4 * data.sensors * job.shape.outputs).fill(0.3);
    const { bytes, result } = countBytes(() =>
      createPanelTeacherLoss(data, rules, [1, 1, 1], [3, 1])(outputs, 100, 1, 1),
    );
    expect(result.loss).toBeGreaterThan(0);
    const bound = bytesOf(trainingMemory(taught), "teacher");
    expect(bytes).toBeLessThanOrEqual(bound);
    expect(bytes).toBeGreaterThan(bound / 8);
    expect(trainingMemory(job).parts.some(({ part }) => part === "teacher")).toBe(false);
  });

  it("counts the vectors of sensors that are made of rows, and what says how", () => {
    const job = jobOf(sizes[0]!);
    expect(trainingMemory(job).parts.some(({ part }) => part === "vectors of sensors")).toBe(false);
    const choice = { kind: "features" } as const;
    const { bytes } = countBytes(() => {
      const layout = layoutOf(choice, undefined, data, training)!;
      const stored = new Float32Array(layout.rows * job.shape.embedding);
      return storedGradient(layout, stored, composeEmbedding(layout, stored, job.shape.embedding), 3);
    });
    const memory = trainingMemory({ ...job, embedding: choice });
    // The rows themselves are among the weights.
    const bound = bytesOf(memory, "vectors of sensors") + bytesOf(memory, "weights, optimiser, averages");
    expect(bytes).toBeLessThanOrEqual(bound);
  });

  it("counts what is there before training by the arrays themselves", () => {
    const { values, clock } = data.readings;
    const { features, held, level, truth } = data;
    const clocks = [clock.minuteOfDay, clock.weekday, clock.dayNumber];
    const there = [values, ...clocks, features, held, level, truth].reduce(
      (sum, of) => sum + of.byteLength,
      0,
    );
    expect(trainingMemory(jobOf(sizes[0]!)).prepared).toBe(there);
    const beside = trainingMemory(jobOf(sizes[0]!), true, [{ part: "more", bytes: 1000 }]);
    expect(beside.prepared).toBe(there + 1000);
    expect(beside.bytes).toBe(beside.parts.reduce((sum, { bytes }) => sum + bytes, 0));
  });

  it("knows a batch that no wasm memory can hold", () => {
    const fits = trainingMemory(jobOf(sizes[2]!));
    expect(fits.wasmLimit).toBe(2 ** 32);
    expect(fits.wasm).toBeLessThan(fits.wasmLimit);
    const long = trainingMemory(jobOf({ batch: 32, scored: 6_000_000, weight: 0 }));
    expect(long.wasm).toBeGreaterThan(long.wasmLimit);
    expect(trainingMemory(jobOf({ batch: 32, scored: 6_000_000, weight: 0 }), false).wasm).toBe(0);
  });
});

import { Effect } from "effect";
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describeMachine } from "../../bench/describeMachine.ts";
import { platform } from "../../src/cli/platform.ts";
import { DataPlace } from "../../src/ingest/DataPlace.ts";
import { loadRunPanel } from "../../src/jobs/loadRunPanel.ts";
import { prepareRun } from "../../src/jobs/prepareRun.ts";
import { Progress } from "../../src/jobs/Progress.ts";
import { readPipeline } from "../../src/jobs/readPipeline.ts";
import type { ForecasterShape, Parameters } from "../../src/model/Parameters.ts";
import { runFused } from "../../src/model/runFused.ts";
import { contextSteps, observedFeatureCount } from "../../src/series/features.ts";
import { fitFeaturePlan } from "../../src/series/fitFeaturePlan.ts";
import { localClock } from "../../src/series/LocalClock.ts";
import { decodeOutput } from "../../src/train/decodeOutput.ts";
import type { EmbeddingChoice } from "../../src/train/EmbeddingChoice.ts";
import { everySensorAt, originsOf } from "../../src/train/originWindows.ts";
import { predictWindows } from "../../src/train/predictWindows.ts";
import { embeddingRows } from "../../src/train/startingLayout.ts";
import { prepareTrainingData, type TrainingData } from "../../src/train/TrainingData.ts";
import { trainForecaster } from "../../src/train/trainForecaster.ts";
import type { EpochRecord, StepSpan, TrainingSettings } from "../../src/train/TrainingSettings.ts";
import { simulatePanel } from "./simulatePanel.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const folder = join(root, "out", "experiments", "embeddings");

interface Network {
  readonly data: TrainingData;
  readonly shape: ForecasterShape;
  readonly spans: Readonly<Record<"training" | "validation" | "test", StepSpan>>;
  readonly settings: TrainingSettings;
  /** Every so many origins of the test span are judged. */
  readonly stride: number;
  readonly unit: string;
}

interface Variant {
  readonly name: string;
  readonly size?: 0;
  readonly choice?: (sensors: number) => EmbeddingChoice;
}

const table = (start: "profile" | "random", reallocate: boolean) => (): EmbeddingChoice => ({
  kind: "table",
  start,
  reallocate,
});

const variants: readonly Variant[] = [
  { name: "none", size: 0 },
  { name: "full" },
  { name: "table, random", choice: table("random", false) },
  { name: "table, random, reallocated", choice: table("random", true) },
  { name: "table, by profile", choice: table("profile", false) },
  { name: "table, by profile, reallocated", choice: table("profile", true) },
  {
    name: "hashed, as many rows as the table",
    choice: (sensors) => ({ kind: "hashed", rows: 2 * Math.ceil(Math.sqrt(sensors)) }),
  },
  { name: "quotient and remainder", choice: () => ({ kind: "quotient" }) },
  { name: "features", choice: () => ({ kind: "features" }) },
];

const training: Partial<TrainingSettings> = {
  floatEpochs: 4,
  ternaryEpochs: 2,
  stepsPerEpoch: 75,
  rules: { weight: 0, margin: 0, temperature: [1, 1], origins: 1, stride: 1 },
};

const losLoop = (seed: number): Promise<Network> => {
  const file = join(root, "pipelines", "los-loop.yaml");
  return Effect.gen(function* () {
    const pipeline = yield* readPipeline(file);
    const loaded = yield* loadRunPanel(pipeline, file);
    const { data, settings, shape, spans } = yield* prepareRun(pipeline, file, loaded);
    return { data, shape, spans, settings: { ...settings, ...training, seed }, stride: 6, unit: "mph" };
  }).pipe(
    Effect.provide(DataPlace.layer),
    Effect.provide(Progress.silent),
    Effect.provide(platform),
    Effect.runPromise,
  );
};

const simulated = (sensors: number, seed: number): Network => {
  const panel = simulatePanel(sensors, 24 * 28, seed);
  const spans = {
    training: { from: 0, to: 24 * 18 },
    validation: { from: 24 * 18, to: 24 * 22 },
    test: { from: 24 * 22, to: panel.steps },
  };
  const [horizonSteps, windowSteps] = [6, 12];
  const plan = fitFeaturePlan(
    panel,
    {
      targets: ["level"],
      covariates: [],
      circular: [],
      log: [],
      baseline: { kind: "persistence" },
      windowSteps,
      horizonSteps,
      holdSteps: windowSteps,
      // No sensor sees another: what is known of it must come from its vector.
      neighbourKilometres: 0.001,
    },
    spans.training.to,
  );
  const clock = localClock(panel.zone, panel.startMs, panel.stepMs, panel.steps + horizonSteps);
  const data = prepareTrainingData(plan, { values: panel.values, steps: panel.steps, clock });
  return {
    data,
    spans,
    shape: {
      observed: observedFeatureCount(plan),
      embedding: 6,
      sensors,
      units: 32,
      headUnits: 32,
      outputs: horizonSteps,
    },
    settings: {
      seed,
      floatEpochs: 4,
      ternaryEpochs: 2,
      batch: 128,
      warmupSteps: 12,
      scoredSteps: 24,
      learningRate: 3e-3,
      ternaryLearningRate: 2e-3,
      weightDecay: 1e-2,
      clipNorm: 1,
      dropout: 0,
      averaging: 0.97,
      patience: 9,
      ...training,
      stepsPerEpoch: 120,
    } as TrainingSettings,
    stride: 29,
    unit: "of a deviation",
  };
};

const networks: Readonly<Record<string, (seed: number) => Promise<Network> | Network>> = {
  "los-loop": losLoop,
  "simulated-2500": (seed) => simulated(2500, seed),
};

interface Result {
  readonly variant: string;
  readonly seed: number;
  readonly unit: string;
  /** Trained numbers of the embedding. */
  readonly numbers: number;
  /** Best validation loss of each phase, the baseline's error 1. */
  readonly validation: readonly [float: number, ternary: number];
  /** Mean absolute error on the test span, all leads. */
  readonly test: readonly [float: number, ternary: number];
  readonly reallocations: readonly NonNullable<EpochRecord["reallocation"]>[];
  readonly seconds: number;
  readonly machine: string;
}

const errorOf = (
  network: Network,
  shape: ForecasterShape,
  parameters: Parameters,
  ternary: boolean,
): number => {
  const { data, spans, stride } = network;
  const test = { from: spans.test.from - 1, to: spans.test.to };
  const origins = originsOf(data, test, contextSteps(data.plan), stride);
  const { originOf, sensorOf } = everySensorAt(data, origins);
  const outputs = predictWindows(runFused, parameters, shape, data, sensorOf, originOf, ternary);
  const values = new Float64Array(shape.outputs);
  let sum = 0;
  let count = 0;
  sensorOf.forEach((sensor, row) => {
    decodeOutput(data, outputs, row, sensor, originOf[row]!, values);
    values.forEach((value, lead) => {
      const error = Math.abs(value - data.truth[sensor * data.steps + originOf[row]! + lead + 1]!);
      if (Number.isNaN(error)) return;
      sum += error;
      count++;
    });
  });
  return sum / count;
};

const measure = async (network: Network, variant: Variant, seed: number): Promise<Result> => {
  const { data, settings, spans } = network;
  const shape: ForecasterShape = { ...network.shape, embedding: variant.size ?? network.shape.embedding };
  const choice = variant.choice?.(data.sensors);
  const startedAt = performance.now();
  const trained = await Effect.runPromise(
    trainForecaster(
      {
        data,
        shape,
        rules: [],
        training: spans.training,
        validation: spans.validation,
        settings,
        fingerprint: "experiment",
        run: runFused,
        ...(choice && { embedding: choice }),
      },
      { save: () => Effect.void, progress: () => undefined },
    ),
  );
  const seconds = (performance.now() - startedAt) / 1000;
  const best = (phase: string): number =>
    Math.min(...trained.history.filter((each) => each.phase === phase).map((each) => each.validationLoss));
  return {
    variant: variant.name,
    seed,
    unit: network.unit,
    numbers: embeddingRows(choice, shape, data.plan.targets.length) * shape.embedding,
    validation: [best("float"), best("ternary")],
    test: [errorOf(network, shape, trained.float, false), errorOf(network, shape, trained.ternary, true)],
    reallocations: trained.history.flatMap(({ reallocation }) => reallocation ?? []),
    seconds,
    machine: describeMachine(),
  };
};

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

const tableOf = (name: string, results: readonly Result[]): string => {
  const row = ({ name: variant }: Variant): string[] => {
    const own = results.filter((result) => result.variant === variant);
    if (own.length === 0) return [];
    const pair = (of: (result: Result) => readonly [number, number]): string =>
      [0, 1].map((k) => mean(own.map((result) => of(result)[k]!)).toFixed(4)).join(" / ");
    const { numbers } = own[0]!;
    const tried = own.flatMap(({ reallocations }) => reallocations);
    const kept = tried.filter((each) => each.kept).length;
    const cells = [
      own.length,
      numbers,
      4 * numbers,
      pair(({ validation }) => validation),
      pair(({ test }) => test),
      tried.length === 0 ? "" : `${kept} of ${tried.length}`,
    ];
    return [`| ${variant} | ${cells.join(" | ")} |`];
  };
  return [
    `## ${name}`,
    "",
    `Validation loss (the baseline's error is 1) and test error (${results[0]!.unit}), float / ternary. ${[...new Set(results.map(({ machine }) => machine))].join("; ")}.`,
    "",
    "| embedding | seeds | trained numbers | bytes | validation loss | test error | tables kept |",
    "| --- | --- | --- | --- | --- | --- | --- |",
    ...variants.flatMap(row),
  ].join("\n");
};

/**
 * `embeddings [--seeds N] [--stored] [NETWORK...]`: trains a forecaster with every kind of embedding, on `los-loop` and on a simulated
 * network of 2,500 sensors. Results are kept one by one, and with `--stored` nothing more is trained, in `out/experiments/embeddings`.
 */
export const runEmbeddings = async (words: readonly string[]): Promise<void> => {
  const given = words.indexOf("--seeds");
  const seeds = given < 0 ? 1 : Number(words[given + 1]);
  const named = words.filter((word, k) => !word.startsWith("--") && (given < 0 || k !== given + 1));
  mkdirSync(folder, { recursive: true });
  for (const name of named.length > 0 ? named : Object.keys(networks)) {
    const load = networks[name];
    if (load === undefined) {
      console.error(`There is no network ${name}: give some of ${Object.keys(networks).join(", ")}.`);
      process.exitCode = 2;
      return;
    }
    const results: Result[] = [];
    for (let seed = 1; seed <= seeds; seed++) {
      let network: Network | undefined;
      for (const variant of variants) {
        const file = join(folder, `${name}-${variant.name.replaceAll(/[ ,]+/g, "-")}-${seed}.json`);
        if (!existsSync(file)) {
          if (words.includes("--stored")) continue;
          network ??= await load(seed);
          const result = await measure(network, variant, seed);
          writeFileSync(`${file}.part`, JSON.stringify(result, undefined, 1));
          renameSync(`${file}.part`, file);
          console.error(
            `${name}, ${variant.name}, seed ${seed}: ${result.test[0].toFixed(4)} / ${result.test[1].toFixed(4)} (${result.seconds.toFixed(0)} s)`,
          );
        }
        results.push(JSON.parse(readFileSync(file, "utf8")) as Result);
      }
    }
    if (results.length > 0) console.log(tableOf(name, results));
  }
};

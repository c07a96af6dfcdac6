/**
 * How well a sensor is forecast that training never saw: the same sensors trained on and held out, with and without
 * hiding the sensors' vectors in training, and without vectors at all, on two real recordings.
 *
 * Results are kept one by one in `out/experiments/unseen`, so a run that was stopped goes on; the tables that it
 * prints stand in `docs/unseen-sensors.md`. Without the shield: what is judged is the model.
 */
import { Effect } from "effect";
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describeMachine } from "../bench/describeMachine.ts";
import { platform } from "../src/cli/platform.ts";
import { DataPlace } from "../src/ingest/DataPlace.ts";
import { errorsByLead } from "../src/jobs/errorsByLead.ts";
import { loadRunPanel } from "../src/jobs/loadRunPanel.ts";
import {
  decodedForecasts,
  persistenceForecasts,
  ridgeForecasts,
  seasonalForecasts,
} from "../src/jobs/naiveForecasts.ts";
import type { Pipeline } from "../src/jobs/Pipeline.ts";
import { type PreparedRun, prepareRun } from "../src/jobs/prepareRun.ts";
import { Progress } from "../src/jobs/Progress.ts";
import { readPipeline } from "../src/jobs/readPipeline.ts";
import { extendEmbedding } from "../src/model/extendEmbedding.ts";
import { runFused } from "../src/model/runFused.ts";
import { contextSteps } from "../src/series/features.ts";
import { everySensorAt, originsOf } from "../src/train/originWindows.ts";
import { predictWindows } from "../src/train/predictWindows.ts";
import { trainForecaster } from "../src/train/trainForecaster.ts";

const root = fileURLToPath(new URL("..", import.meta.url));

interface Recording {
  readonly name: string;
  readonly leads: readonly number[];
  readonly unit: string;
  /** Where the shipped pipeline would take too long. */
  readonly training?: Partial<Pipeline["training"]>;
  /** Names of the sensors to hold out, of those that the data has. */
  readonly heldOut: (sensors: readonly string[]) => readonly string[];
}

const recordings: readonly Recording[] = [
  {
    name: "beijing-air",
    leads: [1, 3, 6, 12, 24],
    unit: "PM2.5, ug/m3",
    heldOut: () => ["Dongsi", "Shunyi"],
  },
  {
    name: "los-loop",
    leads: [1, 3, 6, 12],
    unit: "speed, mph",
    training: { floatEpochs: 4, ternaryEpochs: 4, stepsPerEpoch: 75 },
    heldOut: (sensors) => sensors.filter((_, place) => place % 10 === 5).slice(0, 20),
  },
];

interface Variant {
  readonly name: string;
  readonly heldOut: boolean;
  readonly embeddingDropout: number;
  readonly embedding?: 0;
}

const variants: readonly Variant[] = [
  { name: "seen", heldOut: false, embeddingDropout: 0 },
  { name: "held out", heldOut: true, embeddingDropout: 0 },
  { name: "held out, vectors hidden from 20 % of sequences", heldOut: true, embeddingDropout: 0.2 },
  { name: "held out, no vectors", heldOut: true, embeddingDropout: 0, embedding: 0 },
  { name: "held out, vectors hidden from 50 % of sequences", heldOut: true, embeddingDropout: 0.5 },
];

/** Mean absolute errors of the first target by lead, of the sensors held out and of all others. */
interface Result {
  readonly variant: string;
  readonly model: string;
  readonly seed: number;
  readonly held: readonly number[];
  readonly others: readonly number[];
}

const changed = (
  pipeline: Pipeline,
  recording: Recording,
  variant: Variant,
  unseen: readonly string[],
  seed: number,
): Pipeline =>
  Object.assign({}, pipeline, {
    forecast: { ...pipeline.forecast, unseen },
    model: { ...pipeline.model, ...(variant.embedding !== undefined && { embedding: variant.embedding }) },
    training: {
      ...pipeline.training,
      ...recording.training,
      seed,
      embeddingDropout: variant.embeddingDropout,
    },
  });

const prepared = (recording: Recording, variant: Variant, seed: number) => {
  const file = join(root, "pipelines", `${recording.name}.yaml`);
  return Effect.gen(function* () {
    const pipeline = yield* readPipeline(file);
    const loaded = yield* loadRunPanel(pipeline, file);
    const names = recording.heldOut(loaded.panel.sensors);
    const run = yield* prepareRun(
      changed(pipeline, recording, variant, variant.heldOut ? names : [], seed),
      file,
      loaded,
    );
    return { run, places: names.map((name) => loaded.panel.sensors.indexOf(name)) };
  }).pipe(
    Effect.provide(DataPlace.layer),
    Effect.provide(Progress.silent),
    Effect.provide(platform),
    Effect.runPromise,
  );
};

const errorsOf = async (
  recording: Recording,
  variant: Variant,
  seed: number,
  run: PreparedRun,
  places: readonly number[],
): Promise<Result[]> => {
  const { data, seen, shape, spans } = run;
  const { ternary } = await Effect.runPromise(
    trainForecaster(
      {
        data: seen.data,
        shape: seen.shape,
        rules: seen.rules,
        training: spans.training,
        validation: spans.validation,
        settings: run.settings,
        fingerprint: "experiment",
        run: runFused,
      },
      { save: () => Effect.void, progress: () => undefined },
    ),
  );
  const parameters = extendEmbedding(ternary, seen.places, shape.sensors);
  const test = { from: spans.test.from - 1, to: spans.test.to };
  const origins = originsOf(data, test, contextSteps(data.plan), 1);
  const { originOf, sensorOf } = everySensorAt(data, origins);
  const outputs = predictWindows(runFused, parameters, shape, data, sensorOf, originOf, true);
  const sets = [
    persistenceForecasts(data, origins),
    seasonalForecasts(data, origins, run.seasonSteps),
    ridgeForecasts(data, origins, spans.training, seen.data),
    decodedForecasts("ternary", data, origins, outputs),
  ];
  const units = data.plan.targets.map(() => "");
  const others = data.plan.sensors.map((_, place) => place).filter((place) => !places.includes(place));
  const [held, rest] = [places, others].map((group) => errorsByLead(data, origins, sets, units, group)[0]!);
  return sets.map(({ model }, set) => {
    const of = (metric: typeof held): number[] =>
      recording.leads.map((lead) => metric!.rows[lead - 1]!.models[set]!.mae);
    return { variant: variant.name, model, seed, held: of(held), others: of(rest) };
  });
};

const storeOf = (name: string): string => join(root, "out", "experiments", "unseen", `${name}.json`);

const keep = (name: string, results: readonly Result[]): void => {
  mkdirSync(join(root, "out", "experiments", "unseen"), { recursive: true });
  writeFileSync(`${storeOf(name)}.part`, JSON.stringify(results, undefined, 1));
  renameSync(`${storeOf(name)}.part`, storeOf(name));
};

const measure = async (recording: Recording, seeds: readonly number[]): Promise<readonly Result[]> => {
  const store = storeOf(recording.name);
  const results = existsSync(store) ? (JSON.parse(readFileSync(store, "utf8")) as Result[]) : [];
  for (const seed of seeds) {
    for (const variant of variants) {
      if (results.some((result) => result.variant === variant.name && result.seed === seed)) continue;
      const started = performance.now();
      const { places, run } = await prepared(recording, variant, seed);
      results.push(...(await errorsOf(recording, variant, seed, run, places)));
      keep(recording.name, results);
      const shown = results.at(-1)!.held.map((error) => error.toFixed(2));
      const seconds = (performance.now() - started) / 1000;
      console.error(
        `${recording.name}, ${variant.name}, seed ${seed}: ${shown.join(" / ")} (${seconds.toFixed(0)} s)`,
      );
    }
  }
  return results;
};

const table = (recording: Recording, results: readonly Result[]): string => {
  const row = (name: string, chosen: readonly Result[]): string => {
    const mean = (of: (result: Result) => readonly number[], k: number): string =>
      (chosen.reduce((sum, result) => sum + of(result)[k]!, 0) / chosen.length).toFixed(2);
    const held = recording.leads.map((_, k) => mean((result) => result.held, k));
    const others = recording.leads.map((_, k) => mean((result) => result.others, k));
    return `| ${name} | ${chosen.length} | ${held.join(" / ")} | ${others.join(" / ")} |`;
  };
  const of = (variant: string, model: string): Result[] =>
    results.filter((result) => result.variant === variant && result.model === model);
  const rows = [
    ...["persistence", "seasonal naive"].map((model) => row(model, of("seen", model).slice(0, 1))),
    row("ridge, seen", of("seen", "ridge").slice(0, 1)),
    row("ridge, held out", of("held out", "ridge").slice(0, 1)),
    ...variants
      .filter(({ name }) => of(name, "ternary").length > 0)
      .map(({ name }) => row(name, of(name, "ternary"))),
  ];
  return [
    `## ${recording.name}`,
    "",
    `Mean absolute error (${recording.unit}) at ${recording.leads.join(", ")} steps.`,
    "",
    "| | seeds | the sensors held out | the others |",
    "| --- | --- | --- | --- |",
    ...rows,
    "",
  ].join("\n");
};

/** `unseen.ts [--seeds COUNT] [RECORDING...]` */
const main = async (): Promise<void> => {
  const words = process.argv.slice(2);
  const at = words.indexOf("--seeds");
  const count = at < 0 ? 1 : Number(words[at + 1]);
  const named = words.filter((_, k) => at < 0 || (k !== at && k !== at + 1));
  const seeds = Array.from({ length: count }, (_, k) => k + 1);
  const parts: string[] = [];
  for (const recording of recordings) {
    if (named.length > 0 && !named.includes(recording.name)) continue;
    parts.push(table(recording, await measure(recording, seeds)));
  }
  console.log(`\`npx tsx experiments/unseen.ts\` on ${describeMachine()}.\n\n${parts.join("\n")}`);
};

await main();

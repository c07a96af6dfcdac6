/**
 * Which cell, and what quantising it costs: GRU and LSTM, with and without multiplicative integration, in float32 and
 * in four quantised forms that go on from it, three seeds each, on two real recordings.
 *
 * Results are kept one by one in `out/experiments/cells`, so a run that was stopped goes on; the tables that it prints
 * stand in `docs/cells.md`.
 */
import { Effect } from "effect";
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { DataPlace } from "../src/ingest/DataPlace.ts";
import { loadRunPanel } from "../src/jobs/loadRunPanel.ts";
import { type PreparedRun, prepareRun } from "../src/jobs/prepareRun.ts";
import { Progress } from "../src/jobs/Progress.ts";
import { readPipeline } from "../src/jobs/readPipeline.ts";
import type { CellChoice, ForecasterShape, Parameters } from "../src/model/Parameters.ts";
import { runFused } from "../src/model/runFused.ts";
import { random } from "../src/series/random.ts";
import { decodeOutput } from "../src/train/decodeOutput.ts";
import { everySensorAt } from "../src/train/originWindows.ts";
import { predictWindows } from "../src/train/predictWindows.ts";
import { startOfPhase, trainForecaster } from "../src/train/trainForecaster.ts";
import type { TrainingSettings } from "../src/train/TrainingSettings.ts";
import { platform } from "../src/cli/platform.ts";
import { describeMachine } from "../bench/describeMachine.ts";

const folder = fileURLToPath(new URL("cells/", import.meta.url));
const root = fileURLToPath(new URL("..", import.meta.url));

/** One training's errors on the test span, by lead. */
interface Result {
  readonly dataset: string;
  readonly cell: string;
  readonly form: string;
  readonly seed: number;
  readonly errors: readonly number[];
  readonly validationLoss: number;
  readonly seconds: number;
}

const cells = [
  { name: "GRU", cell: "gru", multiplicative: false },
  { name: "MI-GRU", cell: "gru", multiplicative: true },
  { name: "LSTM", cell: "lstm", multiplicative: false },
  { name: "MI-LSTM", cell: "lstm", multiplicative: true },
] as const;

/** `float` first: the others go on from its weights. */
const forms = [
  { name: "float", weights: "rowScale", state: "none", slope: 1 },
  { name: "HitNet", weights: "hitnet", state: "ternary", slope: 1 },
  { name: "row scale", weights: "rowScale", state: "none", slope: 1 },
  { name: "BitNet", weights: "bitnet", state: "int8", slope: 1 },
  { name: "row scale, int8 state", weights: "rowScale", state: "int8", slope: 1 },
] as const;

const seeds = [1, 2, 3];

interface Judged {
  readonly name: string;
  readonly leads: readonly number[];
  readonly measure: string;
  readonly baseline: { readonly name: string; readonly errors: readonly number[] };
  readonly judge: (
    run: PreparedRun,
    shape: ForecasterShape,
    parameters: Parameters,
    ternary: boolean,
  ) => number[];
}

/** Forecasts of the first target in physical units at origins of all sensors: [origin][sensor][lead]. */
const forecastsAt = (
  run: PreparedRun,
  shape: ForecasterShape,
  parameters: Parameters,
  ternary: boolean,
  origins: Int32Array,
): Float64Array => {
  const { originOf, sensorOf } = everySensorAt(run.data, origins);
  const outputs = predictWindows(runFused, parameters, shape, run.data, sensorOf, originOf, ternary);
  const all = new Float64Array(outputs.length);
  const values = new Float64Array(shape.outputs);
  for (let row = 0; row < sensorOf.length; row++) {
    decodeOutput(run.data, outputs, row, sensorOf[row]!, originOf[row]!, values);
    all.set(values, row * shape.outputs);
  }
  return all;
};

/** Mean absolute error where the truth was observed at the origin and at the lead; forecasts below 0 count as 0. */
const beijingErrors: Judged["judge"] = (run, shape, parameters, ternary) => {
  const { data, spans } = run;
  const origins = Int32Array.from(
    { length: spans.test.to - spans.test.from + 23 },
    (_, k) => spans.test.from - 24 + k,
  );
  const forecasts = forecastsAt(run, shape, parameters, ternary, origins);
  return beijing.leads.map((lead) => {
    let sum = 0;
    let count = 0;
    origins.forEach((origin, k) => {
      const at = origin + lead;
      if (at < spans.test.from || at >= spans.test.to) return;
      for (let sensor = 0; sensor < data.sensors; sensor++) {
        const truth = data.truth[sensor * data.steps + at]!;
        if (Number.isNaN(truth) || Number.isNaN(data.truth[sensor * data.steps + origin]!)) continue;
        const forecast = forecasts[(k * data.sensors + sensor) * shape.outputs + lead - 1]!;
        sum += Math.abs(Math.max(0, forecast) - truth);
        count++;
      }
    });
    return sum / count;
  });
};

/** Root mean squared error over the leads 1..h, of windows whose whole history lies in the test block. */
const losErrors: Judged["judge"] = (run, shape, parameters, ternary) => {
  const { data, spans } = run;
  const window = data.plan.windowSteps;
  const length = spans.test.to - spans.test.from;
  return losLoop.leads.map((horizon) => {
    const origins = Int32Array.from(
      { length: length - window - horizon },
      (_, start) => spans.test.from + start + window - 1,
    );
    const forecasts = forecastsAt(run, shape, parameters, ternary, origins);
    let squares = 0;
    let count = 0;
    origins.forEach((origin, k) => {
      for (let sensor = 0; sensor < data.sensors; sensor++) {
        for (let lead = 1; lead <= horizon; lead++) {
          const truth = data.truth[sensor * data.steps + origin + lead]!;
          squares += (forecasts[(k * data.sensors + sensor) * shape.outputs + lead - 1]! - truth) ** 2;
          count++;
        }
      }
    });
    return Math.sqrt(squares / count);
  });
};

const beijing: Judged = {
  name: "beijing-air",
  leads: [1, 3, 6, 12, 24],
  measure: "PM2.5, mean absolute error in ug/m3 at 1, 3, 6, 12 and 24 h",
  baseline: { name: "linear, absolute loss, other stations", errors: [8.87, 18.56, 27.77, 38.95, 49.17] },
  judge: beijingErrors,
};

const losLoop: Judged = {
  name: "los-loop",
  leads: [3, 6, 9, 12],
  measure: "speed, root mean squared error in mph over the first 15, 30, 45 and 60 min",
  baseline: { name: "ridge on each detector's last 12 readings", errors: [5.31, 6.34, 7.12, 7.77] },
  judge: losErrors,
};

const storeOf = (dataset: string): string => join(root, "out", "experiments", "cells", `${dataset}.json`);

const stored = (dataset: string): Result[] =>
  existsSync(storeOf(dataset)) ? (JSON.parse(readFileSync(storeOf(dataset), "utf8")) as Result[]) : [];

const keep = (dataset: string, results: readonly Result[]): void => {
  mkdirSync(join(root, "out", "experiments", "cells"), { recursive: true });
  writeFileSync(`${storeOf(dataset)}.part`, JSON.stringify(results, undefined, 1));
  renameSync(`${storeOf(dataset)}.part`, storeOf(dataset));
};

const prepared = (name: string): Promise<PreparedRun> => {
  const file = join(folder, `${name}.yaml`);
  return Effect.gen(function* () {
    const pipeline = yield* readPipeline(file);
    return yield* prepareRun(pipeline, file, yield* loadRunPanel(pipeline, file));
  }).pipe(
    Effect.provide(DataPlace.layer),
    Effect.provide(Progress.silent),
    Effect.provide(platform),
    Effect.runPromise,
  );
};

/** Trains one phase from given weights, without rules; its best weights on the validation span. */
const trained = async (
  run: PreparedRun,
  shape: ForecasterShape,
  settings: TrainingSettings,
  from: Parameters | undefined,
): Promise<{ readonly parameters: Parameters; readonly validationLoss: number }> => {
  const job = {
    data: run.data,
    shape,
    rules: [],
    training: run.spans.training,
    validation: run.spans.validation,
    fingerprint: "experiment",
    run: runFused,
  };
  const hooks = { save: () => Effect.void, progress: () => undefined };
  const best = (history: readonly { readonly validationLoss: number }[]): number =>
    Math.min(...history.map((epoch) => epoch.validationLoss));
  if (from === undefined) {
    const { float, history } = await Effect.runPromise(
      trainForecaster({ ...job, settings: { ...settings, ternaryEpochs: 0 } }, hooks),
    );
    return { parameters: float, validationLoss: best(history) };
  }
  const checkpoint = {
    ...startOfPhase("experiment", "ternary", from, random(settings.seed), []),
    float: from,
  };
  const { history, ternary } = await Effect.runPromise(
    trainForecaster({ ...job, settings, checkpoint }, hooks),
  );
  return { parameters: ternary, validationLoss: best(history) };
};

const measure = async (judged: Judged): Promise<readonly Result[]> => {
  const run = await prepared(judged.name);
  const results = stored(judged.name);
  const total = cells.length * forms.length * seeds.length;
  for (const seed of seeds) {
    for (const { name: cell, ...kind } of cells) {
      const missing = forms.filter(
        (form) =>
          !results.some(
            (result) => result.cell === cell && result.form === form.name && result.seed === seed,
          ),
      );
      if (missing.length === 0) continue;
      const settings = { ...run.settings, seed };
      let float: Parameters | undefined;
      for (const { name: form, ...quantisers } of forms) {
        const choice: CellChoice = { ...kind, ...quantisers };
        const shape: ForecasterShape = { ...run.shape, choice };
        const started = performance.now();
        const { parameters, validationLoss } = await trained(run, shape, settings, float);
        float ??= parameters;
        if (!missing.some((each) => each.name === form)) continue;
        const errors = judged.judge(run, shape, parameters, form !== "float");
        const seconds = (performance.now() - started) / 1000;
        results.push({ dataset: judged.name, cell, form, seed, errors, validationLoss, seconds });
        keep(judged.name, results);
        console.error(
          `${judged.name} ${results.length}/${total}: ${cell}, ${form}, seed ${seed}: ${errors.map((error) => error.toFixed(2)).join(" / ")} (${seconds.toFixed(0)} s)`,
        );
      }
    }
  }
  return results;
};

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

const table = (judged: Judged, results: readonly Result[]): string => {
  const rows = cells.flatMap(({ name: cell }) =>
    forms.flatMap(({ name: form }) => {
      const own = results.filter((result) => result.cell === cell && result.form === form);
      if (own.length === 0) return [];
      const shown = judged.leads.map((_, k) => {
        const errors = own.map((result) => result.errors[k]!);
        return `${mean(errors).toFixed(2)} (${Math.min(...errors).toFixed(2)}-${Math.max(...errors).toFixed(2)})`;
      });
      const float = results.filter((result) => result.cell === cell && result.form === "float");
      const change = mean(
        judged.leads.map(
          (_, k) => mean(own.map((r) => r.errors[k]!)) / mean(float.map((r) => r.errors[k]!)) - 1,
        ),
      );
      const against = form === "float" ? "" : `${(100 * change).toFixed(1)} %`;
      return [`| ${cell} | ${form} | ${own.length} | ${shown.join(" | ")} | ${against} |`];
    }),
  );
  const baseline = `| ${judged.baseline.name} | | | ${judged.baseline.errors.join(" | ")} | |`;
  const head = `| cell | form | seeds | ${judged.leads.map((lead) => `lead ${lead}`).join(" | ")} | against float |`;
  const rule = `|${" --- |".repeat(judged.leads.length + 4)}`;
  return `## ${judged.name}\n\n${judged.measure}; mean of the seeds (least-greatest).\n\n${[head, rule, baseline, ...rows].join("\n")}\n`;
};

/** `cells.ts [--stored] [DATASET...]`: `--stored` trains nothing and shows what is there. */
const main = async (): Promise<void> => {
  const words = process.argv.slice(2);
  const named = words.filter((word) => word !== "--stored");
  const parts: string[] = [];
  for (const judged of [beijing, losLoop]) {
    if (named.length > 0 && !named.includes(judged.name)) continue;
    const results = words.includes("--stored") ? stored(judged.name) : await measure(judged);
    parts.push(table(judged, results));
  }
  console.log(`\`npm run cells\` on ${describeMachine()}.\n\n${parts.join("\n")}`);
};

await main();

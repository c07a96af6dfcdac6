import { Effect } from "effect";
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describeMachine } from "../../bench/describeMachine.ts";
import { platform } from "../../src/cli/platform.ts";
import { createRuntime, openArtefact } from "../../src/edge/index.ts";
import { DataPlace } from "../../src/ingest/DataPlace.ts";
import { compileRun } from "../../src/jobs/compileRun.ts";
import { loadRunPanel } from "../../src/jobs/loadRunPanel.ts";
import type { Pipeline } from "../../src/jobs/Pipeline.ts";
import { type PreparedRun, prepareRun } from "../../src/jobs/prepareRun.ts";
import { Progress } from "../../src/jobs/Progress.ts";
import { readPipeline } from "../../src/jobs/readPipeline.ts";
import { taughtWindows } from "../../src/jobs/taughtWindows.ts";
import type { Parameters } from "../../src/model/Parameters.ts";
import { runFused } from "../../src/model/runFused.ts";
import { contextSteps } from "../../src/series/features.ts";
import { decodeOutput } from "../../src/train/decodeOutput.ts";
import { judgeForecasts } from "../../src/train/judgeForecasts.ts";
import { everySensorAt, originsOf } from "../../src/train/originWindows.ts";
import { predictWindows } from "../../src/train/predictWindows.ts";
import { trainForecaster } from "../../src/train/trainForecaster.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const folder = join(root, "out", "experiments", "rules");

interface Variant {
  readonly name: string;
  readonly training: Partial<Pipeline["training"]>;
}

const variants: readonly Variant[] = [
  { name: "none", training: { ruleWeight: 0 } },
  { name: "robustness", training: {} },
  { name: "teacher, beta 0.5", training: { ruleLoss: "teacher", ruleBeta: 0.5 } },
  { name: "teacher, beta 0.1", training: { ruleLoss: "teacher", ruleBeta: 0.1 } },
  { name: "teacher, beta 0.01", training: { ruleLoss: "teacher", ruleBeta: 0.01 } },
  { name: "both, beta 0.5", training: { ruleLoss: "both", ruleBeta: 0.5 } },
];

/** Every so many origins of the test span are judged. */
const STRIDE = 6;

/** Of one model on the judged origins. */
interface Figures {
  /** Mean absolute error by target, all leads. */
  readonly mae: readonly number[];
  /** Share of (origin, rule) pairs that hold, and of the origins at which all rules do. */
  readonly pairs: number;
  readonly origins: number;
}

interface Result {
  readonly variant: string;
  readonly seed: number;
  readonly targets: readonly string[];
  readonly truth: Figures;
  readonly float: Figures;
  readonly ternary: Figures;
  readonly shielded: Figures;
  readonly windows: number;
  readonly untaught: number;
  readonly teacherShare: number;
  readonly machine: string;
}

const prepared = (name: string, { training }: Variant, seed: number): Promise<PreparedRun> => {
  const file = join(root, "pipelines", `${name}.yaml`);
  return Effect.gen(function* () {
    const pipeline = yield* readPipeline(file);
    const loaded = yield* loadRunPanel(pipeline, file);
    const changed = Object.assign({}, pipeline, { training: { ...pipeline.training, ...training, seed } });
    return yield* prepareRun(changed, file, loaded);
  }).pipe(
    Effect.provide(DataPlace.layer),
    Effect.provide(Progress.silent),
    Effect.provide(platform),
    Effect.runPromise,
  );
};

/** Forecasts of a sensor, [target][lead]. */
type ForecastAt = (index: number, sensor: number) => Float64Array;

const figuresOf = (run: PreparedRun, origins: Int32Array, forecastAt: ForecastAt): Figures => {
  const { data } = run;
  const { horizonSteps, targets } = data.plan;
  const sums = targets.map(() => ({ error: 0, count: 0 }));
  origins.forEach((origin, index) => {
    for (let sensor = 0; sensor < data.sensors; sensor++) {
      const forecast = forecastAt(index, sensor);
      targets.forEach((_, target) => {
        const now = (target * data.sensors + sensor) * data.steps + origin;
        for (let lead = 1; lead <= horizonSteps; lead++) {
          const error = Math.abs(forecast[target * horizonSteps + lead - 1]! - data.truth[now + lead]!);
          if (Number.isNaN(error)) continue;
          sums[target]!.error += error;
          sums[target]!.count++;
        }
      });
    }
  });
  const tallies = judgeForecasts(
    data,
    run.rules.rules.map(({ bound }) => bound),
    origins,
    forecastAt,
  );
  const held = tallies.reduce((sum, tally) => sum + tally.held, 0);
  const broken = tallies.reduce((sum, tally) => sum + tally.broken, 0);
  const all = origins.filter((_, index) => tallies.every(({ margins }) => !(margins[index]! < 0))).length;
  return {
    mae: sums.map(({ count, error }) => error / count),
    pairs: held / (held + broken),
    origins: all / origins.length,
  };
};

const measure = async (name: string, variant: Variant, seed: number): Promise<Result> => {
  const run = await prepared(name, variant, seed);
  const { data, seen, shape, spans } = run;
  const { horizonSteps, targets } = data.plan;
  const width = targets.length * horizonSteps;
  const startedAt = performance.now();
  const trained = await Effect.runPromise(
    trainForecaster(
      {
        ...seen,
        training: spans.training,
        validation: spans.validation,
        settings: run.settings,
        fingerprint: "experiment",
        run: runFused,
      },
      { save: () => Effect.void, progress: () => undefined },
    ),
  );
  const seconds = (performance.now() - startedAt) / 1000;
  const test = { from: spans.test.from - 1, to: spans.test.to };
  const origins = originsOf(data, test, contextSteps(data.plan), STRIDE);
  const { originOf, sensorOf } = everySensorAt(data, origins);
  const values = new Float64Array(width);
  const modelled = (parameters: Parameters): Figures => {
    const outputs = predictWindows(runFused, parameters, shape, data, sensorOf, originOf, false);
    return figuresOf(run, origins, (index, sensor) => {
      decodeOutput(data, outputs, index * data.sensors + sensor, sensor, origins[index]!, values);
      return values;
    });
  };
  const device = createRuntime(openArtefact(compileRun(run, trained.ternary)));
  const raw: Float64Array[] = [];
  const shielded: Float64Array[] = [];
  for (const origin of origins) {
    device.forecastSpan(data.readings, origin, origin + 1, (forecast) => {
      raw.push(forecast.physical(forecast.raw));
      shielded.push(forecast.physical(forecast.shielded));
    });
  }
  /** The device orders by [target][sensor][lead]. */
  const ofDevice =
    (forecasts: readonly Float64Array[]): ForecastAt =>
    (index, sensor) => {
      targets.forEach((_, target) => {
        const from = (target * data.sensors + sensor) * horizonSteps;
        values.set(forecasts[index]!.subarray(from, from + horizonSteps), target * horizonSteps);
      });
      return values;
    };
  const happened: ForecastAt = (index, sensor) => {
    targets.forEach((_, target) => {
      const from = (target * data.sensors + sensor) * data.steps + origins[index]! + 1;
      values.set(data.truth.subarray(from, from + horizonSteps), target * horizonSteps);
    });
    return values;
  };
  return {
    variant: variant.name,
    seed,
    targets: targets.map(({ channel }, target) => `${channel}, ${run.panel.channels[target]!.unit}`),
    truth: figuresOf(run, origins, happened),
    float: modelled(trained.float),
    ternary: figuresOf(run, origins, ofDevice(raw)),
    shielded: figuresOf(run, origins, ofDevice(shielded)),
    ...taughtWindows(trained.history),
    teacherShare: trained.teacherSeconds / seconds,
    machine: describeMachine(),
  };
};

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;
const percent = (share: number, digits = 1): string => (100 * share).toFixed(digits);

const table = (name: string, results: readonly Result[]): string => {
  const models = ["float", "ternary", "shielded"] as const;
  const first = results[0]!;
  const row = ({ name: variant }: Variant): string[] => {
    const own = results.filter((result) => result.variant === variant);
    if (own.length === 0) return [];
    const shown = (of: (figures: Figures) => number, digits: number): string =>
      models.map((model) => mean(own.map((result) => of(result[model]))).toFixed(digits)).join(" / ");
    const cells = [
      String(own.length),
      ...first.targets.map((_, target) => shown(({ mae }) => mae[target]!, 3)),
      shown(({ pairs }) => 100 * pairs, 2),
      shown(({ origins }) => 100 * origins, 1),
      own[0]!.windows === 0
        ? ""
        : `${mean(own.map((r) => r.untaught))} of ${mean(own.map((r) => r.windows))}`,
      own[0]!.windows === 0 ? "" : `${percent(mean(own.map((r) => r.teacherShare)))} %`,
    ];
    return [`| ${variant} | ${cells.join(" | ")} |`];
  };
  const heads = [
    "seeds",
    ...first.targets.map((target) => `error of ${target}`),
    "pairs kept, %",
    "origins kept, %",
    "not wholly taught",
    "teacher's time",
  ];
  return [
    `## ${name}`,
    "",
    `Each cell: float / ternary / ternary and shielded, on every ${STRIDE}th origin of the test span. The truth keeps ${percent(first.truth.pairs, 2)} % of the pairs and all rules at ${percent(first.truth.origins)} % of the origins. ${[...new Set(results.map(({ machine }) => machine))].join("; ")}.`,
    "",
    `| rules trained by | ${heads.join(" | ")} |`,
    `| --- |${heads.map(() => " --- |").join("")}`,
    ...variants.flatMap(row),
  ].join("\n");
};

/**
 * `rules [--seeds N] [--stored] [PIPELINE...]`: trains the rules of pipelines, the arterial road by default, in every way, and prints
 * what it costs in error and what it gives in rules kept. Results are kept one by one, and with `--stored` nothing more is trained, in `out/experiments/rules`.
 */
export const runRules = async (words: readonly string[]): Promise<void> => {
  const given = words.indexOf("--seeds");
  const seeds = given < 0 ? 1 : Number(words[given + 1]);
  const names = words.filter((word, k) => !word.startsWith("--") && (given < 0 || k !== given + 1));
  mkdirSync(folder, { recursive: true });
  for (const name of names.length > 0 ? names : ["arterial"]) {
    const results: Result[] = [];
    for (let seed = 1; seed <= seeds; seed++) {
      for (const variant of variants) {
        const file = join(folder, `${name}-${variant.name.replaceAll(/[ ,]+/g, "-")}-${seed}.json`);
        if (!existsSync(file)) {
          if (words.includes("--stored")) continue;
          const result = await measure(name, variant, seed);
          writeFileSync(`${file}.part`, JSON.stringify(result, undefined, 1));
          renameSync(`${file}.part`, file);
          console.error(`${name}, ${variant.name}, seed ${seed}: ${percent(result.ternary.pairs, 2)} % kept`);
        }
        results.push(JSON.parse(readFileSync(file, "utf8")) as Result);
      }
    }
    if (results.length > 0) console.log(table(name, results));
  }
};

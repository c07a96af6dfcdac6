/**
 * Which detector changes next: the full table and the full softmax beside the shared table of two components, on the
 * events of a simulated city and of a real recording.
 *
 * Each model's state is kept after every round in `out/experiments/lightrnn`, so a run that was stopped goes on and ends
 * with the same bytes; the tables that it prints stand in `docs/lightrnn.md`.
 */
import { Effect } from "effect";
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { deserialize, serialize } from "node:v8";
import { describeMachine } from "../bench/describeMachine.ts";
import { platform } from "../src/cli/platform.ts";
import { DataPlace } from "../src/ingest/DataPlace.ts";
import { loadRunPanel } from "../src/jobs/loadRunPanel.ts";
import { Progress } from "../src/jobs/Progress.ts";
import { readPipeline } from "../src/jobs/readPipeline.ts";
import { createEventKernels } from "../src/model/eventModel/eventKernels.ts";
import { cellNumbers, type EventModelShape, tableNumbers } from "../src/model/eventModel/EventModel.ts";
import { profileTable } from "../src/model/sharedTable/profileTable.ts";
import { randomTable, type SharedTable, sideOf } from "../src/model/sharedTable/SharedTable.ts";
import { type Panel, seriesOf } from "../src/series/Panel.ts";
import { risingEvents } from "../src/series/events/risingEvents.ts";
import { random } from "../src/series/random.ts";
import { parseFormula, robustness } from "../src/stl/index.ts";
import { scoreEvents } from "../src/train/events/scoreEvents.ts";
import {
  type EventSettings,
  type EventTraining,
  initialEventTraining,
  trainEventRound,
} from "../src/train/events/trainEvents.ts";
import { simulateCity } from "./lightrnn/simulateCity.ts";

const SEED = 20_161_205;
const root = fileURLToPath(new URL("..", import.meta.url));
const store = join(root, "out", "experiments", "lightrnn");
const kernels = createEventKernels();

/** A stream cut in order of time. */
interface Stream {
  readonly name: string;
  readonly detectors: number;
  readonly training: Int32Array;
  readonly validation: Int32Array;
  readonly test: Int32Array;
  /** Least perplexity that a model of the test events can have on average, where the truth is known. */
  readonly floor?: number;
  /** A table by the shape of each detector's day. */
  readonly warmTable?: SharedTable;
}

interface Model {
  readonly name: string;
  readonly shape: EventModelShape;
  readonly reallocates: boolean;
  readonly table?: SharedTable;
}

/** What one round left. */
interface Round {
  readonly validation: number;
  readonly undone: boolean;
  /** Share of detectors in another cell than before the round. */
  readonly moved: number;
}

interface Kept {
  readonly training: EventTraining;
  readonly rounds: readonly Round[];
  /** Processor time of training, scoring and reallocation. */
  readonly seconds: number;
}

const simulated = (detectors: number, events: number): Stream => {
  const { surprises, tokens } = simulateCity(detectors, events, SEED);
  const [training, validation] = [Math.floor(0.8 * events), Math.floor(0.9 * events)];
  const nats = surprises.subarray(validation).reduce((sum, value) => sum + value, 0);
  return {
    name: `simulated, ${detectors} detectors, ${events} events`,
    detectors,
    training: tokens.subarray(0, training),
    validation: tokens.subarray(training, validation),
    test: tokens.subarray(validation),
    floor: Math.exp(nats / (events - validation)),
  };
};

/** Mean by hour of the day of each sensor's first channel over steps [0, to), less its mean and by its deviation. */
const dailyProfiles = (panel: Panel, to: number): Float64Array => {
  const profiles = new Float64Array(24 * panel.sensors.length);
  const hour = (step: number): number => Math.floor((panel.startMs + step * panel.stepMs) / 3_600_000) % 24;
  panel.sensors.forEach((_, sensor) => {
    const sums = new Float64Array(24);
    const counts = new Float64Array(24);
    seriesOf(panel, 0, sensor)
      .subarray(0, to)
      .forEach((value, step) => {
        if (Number.isNaN(value)) return;
        sums[hour(step)]! += value;
        counts[hour(step)]! += 1;
      });
    const means = sums.map((value, k) => value / Math.max(1, counts[k]!));
    const level = means.reduce((sum, value) => sum + value, 0) / 24;
    const deviation = Math.sqrt(means.reduce((sum, value) => sum + (value - level) ** 2, 0) / 24);
    profiles.set(
      means.map((value) => (value - level) / Math.max(deviation, 1e-9)),
      24 * sensor,
    );
  });
  return profiles;
};

/** Events of a rule at the sensors of a pipeline's panel. */
const recorded = async (name: string, rule: string): Promise<Stream> => {
  const file = join(root, "pipelines", `${name}.yaml`);
  const { panel } = await readPipeline(file).pipe(
    Effect.flatMap((pipeline) => loadRunPanel(pipeline, file)),
    Effect.provide(DataPlace.layer),
    Effect.provide(Progress.silent),
    Effect.provide(platform),
    Effect.runPromise,
  );
  const formula = parseFormula(rule);
  const channel = panel.channels[0]!.name;
  const rows = new Float64Array(panel.sensors.length * panel.steps);
  panel.sensors.forEach((_, sensor) =>
    rows.set(
      robustness(formula, { signals: { [channel]: seriesOf(panel, 0, sensor) } }),
      sensor * panel.steps,
    ),
  );
  const { instants, tokens } = risingEvents(rows, panel.steps);
  const before = (share: number): number => {
    const first = instants.findIndex((instant) => instant >= share * panel.steps);
    return first < 0 ? tokens.length : first;
  };
  const [training, validation] = [before(0.7), before(0.85)];
  return {
    name: `${name}, rise(${rule}), ${panel.sensors.length} sensors, ${tokens.length} events`,
    detectors: panel.sensors.length,
    training: tokens.subarray(0, training),
    validation: tokens.subarray(training, validation),
    test: tokens.subarray(validation),
    warmTable: profileTable(dailyProfiles(panel, Math.floor(0.7 * panel.steps)), 24, random(SEED, 2)),
  };
};

/** Perplexity of how often each detector occurs, with one more event each. */
const countingPerplexity = ({ detectors, test, training }: Stream): number => {
  const counts = new Float64Array(detectors).fill(1);
  for (const token of training) counts[token]!++;
  const nats = test.reduce((sum, token) => sum - Math.log(counts[token]! / (training.length + detectors)), 0);
  return Math.exp(nats / test.length);
};

const modelsOf = ({ detectors, warmTable }: Stream, width: number): readonly Model[] => {
  const cell = { cell: "gru", multiplicative: true, units: width, inputs: width } as const;
  const side = sideOf(detectors);
  const shared: EventModelShape = { ...cell, codes: [side, side] };
  const table = randomTable(detectors, random(SEED, 1));
  return [
    { name: "full table, full softmax", shape: { ...cell, codes: [detectors] }, reallocates: false },
    { name: "shared table, random and kept", shape: shared, reallocates: false, table },
    { name: "shared table, random and reallocated", shape: shared, reallocates: true, table },
    ...(warmTable === undefined
      ? []
      : [
          {
            name: "shared table, by daily profile and reallocated",
            shape: shared,
            reallocates: true,
            table: warmTable,
          },
        ]),
  ];
};

const movedShare = (before: SharedTable | undefined, after: SharedTable | undefined): number =>
  before === undefined || after === undefined
    ? 0
    : after.cellOf.reduce((sum, cell, k) => sum + Number(k < after.tokens && cell !== before.cellOf[k]), 0) /
      after.tokens;

const trained = (stream: Stream, model: Model, settings: EventSettings, rounds: number): Kept => {
  const key = `${stream.name} ${model.name} ${model.shape.units} ${settings.epochs}`.replace(
    /[^a-z0-9]+/gi,
    "-",
  );
  const file = join(store, `${key}.bin`);
  let kept: Kept = existsSync(file)
    ? (deserialize(readFileSync(file)) as Kept)
    : { training: initialEventTraining(model.shape, random(SEED), model.table), rounds: [], seconds: 0 };
  while (kept.rounds.length < rounds) {
    const start = process.cpuUsage();
    const { training: before } = kept;
    const own = { ...settings, reallocates: model.reallocates };
    const training = trainEventRound(kernels, model.shape, before, stream, own);
    const seconds = kept.seconds + process.cpuUsage(start).user / 1e6;
    const round = {
      validation: Math.exp(training.validationLosses.at(-1)!),
      undone: training.undone,
      moved: movedShare(before.table, training.table),
    };
    kept = { training, rounds: [...kept.rounds, round], seconds };
    mkdirSync(store, { recursive: true });
    writeFileSync(`${file}.part`, serialize(kept));
    renameSync(`${file}.part`, file);
    console.error(
      `${stream.name}: ${model.name}, round ${kept.rounds.length}/${rounds}: perplexity ${round.validation.toFixed(2)}${round.undone ? ", table undone" : ""}, ${seconds.toFixed(0)} s of processor`,
    );
  }
  return kept;
};

const shownRound = ({ moved, undone, validation }: Round): string =>
  `${validation.toFixed(1)}${undone ? " (undone)" : moved > 0 ? ` (${(100 * moved).toFixed(0)} % moved)` : ""}`;

const measured = (stream: Stream, settings: EventSettings, rounds: number, width: number): string => {
  const steps = Math.ceil(stream.training.length / (settings.batch * settings.steps)) * settings.epochs;
  const rows = modelsOf(stream, width).map((model) => {
    const { rounds: own, seconds, training } = trained(stream, model, settings, rounds);
    const test = scoreEvents(
      kernels,
      model.shape,
      training.parameters,
      training.table,
      stream.test,
      settings,
    );
    const numbers = tableNumbers(model.shape);
    // Cells of the table are stored beside the vectors, 32 bits each.
    const bytes = 4 * (numbers + cellNumbers(model.shape) + (model.table?.cellOf.length ?? 0));
    const milliseconds = (1000 * seconds) / (steps * own.length);
    const cells = [
      numbers,
      cellNumbers(model.shape),
      bytes,
      milliseconds.toFixed(0),
      Math.exp(test).toFixed(2),
    ];
    return `| ${model.name} | ${cells.join(" | ")} | ${own.map(shownRound).join(", ")} |`;
  });
  const head =
    "| model | numbers in tables | in the cell | bytes | ms of processor a step | perplexity, test | validation, by round |";
  const floor =
    stream.floor === undefined ? "" : ` No model can be below ${stream.floor.toFixed(2)} on the test events.`;
  const counting = `Counting detectors alone has ${countingPerplexity(stream).toFixed(2)}.`;
  return `## ${stream.name}\n\n${stream.training.length} events to train, ${stream.validation.length} to validate, ${stream.test.length} to test; ${rounds} rounds of ${settings.epochs} passes, ${width} units.${floor} ${counting}\n\n${head}\n|${" --- |".repeat(7)}\n${rows.join("\n")}\n`;
};

/**
 * `lightrnn.ts [--quick] [--detectors N] [--events N] [--rounds N] [--epochs N] [--units N] [--recording]`: a simulated
 * city of 20,000 detectors unless told; `--recording` takes los-loop from ORDINANCE_DATA instead.
 */
const main = async (): Promise<void> => {
  const words = process.argv.slice(2);
  const quick = words.includes("--quick");
  const numberOf = (name: string, otherwise: number): number => {
    const place = words.indexOf(`--${name}`);
    return place < 0 ? otherwise : Number(words[place + 1]);
  };
  const detectors = numberOf("detectors", quick ? 100 : 20_000);
  const stream = words.includes("--recording")
    ? await recorded("los-loop", "speed <= 40")
    : simulated(detectors, numberOf("events", quick ? 10_000 : 2_000_000));
  const settings: EventSettings = {
    batch: 32,
    steps: 32,
    epochs: numberOf("epochs", 1),
    learningRate: 0.004,
    clipNorm: 5,
    reallocates: true,
  };
  const rounds = numberOf("rounds", quick ? 3 : 6);
  const table = measured(stream, settings, rounds, numberOf("units", quick ? 32 : 96));
  console.log(
    `\`npm run lightrnn${words.map((word) => ` ${word}`).join("")}\`, seed ${SEED}, on ${describeMachine()}.\n\n${table}`,
  );
};

await main();

import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { random } from "../../src/series/random.ts";
import { measureStored, type StlnetTrial } from "./measureStored.ts";
import type { TaskTraces } from "./measureTask.ts";
import { runCity } from "./runCity.ts";
import { sectionOf, type StlnetCell, stlnetTable } from "./stlnetTable.ts";
import { drawTraces, type Task, tasks } from "./tasks.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));

const cells: readonly StlnetCell[] = [
  { name: "MI-GRU, direct", decoding: "direct", cell: { cell: "gru", multiplicative: true }, units: 32 },
  { name: "LSTM, direct", decoding: "direct", cell: { cell: "lstm", multiplicative: false }, units: 32 },
  { name: "MI-GRU, stepwise", decoding: "stepwise", cell: { cell: "gru", multiplicative: true }, units: 32 },
  { name: "LSTM, stepwise", decoding: "stepwise", cell: { cell: "lstm", multiplicative: false }, units: 32 },
];

const trainingShare = 0.95;

/** Data come from the seed too. */
const drawn = (task: Task, seed: number, count: number): TaskTraces => {
  const source = random(seed);
  const trained = Math.round(trainingShare * count);
  const training = drawTraces(task, source, "training", trained);
  return { training, test: drawTraces(task, source, "test", count - trained) };
};

const options = {
  quick: { type: "boolean", default: false },
  stored: { type: "boolean", default: false },
  seeds: { type: "string" },
  traces: { type: "string" },
  out: { type: "string", default: join(root, "out", "experiments", "stlnet") },
} as const;

const readWords = (words: readonly string[]) => {
  try {
    return parseArgs({ args: [...words], allowPositionals: true, options });
  } catch (error) {
    return (error as Error).message;
  }
};

/**
 * `stlnet [city] [--quick] [--stored] [--seeds N] [--traces N] [--out FOLDER] [NAME...]`: trains what is not yet in the
 * folder, `out/experiments/stlnet` by default, one file a task, student and seed, and prints the tables. A name is a task
 * or a student; `--stored` trains nothing; `city` is the task on recorded data instead of the six that are drawn.
 */
export const runStlnet = async (words: readonly string[]): Promise<void> => {
  const read = readWords(words);
  if (typeof read === "string") {
    console.error(read);
    process.exitCode = 2;
    return;
  }
  const { positionals, values } = read;
  const isCity = positionals.includes("city");
  const named = positionals.filter((name) => name !== "city");
  const known = [...cells, ...(isCity ? [] : tasks)];
  const seeds = Number(values.seeds ?? (values.quick ? 1 : 5));
  const traces = Number(values.traces ?? (values.quick ? 2000 : 10_000));
  const faults = [
    ...named
      .filter((name) => known.every((each) => each.name !== name))
      .map((name) => `${name}: give some of ${known.map((each) => JSON.stringify(each.name)).join(", ")}`),
    ...(Number.isInteger(seeds) && seeds > 0 ? [] : [`--seeds ${values.seeds}: give a whole number above 0`]),
    ...(Number.isInteger(traces) && traces >= 200
      ? []
      : [`--traces ${values.traces}: give a whole number from 200`]),
  ];
  if (faults.length > 0) {
    console.error(faults.join("\n"));
    process.exitCode = 2;
    return;
  }
  const chosen = <T extends { readonly name: string }>(all: readonly T[]): readonly T[] =>
    all.some((each) => named.includes(each.name)) ? all.filter((each) => named.includes(each.name)) : all;
  const seedsFromOne = Array.from({ length: seeds }, (_, k) => k + 1);
  const choice = {
    folder: values.out,
    isQuick: values.quick,
    storedOnly: values.stored,
    seeds: seedsFromOne,
  };
  if (isCity) {
    await runCity(chosen(cells), choice);
    return;
  }
  const sized = chosen(tasks).map((task) => (values.quick ? { ...task, epochs: 6 } : task));
  const trials = chosen(cells).flatMap((cell) =>
    seedsFromOne.flatMap((seed) =>
      sized.map((task): StlnetTrial => ({
        task,
        cell,
        seed,
        traces: () => drawn(task, seed, traces),
        size: `${traces}x${task.epochs}`,
      })),
    ),
  );
  const results = measureStored(trials, values.out, values.stored);
  console.log(stlnetTable(chosen(cells), sized.map(sectionOf), results));
};

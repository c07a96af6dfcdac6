import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describeMachine } from "../../bench/describeMachine.ts";
import { forms, measureTask, type TaskSize } from "./measureTask.ts";
import { type StlnetCell, type StlnetResult, stlnetTable } from "./stlnetTable.ts";
import { type Task, tasks } from "./tasks.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const folder = join(root, "out", "experiments", "stlnet");

const cells: readonly StlnetCell[] = [
  { name: "MI-GRU, direct", decoding: "direct", cell: { cell: "gru", multiplicative: true }, units: 32 },
  { name: "LSTM, direct", decoding: "direct", cell: { cell: "lstm", multiplicative: false }, units: 32 },
  { name: "MI-GRU, stepwise", decoding: "stepwise", cell: { cell: "gru", multiplicative: true }, units: 32 },
  { name: "LSTM, stepwise", decoding: "stepwise", cell: { cell: "lstm", multiplicative: false }, units: 32 },
];

const whole = { instances: 10_000, seeds: 5 };
const quick = { instances: 2_000, epochs: 6, seeds: 1 };

const fileOf = (
  cell: StlnetCell,
  task: Task,
  seed: number,
  { epochs = task.epochs, instances }: TaskSize,
): string =>
  join(
    folder,
    `${task.name}-${cell.cell.multiplicative ? "mi-" : ""}${cell.cell.cell}-${cell.decoding}-${instances}x${epochs}-${seed}.json`,
  );

const keep = (file: string, result: StlnetResult): void => {
  mkdirSync(folder, { recursive: true });
  writeFileSync(`${file}.part`, JSON.stringify(result, undefined, 1));
  renameSync(`${file}.part`, file);
};

const toTerminal = (line: string): void => {
  if (process.stderr.isTTY) process.stderr.write(`\r\u001b[K${line}`);
};

/**
 * `stlnet [--quick] [--stored] [--seeds N] [NAME...]`: trains what is not yet in `out/experiments/stlnet`, one file a
 * task, student and seed, and prints the tables. A name is a task or a student; `--stored` trains nothing.
 */
export const runStlnet = async (words: readonly string[]): Promise<void> => {
  const size = words.includes("--quick") ? quick : whole;
  const given = words.indexOf("--seeds");
  const seeds = given < 0 ? size.seeds : Number(words[given + 1]);
  const named = words.filter((word, k) => !word.startsWith("--") && (given < 0 || k !== given + 1));
  const unknown = named.filter((name) => ![...cells, ...tasks].some((each) => each.name === name));
  if (unknown.length > 0 || !(Number.isInteger(seeds) && seeds > 0)) {
    const names = [...cells, ...tasks].map((each) => JSON.stringify(each.name)).join(", ");
    console.error(
      unknown.length > 0
        ? `There is no ${unknown.join(", ")}: give some of ${names}.`
        : "--seeds: give a whole number above 0.",
    );
    process.exitCode = 2;
    return;
  }
  const chosen = <T extends { readonly name: string }>(all: readonly T[]): readonly T[] =>
    all.some((each) => named.includes(each.name)) ? all.filter((each) => named.includes(each.name)) : all;

  const machine = describeMachine();
  const results: StlnetResult[] = [];
  const total = chosen(cells).length * chosen(tasks).length * seeds;
  let done = 0;
  for (const cell of chosen(cells)) {
    for (let seed = 1; seed <= seeds; seed++) {
      for (const task of chosen(tasks)) {
        const file = fileOf(cell, task, seed, size);
        const place = `${++done} of ${total}: ${task.name}, ${cell.name}, seed ${seed}`;
        if (existsSync(file)) {
          results.push(JSON.parse(readFileSync(file, "utf8")) as StlnetResult);
          continue;
        }
        if (words.includes("--stored")) continue;
        const started = performance.now();
        const { figures, passed } = measureTask(task, cell, seed, size, (what) =>
          toTerminal(`${place}: ${what}`),
        );
        const seconds = (performance.now() - started) / 1000;
        const result = { task: task.name, cell: cell.name, seed, figures, passed, seconds, machine };
        keep(file, result);
        results.push(result);
        toTerminal("");
        const shares = forms.map((form) => (100 * figures[form].kept).toFixed(1)).join(" / ");
        console.error(`${place}: kept ${shares} % (${seconds.toFixed(0)} s)`);
      }
    }
  }
  console.log(stlnetTable(chosen(cells), chosen(tasks), results, size));
};

import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describeMachine } from "../../bench/describeMachine.ts";
import { forms, measureTask, type TaskTraces } from "./measureTask.ts";
import type { StlnetCell, StlnetResult } from "./stlnetTable.ts";
import type { TraceTask } from "./TraceTask.ts";

/** One task, student and seed. */
export interface StlnetTrial {
  readonly task: TraceTask;
  readonly cell: StlnetCell;
  readonly seed: number;
  readonly traces: () => TaskTraces;
  /** What tells its file from those of others of the same task, student and seed. */
  readonly size: string;
}

const fileOf = ({ cell, seed, size, task }: StlnetTrial): string =>
  `${task.name}-${cell.cell.multiplicative ? "mi-" : ""}${cell.cell.cell}-${cell.decoding}-${size}-${seed}.json`;

const toTerminal = (line: string): void => {
  if (process.stderr.isTTY) process.stderr.write(`\r\u001b[K${line}`);
};

/**
 * Results of trials, in their order: those that the folder holds are read, the others measured and kept there, written
 * aside and renamed, so that a run that was killed goes on with the trial it was at. Progress is on stderr.
 *
 * @param storedOnly leaves out what is not in the folder
 */
export const measureStored = (
  trials: readonly StlnetTrial[],
  folder: string,
  storedOnly: boolean,
): StlnetResult[] => {
  const machine = describeMachine();
  return trials.flatMap((trial, k) => {
    const { cell, seed, task, traces } = trial;
    const file = join(folder, fileOf(trial));
    if (existsSync(file)) return [JSON.parse(readFileSync(file, "utf8")) as StlnetResult];
    if (storedOnly) return [];
    const place = `${k + 1} of ${trials.length}: ${task.name}, ${cell.name}, seed ${seed}`;
    const started = performance.now();
    const measured = measureTask(task, traces(), cell, seed, (what) => toTerminal(`${place}: ${what}`));
    const seconds = (performance.now() - started) / 1000;
    const result = { task: task.name, cell: cell.name, seed, ...measured, seconds, machine };
    mkdirSync(folder, { recursive: true });
    writeFileSync(`${file}.part`, JSON.stringify(result, undefined, 1));
    renameSync(`${file}.part`, file);
    toTerminal("");
    const shares = forms.map((form) => (100 * measured.figures[form].kept).toFixed(1)).join(" / ");
    console.error(`${place}: kept ${shares} % (${seconds.toFixed(0)} s)`);
    return [result];
  });
};

// npm run bench -- SUBJECT [--json]: measures one subject and prints its figures.

import { readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import type { BenchRow, Measure } from "./BenchRow.ts";
import { describeMachine } from "./describeMachine.ts";

const folder = dirname(fileURLToPath(import.meta.url));

/** Subjects are the files of this folder whose names are one lower-case word. */
const subjects = readdirSync(folder)
  .map((name) => /^([a-z]+)\.ts$/.exec(name)?.[1])
  .filter((name): name is string => name !== undefined && name !== "run")
  .sort();

const shown = (value: number): string =>
  Math.abs(value) >= 1000 ? value.toFixed(0) : String(Number(value.toPrecision(4)));

const target = ({ atMost, atLeast }: BenchRow): string =>
  [
    ...(atMost === undefined ? [] : [`at most ${shown(atMost)}`]),
    ...(atLeast === undefined ? [] : [`at least ${shown(atLeast)}`]),
  ].join(", ");

const holds = ({ value, atMost = Infinity, atLeast = -Infinity }: BenchRow): boolean =>
  value <= atMost && value >= atLeast;

const printTable = (rows: readonly BenchRow[]): void => {
  const cells = rows.map((row) => {
    const goal = target(row);
    return [row.case, shown(row.value), row.unit, goal && `${goal}: ${holds(row) ? "holds" : "MISSED"}`];
  });
  const lines = [["case", "figure", "unit", "target"], ...cells];
  const widths = [0, 1, 2, 3].map((column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)));
  for (const line of lines) {
    const padded = line.map((cell, column) =>
      column === 1 ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0),
    );
    console.log(padded.join("  ").trimEnd());
  }
};

const main = async (): Promise<number> => {
  const words = process.argv.slice(2);
  const unknownOption = words.find((word) => word.startsWith("-") && word !== "--json");
  const names = words.filter((word) => !word.startsWith("-"));
  const [subject] = names;
  if (unknownOption || names.length !== 1 || subject === undefined || !subjects.includes(subject)) {
    const reason =
      unknownOption === undefined
        ? `"${names.join(" ")}" is no benchmark`
        : `"${unknownOption}" is no option`;
    console.error(
      `${reason}; usage: npm run bench -- SUBJECT [--json], SUBJECT one of: ${subjects.join(", ")}`,
    );
    return 2;
  }
  const { measure } = (await import(pathToFileURL(join(folder, `${subject}.ts`)).href)) as {
    readonly measure: Measure;
  };
  const rows: BenchRow[] = [];
  await measure((row) => {
    rows.push(row);
    if (process.stderr.isTTY) console.error(`  ${row.case}: ${shown(row.value)} ${row.unit}`);
  });
  if (words.includes("--json")) {
    console.log(JSON.stringify(rows, undefined, 2));
  } else {
    console.log(`${subject}: ${describeMachine()}\n`);
    printTable(rows);
  }
  return 0;
};

process.exitCode = await main();

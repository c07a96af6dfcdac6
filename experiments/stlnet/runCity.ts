import { Effect, Exit } from "effect";
import { platform } from "../../src/cli/platform.ts";
import { parseFormula } from "../../src/stl/index.ts";
import { cityTask, firstHours, keptLimit, publishedLimit, splitDays } from "./cityTask.ts";
import { judgeTraces } from "./judgeTraces.ts";
import { type CityDays, loadCityDays } from "./loadCityDays.ts";
import { measureStored, type StlnetTrial } from "./measureStored.ts";
import { type StlnetCell, type StlnetSection, stlnetTable, tableRow } from "./stlnetTable.ts";

export interface CityChoice {
  readonly folder: string;
  readonly isQuick: boolean;
  readonly storedOnly: boolean;
  readonly seeds: readonly number[];
}

/** Figure 3 of the paper, read by eye: error and share kept of its LSTM and of its student; its errors' unit is unclear. */
const paper: Readonly<Record<number, readonly (readonly [error: number, kept: number])[]>> = {
  10: [
    [97, 39],
    [96, 80],
  ],
  15: [
    [127, 29],
    [118, 80],
  ],
  20: [
    [142, 20],
    [126, 75],
  ],
  23: [
    [162, 20],
    [133, 74],
  ],
};

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;

/** What the days themselves make of a rule. */
const truthNote = ({ days, stations, values }: CityDays, steps: number): string => {
  const all = firstHours({ days, stations, values }, steps);
  const task = cityTask("all days", all, stations, steps, publishedLimit);
  const { kept, open } = judgeTraces(task, parseFormula(task.rule), all, all);
  return `Of all ${days} days ${percent(kept)} keep it and ${percent(1 - kept - open)} break it; missing readings leave the others open.`;
};

const sectionOf = (
  name: string,
  steps: number,
  limits: readonly number[],
  note: string | undefined,
): StlnetSection => {
  const isPublished = note !== undefined;
  const within = isPublished
    ? `${publishedLimit}`
    : `what 95 % of the training days keep, by seed ${limits.join(", ")}`;
  const [base, student] = paper[steps]!;
  const row = (what: string, [error, kept]: readonly [number, number]): string =>
    tableRow([what, String(error), "", String(kept), "", ""]);
  return {
    task: name,
    title: `${steps} hours, ${isPublished ? "the published limit" : "a limit of the training days"}`,
    statement: `\`always[5, ${steps - 1}] (x0 >= 0 and abs(x1) <= L and ... and abs(x35) <= L)\`, L ${within}; 5 hours are given`,
    ...(isPublished && { note }),
    rowsOfPaper: isPublished
      ? [row("paper: LSTM, by eye", base!), row("paper: STLnet, student, by eye", student!)]
      : [],
  };
};

/** The city task: trains what is not yet in the folder, and prints the tables. Without the recording it says where to get it. */
export const runCity = async (
  cells: readonly StlnetCell[],
  { folder, isQuick, seeds, storedOnly }: CityChoice,
): Promise<void> => {
  const loaded = await Effect.runPromiseExit(
    loadCityDays().pipe(
      Effect.provide(platform),
      Effect.tapError((error) => Effect.sync(() => console.error(error.message))),
    ),
  );
  if (Exit.isFailure(loaded)) {
    process.exitCode = 2;
    return;
  }
  const days: CityDays = loaded.value;
  const sections: StlnetSection[] = [];
  const trials: StlnetTrial[] = [];
  for (const steps of isQuick ? [10] : [10, 15, 20, 23]) {
    for (const kind of ["published", "own"] as const) {
      const name = `city-${steps}-${kind}`;
      const limits = seeds.map((seed) => {
        const traces = splitDays(days, steps, seed);
        const limit =
          kind === "published" ? publishedLimit : keptLimit(traces.training, days.stations, steps);
        const task = cityTask(name, traces.training, days.stations, steps, limit);
        const sized = isQuick ? { ...task, epochs: 4 } : task;
        for (const cell of cells) {
          trials.push({ task: sized, cell, seed, traces: () => traces, size: `${sized.epochs}` });
        }
        return limit;
      });
      const note = kind === "published" ? truthNote(days, steps) : undefined;
      sections.push(sectionOf(name, steps, limits, note));
    }
  }
  const bySeed = trials.toSorted((a, b) => a.seed - b.seed);
  console.log(stlnetTable(cells, sections, measureStored(bySeed, folder, storedOnly)));
};

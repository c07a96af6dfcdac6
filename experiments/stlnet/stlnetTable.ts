import type { LeastErrors } from "./leastPulseError.ts";
import { type Form, forms } from "./measureTask.ts";
import type { TraceFigures } from "./judgeTraces.ts";
import type { StudentKind } from "./Student.ts";
import type { PaperRow, Task } from "./tasks.ts";

export interface StlnetCell extends StudentKind {
  readonly name: string;
}

/** What one student made of one task, from one seed. */
export interface StlnetResult {
  readonly task: string;
  readonly cell: string;
  readonly seed: number;
  readonly figures: Readonly<Record<Form, TraceFigures>>;
  /** Share of the shielded traces in which the device's own monitor finds the rule kept, 0..1. */
  readonly passed: number;
  readonly seconds: number;
  readonly machine: string;
}

/** What stands around the rows of a task. */
export interface StlnetSection {
  readonly task: string;
  readonly title: string;
  /** The rule and what is given, a sentence without its end. */
  readonly statement: string;
  readonly rowsOfPaper: readonly string[];
  /** What stands below the table. */
  readonly note?: string;
}

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

export const tableRow = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;

/** The paper's error is four times a mean square, its violation a sum over about 500 traces. */
const paperRow = (name: string, [error, kept, violation]: PaperRow): string =>
  tableRow([
    name,
    Math.sqrt(error / 4).toPrecision(3),
    "",
    kept.toFixed(1),
    (-violation / 500).toPrecision(2),
    "",
  ]);

const leastErrorsNote = ({ free, keeping }: LeastErrors): string => {
  const more = (100 * (keeping / free - 1)).toFixed(1);
  return `By the law of the traces no forecast errs by less than ${free.toPrecision(3)}, and none that keeps the rule in all of them by less than ${keeping.toPrecision(3)}, ${more} % more.`;
};

/** The section of one of the tasks that are drawn. */
export const sectionOf = ({
  given,
  leastErrors,
  margin,
  name,
  paper,
  rule,
  steps,
  title,
}: Task): StlnetSection => ({
  task: name,
  title,
  statement: `\`${rule}\`; ${given} samples of ${steps} are given, a margin of ${margin} is asked`,
  rowsOfPaper: [paperRow("paper: LSTM", paper.base), paperRow("paper: STLnet, student", paper.student)],
  ...(leastErrors !== undefined && { note: leastErrorsNote(leastErrors) }),
});

const sectionTable = (section: StlnetSection, results: readonly StlnetResult[]): string => {
  const errorOf = (form: Form): number => mean(results.map(({ figures }) => figures[form].error));
  const rows = forms.map((form) => {
    const own = results.map(({ figures }) => figures[form]);
    const kept = own.map((each) => 100 * each.kept);
    const spread = own.length > 1 ? ` (${Math.min(...kept).toFixed(1)}-${Math.max(...kept).toFixed(1)})` : "";
    const open = 100 * mean(own.map((each) => each.open));
    const against = (100 * (errorOf(form) / errorOf("base") - 1)).toFixed(1);
    return tableRow([
      form,
      form === "truth" ? "0" : errorOf(form).toPrecision(3),
      form === "truth" || form === "base" ? "" : `${against} %`,
      `${mean(kept).toFixed(1)}${spread}${open > 0 ? `, open ${open.toFixed(1)}` : ""}`,
      mean(own.map((each) => each.violation)).toPrecision(2),
      /projected|shielded/.test(form) ? Math.min(...own.map((each) => each.margin)).toPrecision(2) : "",
    ]);
  });
  const head = ["", "RMSE", "against base", "keeps the rule, %", "mean violation", "least margin"];
  const passed = (100 * mean(results.map((result) => result.passed))).toFixed(1);
  const seeds = results.length === 1 ? "1 seed" : `${results.length} seeds`;
  return [
    `### ${section.title}`,
    "",
    `${section.statement}; ${seeds}. The device's monitor passes ${passed} % of the shielded forecasts.`,
    "",
    tableRow(head),
    tableRow(head.map(() => "---")),
    ...rows,
    ...section.rowsOfPaper,
    ...(section.note === undefined ? [] : ["", section.note]),
    "",
  ].join("\n");
};

/** Tables in Markdown, a student after the other; sections without a result are left out. */
export const stlnetTable = (
  cells: readonly StlnetCell[],
  sections: readonly StlnetSection[],
  results: readonly StlnetResult[],
): string =>
  cells
    .flatMap((cell) => {
      const own = results.filter((result) => result.cell === cell.name);
      if (own.length === 0) return [];
      const seconds = own.reduce((sum, result) => sum + result.seconds, 0);
      const machines = Array.from(new Set(own.map(({ machine }) => machine))).join("; ");
      const tables = sections.flatMap((section) => {
        const ofTask = own.filter((result) => result.task === section.task);
        return ofTask.length === 0 ? [] : [sectionTable(section, ofTask)];
      });
      const how = `${cell.units} units, ${seconds.toFixed(0)} s in all on ${machines}.`;
      return [`## ${cell.name}\n\n${how}\n\n${tables.join("\n")}`];
    })
    .join("\n");

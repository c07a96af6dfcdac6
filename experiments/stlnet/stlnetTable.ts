import { type Form, forms, type TaskSize } from "./measureTask.ts";
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

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;

/** The paper's error is four times a mean square, its violation a sum over about 500 traces. */
const paperRow = (name: string, [error, kept, violation]: PaperRow): string =>
  line([
    name,
    Math.sqrt(error / 4).toPrecision(3),
    "",
    kept.toFixed(1),
    (-violation / 500).toPrecision(2),
    "",
  ]);

const leastErrorsLine = ({ leastErrors }: Task): string[] => {
  if (leastErrors === undefined) return [];
  const { free, keeping } = leastErrors;
  const more = (100 * (keeping / free - 1)).toFixed(1);
  return [
    "",
    `By the law of the traces no forecast errs by less than ${free.toPrecision(3)}, and none that keeps the rule in all of them by less than ${keeping.toPrecision(3)}, ${more} % more.`,
  ];
};

const taskTable = (task: Task, results: readonly StlnetResult[]): string => {
  const errorOf = (form: Form): number => mean(results.map(({ figures }) => figures[form].error));
  const rows = forms.map((form) => {
    const own = results.map(({ figures }) => figures[form]);
    const kept = own.map((each) => 100 * each.kept);
    const spread = own.length > 1 ? ` (${Math.min(...kept).toFixed(1)}-${Math.max(...kept).toFixed(1)})` : "";
    const against = (100 * (errorOf(form) / errorOf("base") - 1)).toFixed(1);
    return line([
      form,
      form === "truth" ? "0" : errorOf(form).toPrecision(3),
      form === "truth" || form === "base" ? "" : `${against} %`,
      `${mean(kept).toFixed(1)}${spread}`,
      mean(own.map((each) => each.violation)).toPrecision(2),
      /projected|shielded/.test(form) ? Math.min(...own.map((each) => each.margin)).toPrecision(2) : "",
    ]);
  });
  const head = ["", "RMSE", "against base", "keeps the rule, %", "mean violation", "least margin"];
  const passed = (100 * mean(results.map((result) => result.passed))).toFixed(1);
  return [
    `### ${task.title}`,
    "",
    `\`${task.rule}\`; ${task.given} samples of ${task.steps} are given; ${results.length} ${results.length === 1 ? "seed" : "seeds"}; the margin asked is ${task.margin}. The device's monitor passes ${passed} % of the shielded forecasts.`,
    "",
    line(head),
    line(head.map(() => "---")),
    ...rows,
    paperRow("paper: LSTM", task.paper.base),
    paperRow("paper: STLnet, student", task.paper.student),
    ...leastErrorsLine(task),
    "",
  ].join("\n");
};

/** Tables in Markdown, a student after the other; tasks without a result are left out. */
export const stlnetTable = (
  cells: readonly StlnetCell[],
  tasks: readonly Task[],
  results: readonly StlnetResult[],
  { instances }: TaskSize,
): string =>
  cells
    .flatMap((cell) => {
      const own = results.filter((result) => result.cell === cell.name);
      if (own.length === 0) return [];
      const seconds = own.reduce((sum, result) => sum + result.seconds, 0);
      const machines = Array.from(new Set(own.map(({ machine }) => machine))).join("; ");
      const tables = tasks.flatMap((task) => {
        const ofTask = own.filter((result) => result.task === task.name);
        return ofTask.length === 0 ? [] : [taskTable(task, ofTask)];
      });
      const how = `${cell.units} units, ${instances} traces, ${seconds.toFixed(0)} s in all on ${machines}.`;
      return [`## ${cell.name}\n\n${how}\n\n${tables.join("\n")}`];
    })
    .join("\n");

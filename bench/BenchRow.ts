/**
 * One measured figure of a benchmark.
 *
 * `case` names what was measured (subject, shape, peer), `value` is the median over the repeats in `unit`,
 * and `atMost` / `atLeast` state the target the figure is held against, in the same unit.
 *
 * @example
 * report({ case: "until, 100000 samples", value: 3.2, unit: "ms", atMost: 10 });
 */
export interface BenchRow {
  readonly case: string;
  readonly value: number;
  readonly unit: string;
  readonly atMost?: number;
  readonly atLeast?: number;
}

/** Hands one finished row to the harness, which prints it or collects it for `--json`. */
export type ReportRow = (row: BenchRow) => void;

/**
 * What every `bench/SUBJECT.ts` exports as `measure`: warms up, repeats, and reports its rows one by one.
 * It writes nothing to standard output itself; remarks for a reader belong into `case`.
 */
export type Measure = (report: ReportRow) => Promise<void>;

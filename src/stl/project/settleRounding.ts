import { type ChoiceGraph, rowValue } from "./ChoiceGraph.ts";

const exactSweeps = 3;
const sweeps = 9;
/** Units of a common grid in the largest value: sums of a few multiples of one unit are exact. */
const gridUnits = 2 ** 49;

/**
 * Moves a point by the last bits that its tight rows miss. True as soon as `accept`, the exact evaluator, takes the
 * point; tried from where it is, and then from the nearest point of a grid on which sums and differences are exact.
 */
export const settleRounding = (graph: ChoiceGraph, x: Float64Array, accept: () => boolean): boolean => {
  if (accept()) return true;
  const rows = tightRows(graph, x);
  const original = x.slice();
  if (sweepRows(graph, rows, x, accept)) return true;
  x.set(original);
  roundToGrid(graph, rows, x);
  return sweepRows(graph, rows, x, accept);
};

/** Rows that are met up to rounding only; bounds first, for they leave their variable no choice. */
const tightRows = (graph: ChoiceGraph, x: Float64Array): readonly number[] => {
  const { firstBound, rowNeed, rowOffsets, rowTolerance } = graph;
  const rows: number[] = [];
  for (let row = 0; row < firstBound; row++) {
    const gap = (rowNeed[row] as number) - rowValue(graph, row, x);
    if (Math.abs(gap) <= 2 * (rowTolerance[row] as number)) rows.push(row);
  }
  const terms = (row: number): number => (rowOffsets[row + 1] as number) - (rowOffsets[row] as number);
  return rows.sort((a, b) => terms(a) - terms(b));
};

const roundToGrid = (
  { rowOffsets, rowVariable }: ChoiceGraph,
  rows: readonly number[],
  x: Float64Array,
): void => {
  const variables = rows.flatMap((row) =>
    Array.from(rowVariable.subarray(rowOffsets[row], rowOffsets[row + 1])),
  );
  const largest = variables.reduce((most, variable) => Math.max(most, Math.abs(x[variable] as number)), 0);
  if (largest === 0) return;
  const unit = 2 ** Math.ceil(Math.log2(largest)) / gridUnits;
  for (const variable of variables) x[variable] = Math.round((x[variable] as number) / unit) * unit;
};

/**
 * Row by row, the variable that no row before has settled, and of those the one nearest to zero, whose steps are the
 * finest, takes what is missing. As the exact evaluator may add up in another order, later sweeps ask for 1, 2, 4 ...
 * units in the last place of the row's magnitude more.
 */
const sweepRows = (
  graph: ChoiceGraph,
  rows: readonly number[],
  x: Float64Array,
  accept: () => boolean,
): boolean => {
  const { lower, rowCoefficient, rowOffsets, rowTolerance, rowVariable, upper } = graph;
  const { writtenCoefficient, writtenNeed } = graph;
  const settled = new Uint8Array(x.length);
  const isBetter = (a: number, b: number): boolean =>
    settled[a] === settled[b]
      ? Math.abs(x[a] as number) < Math.abs(x[b] as number)
      : (settled[a] as number) < (settled[b] as number);
  for (let sweep = 0; sweep < sweeps; sweep++) {
    const ulps = sweep < exactSweeps ? 0 : 2 ** (sweep - exactSweeps);
    settled.fill(0);
    for (const row of rows) {
      let sum = 0;
      let magnitude = Math.abs(writtenNeed[row] as number);
      let chosen = rowOffsets[row] as number;
      for (let k = chosen; k < (rowOffsets[row + 1] as number); k++) {
        const term = (writtenCoefficient[k] as number) * (x[rowVariable[k] as number] as number);
        sum += term;
        magnitude += Math.abs(term);
        if (isBetter(rowVariable[k] as number, rowVariable[chosen] as number)) chosen = k;
      }
      const missing = (writtenNeed[row] as number) - sum + ulps * Number.EPSILON * magnitude;
      // A row with a little to spare, such as one side of an equality, settles nothing.
      if (missing < 0) continue;
      const length = (writtenCoefficient[chosen] as number) / (rowCoefficient[chosen] as number);
      if (missing > 0 && missing <= 4 * (rowTolerance[row] as number) * length) {
        const variable = rowVariable[chosen] as number;
        const moved = (x[variable] as number) + missing / (writtenCoefficient[chosen] as number);
        x[variable] = Math.min(Math.max(moved, lower[variable] as number), upper[variable] as number);
      }
      for (let k = rowOffsets[row] as number; k < (rowOffsets[row + 1] as number); k++) {
        settled[rowVariable[k] as number] = 1;
      }
    }
    if (accept()) return true;
  }
  return false;
};

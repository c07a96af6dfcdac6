import { type ChoiceGraph, rowValue } from "./ChoiceGraph.ts";

const exactSweeps = 3;
const sweeps = 9;

/**
 * Moves a point by the last bits that its tight rows miss: in every row that is met up to rounding only, the variable
 * nearest to zero, whose steps are the finest, takes what is missing. As the exact evaluator may add up in another
 * order, later sweeps ask for 1, 2, 4 ... units in the last place of the row's magnitude more. True as soon as
 * `accept` takes the point.
 */
export const settleRounding = (graph: ChoiceGraph, x: Float64Array, accept: () => boolean): boolean => {
  const { rowOffsets, rowVariable, writtenCoefficient, writtenNeed, rowCoefficient, rowTolerance } = graph;
  const { firstBound, lower, rowNeed, upper } = graph;
  const pinned = new Uint8Array(x.length);
  for (let row = 0; row < firstBound; row++) {
    const k = rowOffsets[row] as number;
    const gap = (rowNeed[row] as number) - rowValue(graph, row, x);
    if ((rowOffsets[row + 1] as number) === k + 1 && Math.abs(gap) <= (rowTolerance[row] as number)) {
      pinned[rowVariable[k] as number] = 1;
    }
  }
  /** Variables held by a bound of their own go last, then those of coarse steps. */
  const isFiner = (a: number, b: number): boolean =>
    pinned[a] === pinned[b]
      ? Math.abs(x[a] as number) < Math.abs(x[b] as number)
      : (pinned[a] as number) < (pinned[b] as number);
  for (let sweep = 0; sweep < sweeps; sweep++) {
    if (accept()) return true;
    const ulps = sweep < exactSweeps ? 0 : 2 ** (sweep - exactSweeps);
    for (let row = 0; row < firstBound; row++) {
      let sum = 0;
      let magnitude = Math.abs(writtenNeed[row] as number);
      let finest = rowOffsets[row] as number;
      for (let k = finest; k < (rowOffsets[row + 1] as number); k++) {
        const value = x[rowVariable[k] as number] as number;
        const term = (writtenCoefficient[k] as number) * value;
        sum += term;
        magnitude += Math.abs(term);
        if (isFiner(rowVariable[k] as number, rowVariable[finest] as number)) finest = k;
      }
      const missing = (writtenNeed[row] as number) - sum + ulps * Number.EPSILON * magnitude;
      const length = (writtenCoefficient[finest] as number) / (rowCoefficient[finest] as number);
      if (missing <= 0 || missing > 2 * (rowTolerance[row] as number) * length) continue;
      const variable = rowVariable[finest] as number;
      const moved = (x[variable] as number) + missing / (writtenCoefficient[finest] as number);
      x[variable] = Math.min(Math.max(moved, lower[variable] as number), upper[variable] as number);
    }
  }
  return accept();
};

/**
 * What must hold of some variables: rows, and choices of how many of their children must hold. Nothing in it is
 * settled any more: readings that cannot move and clock tests are folded away.
 */
export interface ChoiceGraph {
  /** One a variable: the value to stay near to, and what it may be. */
  readonly given: Float64Array;
  readonly lower: Float64Array;
  readonly upper: Float64Array;

  /**
   * Row r holds where sum(coefficient * x[variable]) >= need; the coefficients have the length 1. The last rows are the
   * bounds: that of the lower bound of variable v is `firstBound + 2 v`, that of the upper bound the next.
   */
  readonly firstBound: number;
  readonly rowOffsets: Int32Array;
  readonly rowVariable: Int32Array;
  readonly rowCoefficient: Float64Array;
  readonly rowNeed: Float64Array;
  /** As written, before the coefficients were given the length 1 and the need its room. */
  readonly writtenCoefficient: Float64Array;
  readonly writtenNeed: Float64Array;
  /** What falls short of the need by rounding alone. */
  readonly rowTolerance: Float64Array;

  /** Nodes, children before parents: a row, or the least number of children that must hold. */
  readonly row: Int32Array; // -1: a choice
  readonly count: Int32Array;
  readonly childOffsets: Int32Array;
  readonly children: Int32Array;

  /** Nodes that must hold, and the requirement that each belongs to. */
  readonly clauses: readonly number[];
  readonly clauseOwner: readonly number[];
  /** Requirements that fail whatever the variables are. */
  readonly hopeless: readonly number[];
}

/** Value of a row's left side. */
export const rowValue = (graph: ChoiceGraph, row: number, x: Float64Array): number => {
  const { rowOffsets, rowVariable, rowCoefficient } = graph;
  let sum = 0;
  for (let k = rowOffsets[row] as number; k < (rowOffsets[row + 1] as number); k++) {
    sum += (rowCoefficient[k] as number) * (x[rowVariable[k] as number] as number);
  }
  return sum;
};

/** By how much a row falls short of its need, in units of length; 0 where it holds. */
export const rowGap = (graph: ChoiceGraph, row: number, x: Float64Array): number => {
  const gap = (graph.rowNeed[row] as number) - rowValue(graph, row, x);
  return gap > (graph.rowTolerance[row] as number) ? gap : 0;
};

export const childrenOf = (graph: ChoiceGraph, node: number): Int32Array =>
  graph.children.subarray(graph.childOffsets[node], graph.childOffsets[node + 1]);

/** The given point, moved into the bounds. */
export const withinBounds = ({
  given,
  lower,
  upper,
}: Pick<ChoiceGraph, "given" | "lower" | "upper">): Float64Array =>
  given.map((value, v) => Math.min(Math.max(value, lower[v] as number), upper[v] as number));

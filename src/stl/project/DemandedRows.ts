import { type ChoiceGraph, rowGap } from "./ChoiceGraph.ts";

/** The rows of a graph that are demanded, and with them the bounds of their variables. */
export class DemandedRows {
  readonly graph: ChoiceGraph;
  readonly rows: number[];
  readonly variables: number[];
  /** 1 for every row that is demanded. */
  readonly #known: Uint8Array;

  constructor(graph: ChoiceGraph, from?: DemandedRows) {
    this.graph = graph;
    this.rows = from === undefined ? [] : from.rows.slice();
    this.variables = from === undefined ? [] : from.variables.slice();
    this.#known = from === undefined ? new Uint8Array(graph.rowNeed.length) : from.#known.slice();
  }

  /** Demands more rows; the variables that they are the first to read start from where they were given. */
  add(rows: readonly number[], x: Float64Array): void {
    const { firstBound, given, rowOffsets, rowVariable } = this.graph;
    for (const row of rows) {
      if (this.#known[row] === 1) continue;
      this.#known[row] = 1;
      this.rows.push(row);
      for (let k = rowOffsets[row] as number; k < (rowOffsets[row + 1] as number); k++) {
        const variable = rowVariable[k] as number;
        const bound = firstBound + 2 * variable;
        if (this.#known[bound] === 1) continue;
        this.#known[bound] = 1;
        this.variables.push(variable);
        this.rows.push(bound, bound + 1);
        x[variable] = given[variable] as number;
      }
    }
  }

  /** The sum of a cost of all moves, less that of moving into the bounds. */
  cost(x: Float64Array, ofMove: (move: number) => number): number {
    const { given, lower, upper } = this.graph;
    let sum = 0;
    for (const variable of this.variables) {
      const from = given[variable] as number;
      const least = Math.min(Math.max(from, lower[variable] as number), upper[variable] as number);
      sum += ofMove((x[variable] as number) - from) - ofMove(least - from);
    }
    return sum;
  }

  /** The row that is broken furthest (`first`: of the lowest number) and not among `except`; -1 if none. */
  broken(x: Float64Array, except: (row: number) => boolean, first: boolean): number {
    let worst = -1;
    let largest = 0;
    for (const row of this.rows) {
      const gap = rowGap(this.graph, row, x);
      if (gap > 0 && (first ? worst < 0 || row < worst : gap > largest) && !except(row)) {
        worst = row;
        largest = gap;
      }
    }
    return worst;
  }

  /** Puts the variable of a tight row of one term exactly onto it. */
  snap(row: number, x: Float64Array): void {
    const { rowOffsets, rowVariable, rowCoefficient, rowNeed } = this.graph;
    const k = rowOffsets[row] as number;
    if ((rowOffsets[row + 1] as number) - k > 1) return;
    x[rowVariable[k] as number] = (rowNeed[row] as number) / (rowCoefficient[k] as number);
  }
}

import { type ChoiceGraph, rowGap, rowValue } from "./ChoiceGraph.ts";

/**
 * The rows of a graph that are demanded and the bounds of their variables, under one numbering: rows as in the graph,
 * then for variable v its lower bound, rows + 2 v, and its upper bound, rows + 2 v + 1.
 */
export class DemandedRows {
  readonly graph: ChoiceGraph;
  readonly rows: number[];
  readonly variables: number[];
  readonly #known: Set<number>;
  readonly #rowCount: number;

  constructor(graph: ChoiceGraph, from?: DemandedRows) {
    this.graph = graph;
    this.#rowCount = graph.rowNeed.length;
    this.rows = from === undefined ? [] : from.rows.slice();
    this.variables = from === undefined ? [] : from.variables.slice();
    this.#known = new Set(from === undefined ? [] : from.#known);
  }

  /** Demands more rows; the variables that they are the first to read start from where they were given. */
  add(rows: readonly number[], x: Float64Array): void {
    const { given, rowOffsets, rowVariable } = this.graph;
    for (const row of rows) {
      if (this.#known.has(row)) continue;
      this.#known.add(row);
      this.rows.push(row);
      for (let k = rowOffsets[row] as number; k < (rowOffsets[row + 1] as number); k++) {
        const key = this.#rowCount + 2 * (rowVariable[k] as number);
        if (this.#known.has(key)) continue;
        this.#known.add(key);
        const variable = rowVariable[k] as number;
        this.variables.push(variable);
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

  /** Calls `visit` for every term of a constraint. */
  terms(constraint: number, visit: (variable: number, coefficient: number) => void): void {
    const { rowOffsets, rowVariable, rowCoefficient } = this.graph;
    if (constraint >= this.#rowCount) {
      const bound = constraint - this.#rowCount;
      visit(bound >> 1, (bound & 1) === 0 ? 1 : -1);
      return;
    }
    for (let k = rowOffsets[constraint] as number; k < (rowOffsets[constraint + 1] as number); k++) {
      visit(rowVariable[k] as number, rowCoefficient[k] as number);
    }
  }

  /** Left side minus need: negative where a constraint is broken. */
  slack(constraint: number, x: Float64Array): number {
    const { rowNeed, lower, upper } = this.graph;
    if (constraint < this.#rowCount)
      return rowValue(this.graph, constraint, x) - (rowNeed[constraint] as number);
    const variable = (constraint - this.#rowCount) >> 1;
    const isLower = ((constraint - this.#rowCount) & 1) === 0;
    return isLower
      ? (x[variable] as number) - (lower[variable] as number)
      : (upper[variable] as number) - (x[variable] as number);
  }

  /** The constraint that is broken furthest (`first`: of the lowest number) and not among `except`; -1 if none. */
  broken(x: Float64Array, except: (constraint: number) => boolean, first: boolean): number {
    let worst = -1;
    let largest = 0;
    const offer = (constraint: number, gap: number): void => {
      const better = first ? worst < 0 || constraint < worst : gap > largest;
      if (gap > 0 && better && !except(constraint)) {
        worst = constraint;
        largest = gap;
      }
    };
    for (const row of this.rows) offer(row, rowGap(this.graph, row, x));
    for (const variable of this.variables) {
      const value = x[variable] as number;
      const bound = this.#rowCount + 2 * variable;
      offer(bound, (this.graph.lower[variable] as number) - value);
      offer(bound + 1, value - (this.graph.upper[variable] as number));
    }
    return worst;
  }

  /** Puts the variable of a tight constraint of one term exactly onto it. */
  snap(constraint: number, x: Float64Array): void {
    const { rowOffsets, rowVariable, rowCoefficient, rowNeed, lower, upper } = this.graph;
    if (constraint >= this.#rowCount) {
      const variable = (constraint - this.#rowCount) >> 1;
      const side = ((constraint - this.#rowCount) & 1) === 0 ? lower : upper;
      x[variable] = side[variable] as number;
    } else {
      const k = rowOffsets[constraint] as number;
      if ((rowOffsets[constraint + 1] as number) - k > 1) return;
      x[rowVariable[k] as number] = (rowNeed[constraint] as number) / (rowCoefficient[k] as number);
    }
  }
}

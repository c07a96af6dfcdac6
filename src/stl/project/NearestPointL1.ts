import { type ChoiceGraph, rowValue, withinBounds } from "./ChoiceGraph.ts";
import { DemandedRows } from "./DemandedRows.ts";
import type { NearestPoint, Settled, Work } from "./NearestPoint.ts";

const smallestPivot = 1e-9;

/**
 * Nearest by the sum of magnitudes, by the dual simplex method on a dictionary that grows: every variable is its
 * given value plus a rise and less a fall, both >= 0 and of cost 1, so that the given point is dual feasible. A
 * demanded row enters when it is broken, and is forgotten when its slack is basic again.
 *
 * Lemke, "The dual method of solving the linear programming problem", Naval Research Logistics Quarterly 1, 1954;
 * after many pivots by the rule of Bland, "New finite pivoting rules for the simplex method", Mathematics of
 * Operations Research 2, 1977, which does not cycle.
 *
 * Quantities: 2 v is the rise of variable v, 2 v + 1 its fall, 2 n + c the slack of constraint c.
 */
export class NearestPointL1 implements NearestPoint {
  readonly x: Float64Array;
  readonly #demanded: DemandedRows;
  readonly #slackBase: number;
  /** A quantity that is below 0 by less is 0. */
  readonly #tolerance: number;
  /** Nonbasic quantities (all 0), their reduced costs, and where each stands. */
  readonly #columns: number[];
  readonly #reduced: number[];
  readonly #columnOf: Map<number, number>;
  /**
   * Basic quantity i is #value[i] + sum of #rows[i][k] times nonbasic quantity k; a row that ends early ends in zeros.
   * Rows are shared between forks and replaced to be changed.
   */
  readonly #basics: number[];
  readonly #value: number[];
  readonly #rows: number[][];
  readonly #basicOf: Map<number, number>;

  constructor(graph: ChoiceGraph, from?: NearestPointL1) {
    this.#demanded = new DemandedRows(graph, from === undefined ? undefined : from.#demanded);
    this.#slackBase = 2 * graph.given.length;
    this.#tolerance =
      from === undefined ? graph.rowTolerance.reduce((a, b) => Math.max(a, b), 0) : from.#tolerance;
    this.x = from === undefined ? withinBounds(graph) : from.x.slice();
    this.#columns = from === undefined ? [] : from.#columns.slice();
    this.#reduced = from === undefined ? [] : from.#reduced.slice();
    this.#columnOf = new Map(from === undefined ? [] : from.#columnOf);
    this.#basics = from === undefined ? [] : from.#basics.slice();
    this.#value = from === undefined ? [] : from.#value.slice();
    this.#rows = from === undefined ? [] : from.#rows.slice();
    this.#basicOf = new Map(from === undefined ? [] : from.#basicOf);
  }

  get cost(): number {
    return this.#demanded.cost(this.x, Math.abs);
  }

  demand(rows: readonly number[]): void {
    this.#demanded.add(rows, this.x);
  }

  fork(): NearestPointL1 {
    return new NearestPointL1(this.#demanded.graph, this);
  }

  /** A row of length 1 gains at most 1 a unit moved. */
  costOfGap(gap: number): number {
    return gap;
  }

  /** Whether moving the variable one way may cost less than 1 a unit. */
  isTied(variable: number): boolean {
    const rise = this.#columnOf.get(2 * variable);
    const fall = this.#columnOf.get(2 * variable + 1);
    if (rise === undefined || fall === undefined)
      return this.#basicOf.has(2 * variable) || this.#basicOf.has(2 * variable + 1);
    return this.#reduced[rise] !== 1 || this.#reduced[fall] !== 1;
  }

  settle(work: Work): Settled {
    const start = work.spent;
    let refined = false;
    for (;;) {
      if (work.spent >= work.limit) return "out-of-work";
      const cautious = work.spent - start > 200 + 4 * this.#columns.length;
      let leaving = this.#negativeBasic(cautious);
      if (leaving < 0) {
        this.#readPoint();
        const known = (constraint: number): boolean =>
          this.#columnOf.has(this.#slackBase + constraint) || this.#basicOf.has(this.#slackBase + constraint);
        const constraint = this.#demanded.broken(this.x, known, cautious);
        if (constraint >= 0) leaving = this.#enter(constraint);
        else if (refined) break;
        else {
          this.#refine();
          refined = true;
          continue;
        }
      }
      refined = false;
      const entering = this.#cheapestColumn(leaving);
      if (entering < 0) return "infeasible";
      work.spent++;
      this.#pivot(leaving, entering);
    }
    this.#forgetSlacks();
    for (const quantity of this.#columns) {
      if (quantity >= this.#slackBase) this.#demanded.snap(quantity - this.#slackBase, this.x);
    }
    return "settled";
  }

  #negativeBasic(first: boolean): number {
    let worst = -1;
    for (let i = 0; i < this.#basics.length; i++) {
      const value = this.#value[i] as number;
      if (value >= -this.#tolerance) continue;
      const better = first
        ? (this.#basics[i] as number) < (this.#basics[worst] ?? Infinity)
        : value < (this.#value[worst] ?? Infinity);
      if (better) worst = i;
    }
    return worst;
  }

  /** The column whose entering keeps all reduced costs >= 0; ties go to the quantity of the lowest number. */
  #cheapestColumn(leaving: number): number {
    const row = this.#rows[leaving] as number[];
    let best = -1;
    let least = Infinity;
    for (let k = 0; k < row.length; k++) {
      if ((row[k] as number) <= smallestPivot) continue;
      const ratio = (this.#reduced[k] as number) / (row[k] as number);
      const lower = (this.#columns[k] as number) < (this.#columns[best] ?? Infinity);
      if (ratio < least || (ratio === least && lower)) {
        least = ratio;
        best = k;
      }
    }
    return best;
  }

  #pivot(leaving: number, entering: number): void {
    const row = this.#rows[leaving] as number[];
    const pivot = row[entering] as number;
    const left = this.#basics[leaving] as number;
    const entered = this.#columns[entering] as number;
    // Solved for the entering quantity: its place in the row is taken by the leaving one.
    const solved = row.map((coefficient) => -coefficient / pivot);
    solved[entering] = 1 / pivot;
    this.#rows[leaving] = solved;
    const value = -(this.#value[leaving] as number) / pivot;
    this.#value[leaving] = value;
    for (let i = 0; i < this.#rows.length; i++) {
      const factor = (this.#rows[i] as number[])[entering] ?? 0;
      if (i === leaving || factor === 0) continue;
      this.#value[i] = (this.#value[i] as number) + factor * value;
      this.#rows[i] = substituted(this.#rows[i] as number[], entering, solved);
    }
    const reduced = substituted(this.#reduced, entering, solved);
    for (let k = 0; k < reduced.length; k++) this.#reduced[k] = Math.max(0, reduced[k] as number);
    this.#basics[leaving] = entered;
    this.#columns[entering] = left;
    this.#basicOf.delete(left);
    this.#basicOf.set(entered, leaving);
    this.#columnOf.delete(entered);
    this.#columnOf.set(left, entering);
  }

  /** Makes the slack of a constraint basic; its place. */
  #enter(constraint: number): number {
    const { rowOffsets, rowVariable, rowCoefficient } = this.#demanded.graph;
    const [start, end] = [rowOffsets[constraint] as number, rowOffsets[constraint + 1] as number];
    for (let k = start; k < end; k++) {
      const rise = 2 * (rowVariable[k] as number);
      if (this.#columnOf.has(rise) || this.#basicOf.has(rise)) continue;
      for (const quantity of [rise, rise + 1]) {
        this.#columnOf.set(quantity, this.#columns.push(quantity) - 1);
        this.#reduced.push(1);
      }
    }
    const own: number[] = Array.from(this.#columns, () => 0);
    const add = (quantity: number, coefficient: number): void => {
      const column = this.#columnOf.get(quantity);
      if (column !== undefined) {
        own[column] = (own[column] as number) + coefficient;
        return;
      }
      const row = this.#rows[this.#basicOf.get(quantity) as number] as number[];
      for (let k = 0; k < row.length; k++) own[k] = (own[k] as number) + coefficient * (row[k] as number);
    };
    for (let k = start; k < end; k++) {
      const rise = 2 * (rowVariable[k] as number);
      add(rise, rowCoefficient[k] as number);
      add(rise + 1, -(rowCoefficient[k] as number));
    }
    const place = this.#basics.push(this.#slackBase + constraint) - 1;
    this.#rows.push(own);
    this.#value.push(this.#slack(constraint));
    this.#basicOf.set(this.#slackBase + constraint, place);
    return place;
  }

  #slack(row: number): number {
    const { graph } = this.#demanded;
    return rowValue(graph, row, this.x) - (graph.rowNeed[row] as number);
  }

  #readPoint(): void {
    const { graph, variables } = this.#demanded;
    const { x } = this;
    for (const variable of variables) x[variable] = graph.given[variable] as number;
    for (let i = 0; i < this.#basics.length; i++) {
      const quantity = this.#basics[i] as number;
      if (quantity >= this.#slackBase) continue;
      const sign = (quantity & 1) === 0 ? 1 : -1;
      x[quantity >> 1] = (x[quantity >> 1] as number) + sign * (this.#value[i] as number);
    }
  }

  /** Takes rounding errors out: where a nonbasic slack is not quite 0, the basics move as if it became so. */
  #refine(): void {
    for (let k = 0; k < this.#columns.length; k++) {
      const quantity = this.#columns[k] as number;
      if (quantity < this.#slackBase) continue;
      const slack = this.#slack(quantity - this.#slackBase);
      for (let i = 0; i < this.#rows.length; i++) {
        this.#value[i] = (this.#value[i] as number) - ((this.#rows[i] as number[])[k] ?? 0) * slack;
      }
    }
    this.#readPoint();
  }

  #forgetSlacks(): void {
    for (let i = this.#basics.length - 1; i >= 0; i--) {
      if ((this.#basics[i] as number) < this.#slackBase) continue;
      this.#basics.splice(i, 1);
      this.#value.splice(i, 1);
      this.#rows.splice(i, 1);
    }
    this.#basicOf.clear();
    this.#basics.forEach((quantity, place) => this.#basicOf.set(quantity, place));
  }
}

/** A row with the quantity of column `entering` replaced by what it is in terms of the new columns. */
const substituted = (row: readonly number[], entering: number, solved: readonly number[]): number[] => {
  const factor = row[entering] as number;
  const result = row.slice();
  while (result.length < solved.length) result.push(0);
  result[entering] = 0;
  for (let k = 0; k < solved.length; k++) {
    result[k] = (result[k] as number) + factor * (solved[k] as number);
  }
  return result;
};

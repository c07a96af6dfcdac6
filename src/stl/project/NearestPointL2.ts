import { type ChoiceGraph, rowValue, withinBounds } from "./ChoiceGraph.ts";
import { DemandedRows } from "./DemandedRows.ts";
import type { NearestPoint, Settled, Work } from "./NearestPoint.ts";

/** A normal whose part outside of the span of the active ones is shorter than its root counts as dependent. */
const dependent = 1e-14;

/**
 * Nearest in the Euclidean norm, by the dual active-set method: from the unconstrained minimum, which is the given
 * point, the constraint broken furthest is made active, and others are let go where their multiplier would turn
 * negative. The factor R of the active normals, R'R = N'N, is updated column by column.
 *
 * Goldfarb and Idnani, "A numerically stable dual method for solving strictly convex quadratic programs",
 * Mathematical Programming 27, 1983. Every full step raises the dual objective, so that it cannot cycle.
 */
export class NearestPointL2 implements NearestPoint {
  readonly x: Float64Array;
  readonly #demanded: DemandedRows;
  readonly #active: number[];
  readonly #multiplier: number[];
  /** Columns of R, shared between forks and replaced to be changed; column k has k + 1 entries. */
  readonly #factor: number[][];
  readonly #direction: Float64Array;
  readonly #touched: number[];

  constructor(graph: ChoiceGraph, from?: NearestPointL2) {
    this.#demanded = new DemandedRows(graph, from === undefined ? undefined : from.#demanded);
    this.x = from === undefined ? withinBounds(graph) : from.x.slice();
    this.#active = from === undefined ? [] : from.#active.slice();
    this.#multiplier = from === undefined ? [] : from.#multiplier.slice();
    this.#factor = from === undefined ? [] : from.#factor.slice();
    // Zero between uses, and so shared.
    this.#direction = from === undefined ? new Float64Array(graph.given.length) : from.#direction;
    this.#touched = from === undefined ? [] : from.#touched;
  }

  get cost(): number {
    return this.#demanded.cost(this.x, (move) => move * move);
  }

  demand(rows: readonly number[]): void {
    this.#demanded.add(rows, this.x);
  }

  fork(): NearestPointL2 {
    return new NearestPointL2(this.#demanded.graph, this);
  }

  /** The nearest point of a convex set and any other of it, seen from outside, are at an obtuse angle. */
  costOfGap(gap: number): number {
    return gap * gap;
  }

  isTied(): boolean {
    return false;
  }

  settle(work: Work): Settled {
    const demanded = this.#demanded;
    let refined = true;
    for (;;) {
      if (work.spent >= work.limit) return "out-of-work";
      const constraint = demanded.broken(this.x, (active) => this.#active.includes(active), false);
      if (constraint < 0) {
        if (refined) break;
        this.#refine();
        refined = true;
        continue;
      }
      refined = false;
      if (!this.#activate(constraint, work)) return "infeasible";
    }
    for (const constraint of this.#active) demanded.snap(constraint, this.x);
    return "settled";
  }

  /** Moves onto a broken constraint; false where no point can. */
  #activate(constraint: number, work: Work): boolean {
    const { rowOffsets, rowVariable, rowCoefficient } = this.#demanded.graph;
    const direction = this.#direction;
    const touched = this.#touched;
    let own = 0;
    for (;;) {
      work.spent++;
      const w = this.#throughFactor(constraint);
      const r = this.#backThroughFactor(w);
      touched.length = 0;
      for (let j = -1; j < r.length; j++) {
        const row = j < 0 ? constraint : (this.#active[j] as number);
        const factor = j < 0 ? 1 : -(r[j] as number);
        for (let k = rowOffsets[row] as number; k < (rowOffsets[row + 1] as number); k++) {
          const variable = rowVariable[k] as number;
          if (direction[variable] === 0) touched.push(variable);
          direction[variable] = (direction[variable] as number) + factor * (rowCoefficient[k] as number);
        }
      }
      let square = 0;
      for (const variable of touched) {
        const part = direction[variable] as number;
        square += part * part;
        // A variable that was touched twice counts once.
        direction[variable] = 0;
      }
      const free = square > dependent;

      let blocking = -1;
      let dualStep = Infinity;
      for (let k = 0; k < r.length; k++) {
        if ((r[k] as number) <= 1e-12) continue;
        const step = (this.#multiplier[k] as number) / (r[k] as number);
        if (step < dualStep) {
          dualStep = step;
          blocking = k;
        }
      }
      const fullStep = free
        ? ((this.#demanded.graph.rowNeed[constraint] as number) - this.#value(constraint)) / square
        : Infinity;
      const step = Math.min(dualStep, fullStep);
      if (step === Infinity) return false;

      if (free) this.#move(constraint, step);
      for (let k = 0; k < r.length; k++) {
        this.#multiplier[k] = Math.max(0, (this.#multiplier[k] as number) - step * (r[k] as number));
      }
      if (free) this.#active.forEach((active, k) => this.#move(active, -step * (r[k] as number)));
      own += step;
      if (step === fullStep) {
        this.#active.push(constraint);
        this.#multiplier.push(own);
        this.#factor.push([...w, Math.sqrt(square)]);
        return true;
      }
      this.#letGo(blocking);
    }
  }

  #value(row: number): number {
    return rowValue(this.#demanded.graph, row, this.x);
  }

  #move(along: number, step: number): void {
    const { rowOffsets, rowVariable, rowCoefficient } = this.#demanded.graph;
    for (let k = rowOffsets[along] as number; k < (rowOffsets[along + 1] as number); k++) {
      const variable = rowVariable[k] as number;
      this.x[variable] = (this.x[variable] as number) + step * (rowCoefficient[k] as number);
    }
  }

  /** R'w = N'a. */
  #throughFactor(constraint: number): number[] {
    const { graph } = this.#demanded;
    const { rowOffsets, rowVariable, rowCoefficient } = graph;
    const direction = this.#direction;
    const [start, end] = [rowOffsets[constraint] as number, rowOffsets[constraint + 1] as number];
    for (let k = start; k < end; k++) direction[rowVariable[k] as number] = rowCoefficient[k] as number;
    const products = this.#active.map((active) => rowValue(graph, active, direction));
    for (let k = start; k < end; k++) direction[rowVariable[k] as number] = 0;
    return this.#forward(products);
  }

  /** Solves R'w = products. */
  #forward(products: readonly number[]): number[] {
    const w: number[] = [];
    for (let k = 0; k < products.length; k++) {
      const column = this.#factor[k] as number[];
      let sum = products[k] as number;
      for (let i = 0; i < k; i++) sum -= (column[i] as number) * (w[i] as number);
      w.push(sum / (column[k] as number));
    }
    return w;
  }

  /** Solves R r = w. */
  #backThroughFactor(w: readonly number[]): number[] {
    const r = w.slice();
    for (let k = r.length - 1; k >= 0; k--) {
      const column = this.#factor[k] as number[];
      const value = (r[k] as number) / (column[k] as number);
      r[k] = value;
      for (let i = 0; i < k; i++) r[i] = (r[i] as number) - value * (column[i] as number);
    }
    return r;
  }

  /** Takes out an active constraint and makes R triangular again by Givens rotations. */
  #letGo(index: number): void {
    this.#active.splice(index, 1);
    this.#multiplier.splice(index, 1);
    const factor = this.#factor;
    factor.splice(index, 1);
    for (let k = index; k < factor.length; k++) factor[k] = (factor[k] as number[]).slice();
    for (let k = index; k < factor.length; k++) {
      const column = factor[k] as number[];
      const [a, b] = [column[k] as number, column[k + 1] as number];
      const length = Math.hypot(a, b);
      const [c, s] = [a / length, b / length];
      column[k] = length;
      column.length = k + 1;
      for (let later = k + 1; later < factor.length; later++) {
        const other = factor[later] as number[];
        const [p, q] = [other[k] as number, other[k + 1] as number];
        other[k] = c * p + s * q;
        other[k + 1] = c * q - s * p;
      }
    }
  }

  /** Takes rounding errors out: the point is made anew from the multipliers, and these are corrected once. */
  #refine(): void {
    const { graph, variables } = this.#demanded;
    const rebuild = (): void => {
      for (const variable of variables) this.x[variable] = graph.given[variable] as number;
      this.#active.forEach((active, k) => this.#move(active, this.#multiplier[k] as number));
    };
    rebuild();
    const missing = this.#active.map((active) => (graph.rowNeed[active] as number) - this.#value(active));
    const change = this.#backThroughFactor(this.#forward(missing));
    change.forEach((value, k) => {
      this.#multiplier[k] = Math.max(0, (this.#multiplier[k] as number) + value);
    });
    rebuild();
  }
}

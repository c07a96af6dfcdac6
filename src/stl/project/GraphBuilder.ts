import type { ChoiceGraph } from "./ChoiceGraph.ts";
import type { UnrolledRule } from "../unroll/UnrolledRule.ts";

/** The variables of a graph. */
export type Variables = Pick<ChoiceGraph, "given" | "lower" | "upper">;

/**
 * How far past its need a row is asked to go, as a share of the magnitudes that are added up in it: rounding must not
 * leave a row short, and a strict row must really be above.
 */
export interface Room {
  readonly rows: number;
  /** Rows that hold strictly above their need only. */
  readonly strict: number;
}

/** What counts as rounding: less than every room but none. */
const tolerance = 2 ** -46;

/** Writes the rows and nodes of a graph one after the other, in arrays as long as they can become. */
export class GraphBuilder {
  readonly #variables: Variables;
  readonly #rowOffsets: Int32Array;
  readonly #rowVariable: Int32Array;
  readonly #coefficient: Float64Array;
  readonly #need: Float64Array;
  readonly #magnitude: Float64Array;
  readonly #strict: Uint8Array;
  #rows = 0;
  /** Where the terms of the row that is being written start and end. */
  #start = 0;
  #end = 0;
  /** Place of every variable in the open row, or less than its start. */
  readonly #place: Int32Array;
  readonly #row: Int32Array;
  readonly #count: Int32Array;
  readonly #childOffsets: Int32Array;
  readonly #children: Int32Array;
  #nodes = 0;
  readonly #clauses: number[] = [];
  readonly #clauseOwner: number[] = [];
  readonly hopeless: number[] = [];

  constructor(requirements: readonly { readonly unrolled: UnrolledRule }[], variables: Variables) {
    const total = (of: (rule: UnrolledRule) => ArrayLike<unknown>): number =>
      requirements.reduce((sum, { unrolled }) => sum + of(unrolled).length, 0);
    const bounds = 2 * variables.given.length;
    const rows = total((rule) => rule.constant) + bounds;
    const terms = total((rule) => rule.coefficient) + bounds;
    const nodes = total((rule) => rule.kind);
    this.#variables = variables;
    this.#rowOffsets = new Int32Array(rows + 1);
    this.#rowVariable = new Int32Array(terms);
    this.#coefficient = new Float64Array(terms);
    this.#need = new Float64Array(rows);
    this.#magnitude = new Float64Array(rows);
    this.#strict = new Uint8Array(rows);
    this.#place = new Int32Array(variables.given.length).fill(-1);
    this.#row = new Int32Array(nodes);
    this.#count = new Int32Array(nodes);
    this.#childOffsets = new Int32Array(nodes + 1);
    this.#children = new Int32Array(total((rule) => rule.children));
  }

  /** Starts a row, in the place of one that was started and not written. */
  openRow(): void {
    this.#end = this.#start;
  }

  /** Adds a term to the open row; terms of one variable are added up. */
  term(variable: number, coefficient: number): void {
    const known = this.#place[variable] as number;
    if (known >= this.#start && known < this.#end && this.#rowVariable[known] === variable) {
      this.#coefficient[known] = (this.#coefficient[known] as number) + coefficient;
      return;
    }
    this.#place[variable] = this.#end;
    this.#rowVariable[this.#end] = variable;
    this.#coefficient[this.#end] = coefficient;
    this.#end++;
  }

  /** The greatest or the least that the terms of the open row add up to within the bounds. */
  extreme(greatest: boolean): number {
    const { lower, upper } = this.#variables;
    let sum = 0;
    for (let k = this.#start; k < this.#end; k++) {
      const coefficient = this.#coefficient[k] as number;
      // 0 times an infinite bound is 0.
      if (coefficient === 0) continue;
      sum +=
        coefficient *
        ((coefficient > 0 === greatest ? upper : lower)[this.#rowVariable[k] as number] as number);
    }
    return sum;
  }

  /** Writes the open row; the node that stands for it. */
  row(need: number, magnitude: number, strict: boolean): number {
    const index = this.#rows++;
    this.#need[index] = need;
    this.#magnitude[index] = magnitude;
    this.#strict[index] = strict ? 1 : 0;
    this.#rowOffsets[index + 1] = this.#end;
    this.#start = this.#end;
    return this.#node(index, 1);
  }

  /** A choice of how many children must hold; what is no node is left out. */
  choice(children: Int32Array, count: number): number {
    let end = this.#childOffsets[this.#nodes] as number;
    for (const child of children) if (child >= 0) this.#children[end++] = child;
    this.#childOffsets[this.#nodes + 1] = end;
    return this.#node(-1, count);
  }

  #node(row: number, count: number): number {
    const index = this.#nodes++;
    this.#row[index] = row;
    this.#count[index] = count;
    if (row >= 0) this.#childOffsets[index + 1] = this.#childOffsets[index] as number;
    return index;
  }

  /** Makes clauses of a node that must hold: conjunctions are taken apart. */
  demand(node: number, owner: number): void {
    const [start, end] = [this.#childOffsets[node] as number, this.#childOffsets[node + 1] as number];
    if (end > start && this.#count[node] === end - start) {
      for (let k = start; k < end; k++) this.demand(this.#children[k] as number, owner);
    } else {
      this.#clauses.push(node);
      this.#clauseOwner.push(owner);
    }
  }

  graph(room: Room): ChoiceGraph {
    const firstBound = this.#rows;
    const { lower, upper } = this.#variables;
    for (let v = 0; v < lower.length; v++) {
      this.#boundRow(v, 1, lower[v] as number);
      this.#boundRow(v, -1, -(upper[v] as number));
    }
    const rows = this.#rows;
    const rowOffsets = this.#rowOffsets.subarray(0, rows + 1);
    const writtenCoefficient = this.#coefficient.subarray(0, this.#start);
    const nodes = this.#nodes;
    return {
      given: this.#variables.given,
      lower,
      upper,
      firstBound,
      rowOffsets,
      rowVariable: this.#rowVariable.subarray(0, this.#start),
      writtenCoefficient,
      writtenNeed: this.#need.subarray(0, rows),
      ...this.#normalised(firstBound, room),
      row: this.#row.subarray(0, nodes),
      count: this.#count.subarray(0, nodes),
      childOffsets: this.#childOffsets.subarray(0, nodes + 1),
      children: this.#children.subarray(0, this.#childOffsets[nodes]),
      clauses: this.#clauses,
      clauseOwner: this.#clauseOwner,
      hopeless: this.hopeless,
    };
  }

  #boundRow(variable: number, coefficient: number, need: number): void {
    this.openRow();
    this.term(variable, coefficient);
    this.#need[this.#rows++] = need;
    this.#rowOffsets[this.#rows] = this.#end;
    this.#start = this.#end;
  }

  /** Rows of length 1 with their room; bounds need none. */
  #normalised(
    firstBound: number,
    room: Room,
  ): Pick<ChoiceGraph, "rowCoefficient" | "rowNeed" | "rowTolerance"> {
    const rowCoefficient = this.#coefficient.slice(0, this.#start);
    const rowNeed = this.#need.slice(0, this.#rows);
    const rowTolerance = new Float64Array(this.#rows);
    const reach = this.#reach(firstBound);
    // A row of nothing but zeros needs room as well: a little of what there is elsewhere.
    const least = 2 ** -10 * (reach.reduce((a, b) => Math.max(a, b), 0) || 1);
    for (let row = 0; row < firstBound; row++) {
      const [start, end] = [this.#rowOffsets[row] as number, this.#rowOffsets[row + 1] as number];
      let square = 0;
      let magnitude = this.#magnitude[row] as number;
      for (let k = start; k < end; k++) {
        const coefficient = this.#coefficient[k] as number;
        square += coefficient * coefficient;
        magnitude += Math.abs(coefficient) * (reach[this.#rowVariable[k] as number] as number);
      }
      magnitude = Math.max(magnitude, least);
      const length = Math.sqrt(square);
      for (let k = start; k < end; k++) rowCoefficient[k] = (rowCoefficient[k] as number) / length;
      const share = this.#strict[row] === 1 ? room.strict : room.rows;
      rowNeed[row] = ((rowNeed[row] as number) + share * magnitude) / length;
      rowTolerance[row] = (tolerance * magnitude) / length;
    }
    for (let row = firstBound; row < this.#rows; row++) {
      const bound = Math.abs(this.#need[row] as number);
      const variable = this.#rowVariable[this.#rowOffsets[row] as number] as number;
      const magnitude = (bound === Infinity ? 0 : bound) + (reach[variable] as number);
      rowTolerance[row] = tolerance * Math.max(least, magnitude);
    }
    return { rowCoefficient, rowNeed, rowTolerance };
  }

  /** A variable may have to move as far as the constants of its rows. */
  #reach(firstBound: number): Float64Array {
    const reach = this.#variables.given.map(Math.abs);
    for (let row = 0; row < firstBound; row++) {
      const [start, end] = [this.#rowOffsets[row] as number, this.#rowOffsets[row + 1] as number];
      let sum = 0;
      for (let k = start; k < end; k++) sum += Math.abs(this.#coefficient[k] as number);
      const own = (this.#magnitude[row] as number) / sum;
      for (let k = start; k < end; k++) {
        const variable = this.#rowVariable[k] as number;
        if (own > (reach[variable] as number)) reach[variable] = own;
      }
    }
    return reach;
  }
}

import type { PlanBuilder } from "./PlanBuilder.ts";

interface Projection {
  readonly scope: number;
  /** Row of the scope for every tuple. */
  readonly rows: Int32Array;
}

/** The sensor tuples that the variables in force run over: one column a variable. */
export class SensorTuples {
  readonly count: number;
  readonly columns: readonly Int32Array[];
  readonly #builder: PlanBuilder;
  readonly #projections = new Map<string, Projection>();

  constructor(builder: PlanBuilder, columns: readonly Int32Array[], count: number) {
    this.#builder = builder;
    this.columns = columns;
    this.count = count;
  }

  /** The scope of the distinct tuples of some variables, sorted, so that equal sets are one scope. */
  project(variables: readonly number[]): Projection {
    const key = variables.join();
    let projection = this.#projections.get(key);
    if (projection === undefined) {
      projection = this.#computeProjection(variables);
      this.#projections.set(key, projection);
    }
    return projection;
  }

  #computeProjection(variables: readonly number[]): Projection {
    const rows = new Int32Array(this.count);
    if (variables.length === 0) return { scope: 0, rows };
    const columns = variables.map((variable) => this.columns[variable] as Int32Array);
    const compare = (a: number, b: number): number => {
      for (const column of columns) {
        const difference = (column[a] as number) - (column[b] as number);
        if (difference !== 0) return difference;
      }
      return 0;
    };
    const order = Int32Array.from(rows, (_, i) => i).sort(compare);
    const sensors: number[] = [];
    let row = -1;
    for (let k = 0; k < order.length; k++) {
      const tuple = order[k] as number;
      if (k === 0 || compare(order[k - 1] as number, tuple) !== 0) {
        row++;
        for (const column of columns) sensors.push(column[tuple] as number);
      }
      rows[tuple] = row;
    }
    return { scope: this.#builder.scope(variables.length, sensors), rows };
  }

  /** Row map by which rows over `reader` read rows over its subset `read`. */
  rowMap(reader: readonly number[], read: readonly number[]): number {
    if (reader.length === read.length) return -1;
    const from = this.project(reader);
    const to = this.project(read);
    const map: number[] = Array.from({ length: this.#builder.scopes[from.scope]?.size ?? 0 }, () => 0);
    for (let i = 0; i < this.count; i++) map[from.rows[i] as number] = to.rows[i] as number;
    return this.#builder.rowMap(map);
  }

  /** One variable more: `domain(i)` are the sensors that it takes beside tuple i. */
  extend(domain: (tuple: number) => readonly number[]): {
    readonly tuples: SensorTuples;
    /** Tuples that extend tuple i: `offsets[i]..offsets[i + 1]`. */
    readonly offsets: Int32Array;
  } {
    const offsets = new Int32Array(this.count + 1);
    const origin: number[] = [];
    const column: number[] = [];
    for (let i = 0; i < this.count; i++) {
      for (const sensor of domain(i)) {
        origin.push(i);
        column.push(sensor);
      }
      offsets[i + 1] = column.length;
    }
    const columns = this.columns.map((old) => Int32Array.from(origin, (i) => old[i] as number));
    columns.push(Int32Array.from(column));
    return { tuples: new SensorTuples(this.#builder, columns, column.length), offsets };
  }
}

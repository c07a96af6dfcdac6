import { normalForm } from "../plan/normalForm.ts";
import { childrenOf, operandsOf } from "../plan/operandsOf.ts";
import type { Operand, Plan, PlanNode } from "../plan/Plan.ts";
import type { Beyond } from "../evaluate/PlanEvaluator.ts";
import { windowOf } from "../plan/reachOf.ts";
import { type ExtremeKind, smoothExtreme } from "./smoothExtremes.ts";
import { Tape } from "./Tape.ts";

/** Where the rows of a node lie: row r, step t at `base + r * length + t - first`. */
export interface Layout {
  base: number;
  first: number;
  length: number;
  readonly rows: number;
  /** Depends on a reading, so that a derivative flows through it. */
  readonly active: boolean;
}

/** What the walks over a plan share: all rows of all nodes in one array, their slopes, the tape, the method. */
export class SmoothWalk {
  /** In negation normal form. */
  readonly plan: Plan;
  readonly steps: number;
  readonly sensorCount: number;
  readonly layouts: readonly Layout[];
  readonly operands: readonly (readonly Operand[])[];
  readonly tape = new Tape();
  values = new Float64Array(0);
  slopes = new Float64Array(0);
  /** Of signals: position in the readings that a value comes from. */
  origins = new Int32Array(0);
  items = new Float64Array(16);
  weights = new Float64Array(16);
  minimum: ExtremeKind = "exact";
  maximum: ExtremeKind = "exact";
  temperature = 1;
  /** Length in use of `values` and `slopes`. */
  size = 0;
  readonly #beyond: Beyond;
  readonly #children: readonly (readonly number[])[];
  #first = 0;
  #last = -1;

  constructor(plan: Plan, sensorCount: number, steps: number, beyond: Beyond) {
    this.plan = normalForm(plan);
    this.steps = steps;
    this.sensorCount = sensorCount;
    this.#beyond = beyond;
    const { nodes, scopes } = this.plan;
    this.#children = nodes.map(childrenOf);
    this.operands = nodes.map(operandsOf);
    const active: boolean[] = [];
    this.layouts = nodes.map((node, n) => {
      const own = node.kind === "signal" || this.#children[n]?.some((child) => active[child]) === true;
      active.push(own);
      return { base: 0, first: 0, length: 0, rows: scopes[node.scope]?.size ?? 1, active: own };
    });
  }

  get root(): Layout {
    return this.layouts[this.layouts.length - 1] as Layout;
  }

  /** Lays the rows out for the steps that each node is needed on, the root on those from `first` to `last`. */
  arrange(first: number, last: number): void {
    if (first === this.#first && last === this.#last) return;
    const { nodes } = this.plan;
    const starts = new Float64Array(nodes.length).fill(Infinity);
    const ends = new Float64Array(nodes.length).fill(-Infinity);
    starts[nodes.length - 1] = first;
    ends[nodes.length - 1] = last;
    for (let n = nodes.length - 1; n >= 0; n--) {
      (this.#children[n] as readonly number[]).forEach((child, k) => {
        const window = windowOf(nodes[n] as PlanNode, k);
        const [low, high] = this.#within(
          (starts[n] as number) + window.first,
          (ends[n] as number) + window.last,
        );
        starts[child] = Math.min(starts[child] as number, low);
        ends[child] = Math.max(ends[child] as number, high);
      });
    }
    let size = 0;
    this.layouts.forEach((layout, n) => {
      layout.base = size;
      layout.first = starts[n] as number;
      layout.length = (ends[n] as number) - (starts[n] as number) + 1;
      size += layout.rows * layout.length;
    });
    if (this.values.length < size) {
      this.values = new Float64Array(size);
      this.slopes = new Float64Array(size);
      this.origins = new Int32Array(size);
    }
    this.size = size;
    this.#first = first;
    this.#last = last;
  }

  /** Beyond the trace there is nothing, or nothing known: then only windows without end stop there. */
  #within(low: number, high: number): readonly [number, number] {
    const end = this.steps - 1;
    const cut = this.#beyond === "nothing";
    const from = cut || low === -Infinity ? Math.max(0, Math.min(low, end)) : low;
    const to = cut || high === Infinity ? Math.min(end, Math.max(high, from, 0)) : high;
    return [from, to];
  }

  /** Position of the row of an operand, at the first step of the reader. */
  at(operand: Operand, row: number, layout: Layout): number {
    const map = operand.rows < 0 ? undefined : this.plan.rowMaps[operand.rows];
    const inner = this.layouts[operand.node] as Layout;
    const innerRow = map === undefined ? row : (map[row] as number);
    return inner.base + innerRow * inner.length + layout.first - inner.first;
  }

  reserve(count: number): void {
    if (this.items.length >= count) return;
    this.items = new Float64Array(2 * count);
    this.weights = new Float64Array(2 * count);
  }

  /** The smooth extreme of the first `count` items; its derivatives go on the tape. */
  extreme(count: number, sign: 1 | -1): number {
    return this.extremeOf(this.items, 0, count, sign);
  }

  /** The smooth extreme of `values[first .. first + count)`; its derivatives go on the tape. */
  extremeOf(values: Float64Array, first: number, count: number, sign: 1 | -1): number {
    const kind = sign < 0 ? this.minimum : this.maximum;
    const start = this.tape.claim(count);
    return smoothExtreme(values, first, this.tape.numbers, start, count, sign, kind, this.temperature);
  }

  /** Of numbers: min and max are meant as they are; a missing one leaves the result missing. */
  exactExtreme(count: number, sign: 1 | -1): number {
    const start = this.tape.claim(count);
    const value = smoothExtreme(this.items, 0, this.tape.numbers, start, count, sign, "exact", 1);
    for (let k = 0; k < count; k++) if (Number.isNaN(this.items[k])) return NaN;
    return value;
  }

  add(at: number, slope: number): void {
    this.slopes[at] = (this.slopes[at] as number) + slope;
  }
}

import type { Operand, Plan, PlanNode, Reduction } from "./Plan.ts";
import { childrenOf, operandsOf } from "./operandsOf.ts";
import { normalForm } from "./normalForm.ts";
import { windowOf } from "./reachOf.ts";
import type { PanelTrace } from "./Site.ts";
import { type ExtremeKind, smoothExtreme } from "./smoothExtremes.ts";
import { smoothUntil, smoothUntilBack } from "./smoothUntil.ts";
import { Tape } from "./Tape.ts";

export type SmoothMethod = "exact" | "logsumexp" | "softmax" | "sound";

export interface SmoothOptions {
  readonly method: SmoothMethod;
  /** Sharpness, > 0, in 1 / unit of the rule's predicates: the larger, the nearer to the exact value. */
  readonly temperature: number;
}

/** Where the rows of a node lie: row r, step t at `base + r * length + t - first`. */
interface Layout {
  base: number;
  first: number;
  length: number;
  readonly rows: number;
  /** Depends on a reading, so that a derivative flows through it. */
  readonly active: boolean;
}

/**
 * Smooth robustness of a plan and its derivatives: one walk forward over all rows of all nodes, one back.
 *
 * Works on the negation normal form. What lies beyond the trace, and what is missing, is left out (NaN).
 */
export class SmoothPlan {
  readonly #plan: Plan;
  readonly #steps: number;
  readonly #sensorCount: number;
  readonly #layouts: Layout[];
  readonly #children: (readonly number[])[];
  readonly #operands: (readonly Operand[])[];
  readonly #tape = new Tape();
  #values = new Float64Array(0);
  #slopes = new Float64Array(0);
  /** Of signals: position in the readings that a value comes from, or -1. */
  #origins = new Int32Array(0);
  #size = 0;
  #first = -1;
  #last = -2;
  #items = new Float64Array(16);
  #weights = new Float64Array(16);
  #minimum: ExtremeKind = "exact";
  #maximum: ExtremeKind = "exact";
  #temperature = 1;

  constructor(plan: Plan, sensorCount: number, steps: number) {
    this.#plan = normalForm(plan);
    this.#steps = steps;
    this.#sensorCount = sensorCount;
    const { nodes, scopes } = this.#plan;
    this.#children = nodes.map(childrenOf);
    this.#operands = nodes.map(operandsOf);
    const active: boolean[] = [];
    this.#layouts = nodes.map((node, n) => {
      active[n] =
        node.kind === "signal" || (this.#children[n] as readonly number[]).some((child) => active[child]);
      const rows = scopes[node.scope]?.size ?? 1;
      return { base: 0, first: 0, length: 0, rows, active: active[n] };
    });
  }

  /** Values at the root on the steps from `first` to `last`; kept for {@link SmoothPlan.backward}. */
  forward(
    readings: Float64Array,
    clock: PanelTrace["clock"],
    first: number,
    last: number,
    options: SmoothOptions,
    record: boolean,
  ): void {
    if (!(options.temperature > 0)) {
      throw new RangeError(`the temperature ${options.temperature} is not above zero`);
    }
    this.#minimum = options.method === "sound" ? "logsumexp" : options.method;
    this.#maximum = options.method === "sound" ? "softmax" : options.method;
    this.#temperature = options.temperature;
    if (first !== this.#first || last !== this.#last) this.#arrange(first, last);
    this.#tape.start(record);
    for (let n = 0; n < this.#layouts.length; n++) this.#forwardNode(n, readings, clock, options.method);
  }

  /** Value of the root at its step number `i`. */
  root(i: number): number {
    const layout = this.#layouts[this.#layouts.length - 1] as Layout;
    return this.#values[layout.base + i] as number;
  }

  /** Adds `seed` times the derivative of every root value to `gradient`. */
  backward(gradient: Float64Array, seed: number): void {
    const slopes = this.#slopes;
    slopes.fill(0, 0, this.#size);
    const root = this.#layouts[this.#layouts.length - 1] as Layout;
    for (let i = 0; i < root.length; i++) {
      const value = this.#values[root.base + i] as number;
      if (value - value === 0) slopes[root.base + i] = seed;
    }
    for (let n = this.#layouts.length - 1; n >= 0; n--) this.#backwardNode(n, gradient);
  }

  /** Lays the rows out for the steps that each node is needed on. */
  #arrange(first: number, last: number): void {
    const layouts = this.#layouts;
    const highest = this.#steps - 1;
    const ends = new Float64Array(layouts.length).fill(-Infinity);
    const starts = new Float64Array(layouts.length).fill(Infinity);
    starts[layouts.length - 1] = first;
    ends[layouts.length - 1] = last;
    for (let n = layouts.length - 1; n >= 0; n--) {
      const node = this.#plan.nodes[n] as PlanNode;
      (this.#children[n] as readonly number[]).forEach((child, k) => {
        const window = windowOf(node, k);
        const low = Math.max(0, Math.min((starts[n] as number) + window.first, highest));
        const high = Math.min(highest, Math.max((ends[n] as number) + window.last, 0));
        starts[child] = Math.min(starts[child] as number, low);
        ends[child] = Math.max(ends[child] as number, high);
      });
    }
    let size = 0;
    layouts.forEach((layout, n) => {
      layout.base = size;
      layout.first = starts[n] as number;
      layout.length = (ends[n] as number) - (starts[n] as number) + 1;
      size += layout.rows * layout.length;
    });
    if (this.#values.length < size) {
      this.#values = new Float64Array(size);
      this.#slopes = new Float64Array(size);
      this.#origins = new Int32Array(size);
    }
    this.#size = size;
    this.#first = first;
    this.#last = last;
  }

  /** Position of the row of an operand, at the first step of the reader. */
  #at(operand: Operand, row: number, layout: Layout): number {
    const map = operand.rows < 0 ? undefined : this.#plan.rowMaps[operand.rows];
    const inner = this.#layouts[operand.node] as Layout;
    const innerRow = map === undefined ? row : (map[row] as number);
    return inner.base + innerRow * inner.length + layout.first - inner.first;
  }

  #reserve(count: number): void {
    if (this.#items.length >= count) return;
    this.#items = new Float64Array(2 * count);
    this.#weights = new Float64Array(2 * count);
  }

  #extreme(count: number, sign: 1 | -1): number {
    const kind = sign < 0 ? this.#minimum : this.#maximum;
    const value = smoothExtreme(this.#items, this.#weights, count, sign, kind, this.#temperature);
    this.#tape.keep(this.#weights, count);
    return value;
  }

  #forwardNode(n: number, readings: Float64Array, clock: PanelTrace["clock"], method: SmoothMethod): void {
    const node = this.#plan.nodes[n] as PlanNode;
    const layout = this.#layouts[n] as Layout;
    const { base, length, rows } = layout;
    const values = this.#values;
    switch (node.kind) {
      case "constant":
        values.fill(node.value, base, base + length);
        return;
      case "truth":
        values.fill(node.value ? Infinity : -Infinity, base, base + length);
        return;
      case "signal":
        this.#readSignal(node, layout, readings);
        return;
      case "clock":
        this.#readClock(node, layout, clock);
        return;
      case "and":
      case "least":
      case "or":
      case "greatest":
        this.#forwardJoin(node, n, layout);
        return;
      case "allOver":
      case "leastOver":
      case "anyOver":
      case "greatestOver":
        this.#forwardExtremeOver(node.kind, node.over, layout);
        return;
      case "meanOver":
      case "sumOver":
        this.#forwardSumOver(node.over, node.kind === "meanOver", layout);
        return;
      case "atLeastOver":
        this.#forwardAtLeast(node.over, node.counts, layout);
        return;
      case "always":
      case "eventually":
      case "historically":
      case "once":
        for (let row = 0; row < rows; row++) this.#forwardWindow(node, layout, row);
        return;
      case "until":
      case "release":
      case "since":
      case "triggers":
        for (let row = 0; row < rows; row++) this.#forwardTimed(node, layout, row);
        return;
      case "sameDistance":
      case "otherDistance":
        if (method === "sound") {
          throw new RangeError(
            "iff and xor of the dialect rtamt are distances: no sound smooth value exists",
          );
        }
        break;
      default:
    }
    for (let row = 0; row < rows; row++) this.#forwardElements(node, layout, row);
  }

  #readSignal(node: Extract<PlanNode, { kind: "signal" }>, layout: Layout, readings: Float64Array): void {
    const { base, first, length, rows } = layout;
    const hold = node.holdSteps ?? Infinity;
    const sensors = this.#plan.scopes[node.scope]?.sensors ?? [];
    for (let row = 0; row < rows; row++) {
      const sensor = node.sensor >= 0 ? node.sensor : (sensors[row] as number);
      const start = (node.channel * this.#sensorCount + sensor) * this.#steps;
      for (let i = 0; i < length; i++) {
        let origin = start + first + i;
        if (Number.isNaN(readings[origin]) && hold > 0) {
          const oldest = Math.max(start, origin - hold);
          while (origin > oldest && Number.isNaN(readings[origin])) origin--;
        }
        const at = base + row * length + i;
        this.#values[at] = readings[origin] as number;
        this.#origins[at] = origin;
      }
    }
  }

  #readClock(node: Extract<PlanNode, { kind: "clock" }>, layout: Layout, clock: PanelTrace["clock"]): void {
    if (clock === undefined) {
      throw new TypeError("the rule reads the clock, and the trace has none: give its clock arrays");
    }
    const field = clock[node.field];
    for (let i = 0; i < layout.length; i++) {
      const reading = field[layout.first + i] as number;
      this.#values[layout.base + i] = reading >= node.lower && reading <= node.upper ? Infinity : -Infinity;
    }
  }

  #forwardElements(node: PlanNode, layout: Layout, row: number): void {
    const { base, length, first } = layout;
    const values = this.#values;
    const out = base + row * length;
    switch (node.kind) {
      case "add":
      case "subtract":
      case "above":
      case "multiply":
      case "divide":
      case "power":
      case "equal":
      case "differ":
      case "sameDistance":
      case "otherDistance": {
        const left = this.#at(node.left, row, layout);
        const right = this.#at(node.right, row, layout);
        for (let i = 0; i < length; i++) {
          values[out + i] = binaryValue(node.kind, values[left + i] as number, values[right + i] as number);
        }
        return;
      }
      case "negate":
      case "abs":
      case "sqrt":
      case "exp":
      case "ln": {
        const inner = this.#at(node.operand, row, layout);
        for (let i = 0; i < length; i++) values[out + i] = unaryValue(node.kind, values[inner + i] as number);
        return;
      }
      case "shift":
      case "step": {
        const inner = this.#layouts[node.operand.node] as Layout;
        const at = this.#at(node.operand, row, layout) + node.by;
        for (let i = 0; i < length; i++) {
          const step = first + i + node.by;
          const inside = step >= inner.first && step < inner.first + inner.length;
          values[out + i] = inside ? (values[at + i] as number) : NaN;
        }
        return;
      }
      case "rollingMean": {
        const inner = this.#layouts[node.operand.node] as Layout;
        const at = this.#at(node.operand, row, layout);
        for (let i = 0; i < length; i++) {
          let sum = 0;
          for (let back = node.steps - 1; back >= 0; back--) {
            sum += first + i - back >= inner.first ? (values[at + i - back] as number) : NaN;
          }
          values[out + i] = sum / node.steps;
        }
        return;
      }
      default:
    }
  }

  #forwardJoin(
    node: Extract<PlanNode, { kind: "and" | "or" | "least" | "greatest" }>,
    n: number,
    layout: Layout,
  ): void {
    const operands = this.#operands[n] as readonly Operand[];
    const count = operands.length;
    const numeric = node.kind === "least" || node.kind === "greatest";
    const sign = node.kind === "and" || node.kind === "least" ? -1 : 1;
    this.#reserve(count);
    const items = this.#items;
    for (let row = 0; row < layout.rows; row++) {
      for (let i = 0; i < layout.length; i++) {
        for (let k = 0; k < count; k++) {
          items[k] = this.#values[this.#at(operands[k] as Operand, row, layout) + i] as number;
        }
        this.#values[layout.base + row * layout.length + i] = numeric
          ? this.#exactExtreme(count, sign)
          : this.#extreme(count, sign);
      }
    }
  }

  /** Of numbers: min and max are meant as they are; a missing one leaves the result missing. */
  #exactExtreme(count: number, sign: 1 | -1): number {
    let value = smoothExtreme(this.#items, this.#weights, count, sign, "exact", 1);
    for (let k = 0; k < count; k++) if (Number.isNaN(this.#items[k])) value = NaN;
    this.#tape.keep(this.#weights, count);
    return value;
  }

  #forwardExtremeOver(
    kind: "allOver" | "anyOver" | "leastOver" | "greatestOver",
    over: Reduction,
    layout: Layout,
  ): void {
    const inner = this.#layouts[over.node] as Layout;
    const numeric = kind === "leastOver" || kind === "greatestOver";
    const sign = kind === "allOver" || kind === "leastOver" ? -1 : 1;
    const shift = layout.first - inner.first;
    for (let row = 0; row < layout.rows; row++) {
      const from = over.offsets[row] as number;
      const count = (over.offsets[row + 1] as number) - from;
      this.#reserve(count);
      for (let i = 0; i < layout.length; i++) {
        for (let k = 0; k < count; k++) {
          const at = inner.base + (over.rows[from + k] as number) * inner.length + shift + i;
          this.#items[k] = this.#values[at] as number;
        }
        this.#values[layout.base + row * layout.length + i] = numeric
          ? this.#exactExtreme(count, sign)
          : this.#extreme(count, sign);
      }
    }
  }

  #forwardSumOver(over: Reduction, mean: boolean, layout: Layout): void {
    const inner = this.#layouts[over.node] as Layout;
    const shift = layout.first - inner.first;
    for (let row = 0; row < layout.rows; row++) {
      const from = over.offsets[row] as number;
      const to = over.offsets[row + 1] as number;
      const out = layout.base + row * layout.length;
      for (let i = 0; i < layout.length; i++) {
        let sum = 0;
        for (let k = from; k < to; k++) {
          sum += this.#values[inner.base + (over.rows[k] as number) * inner.length + shift + i] as number;
        }
        this.#values[out + i] = mean ? sum / (to - from) : sum;
      }
    }
  }

  /** The k-th largest as it is, smooth methods included: it is 1-Lipschitz, and a lower bound of itself. */
  #forwardAtLeast(over: Reduction, counts: readonly number[], layout: Layout): void {
    const inner = this.#layouts[over.node] as Layout;
    const shift = layout.first - inner.first;
    for (let row = 0; row < layout.rows; row++) {
      const from = over.offsets[row] as number;
      const total = (over.offsets[row + 1] as number) - from;
      const count = counts[row] as number;
      this.#reserve(total + 1);
      for (let i = 0; i < layout.length; i++) {
        let present = 0;
        for (let k = 0; k < total; k++) {
          const at = inner.base + (over.rows[from + k] as number) * inner.length + shift + i;
          const value = this.#values[at] as number;
          if (value !== value) continue;
          // Insertion, largest first; weights carry the positions.
          let place = present++;
          for (; place > 0 && (this.#items[place - 1] as number) < value; place--) {
            this.#items[place] = this.#items[place - 1] as number;
            this.#weights[place] = this.#weights[place - 1] as number;
          }
          this.#items[place] = value;
          this.#weights[place] = at;
        }
        // Sensors without a reading are left out of the number that must hold, too.
        const rank = count <= 0 || count > total ? count : Math.ceil((count * present) / total);
        const held = rank > 0 && rank <= present;
        const outcome = rank <= 0 ? (count <= 0 ? Infinity : NaN) : -Infinity;
        this.#values[layout.base + row * layout.length + i] = held
          ? (this.#items[rank - 1] as number)
          : outcome;
        this.#tape.keepOne(held ? (this.#weights[rank - 1] as number) : -1);
      }
    }
  }

  #forwardWindow(
    node: Extract<PlanNode, { kind: "always" | "eventually" | "historically" | "once" }>,
    layout: Layout,
    row: number,
  ): void {
    const inner = this.#layouts[node.operand.node] as Layout;
    const window = windowOf(node, 0);
    const sign = node.kind === "always" || node.kind === "historically" ? -1 : 1;
    const map = node.operand.rows < 0 ? undefined : this.#plan.rowMaps[node.operand.rows];
    const source = inner.base + (map === undefined ? row : (map[row] as number)) * inner.length - inner.first;
    const end = inner.first + inner.length - 1;
    for (let i = 0; i < layout.length; i++) {
      const step = layout.first + i;
      const from = Math.max(inner.first, step + window.first);
      const to = Math.min(end, step + window.last);
      const count = Math.max(0, to - from + 1);
      this.#reserve(count);
      for (let k = 0; k < count; k++) this.#items[k] = this.#values[source + from + k] as number;
      this.#values[layout.base + row * layout.length + i] = this.#extreme(count, sign);
    }
  }

  #forwardTimed(
    node: Extract<PlanNode, { kind: "until" | "release" | "since" | "triggers" }>,
    layout: Layout,
    row: number,
  ): void {
    const left = this.#layouts[node.left.node] as Layout;
    const right = this.#layouts[node.right.node] as Layout;
    const past = node.kind === "since" || node.kind === "triggers";
    const inner = node.kind === "until" || node.kind === "since" ? -1 : 1;
    const p = this.#at(node.left, row, layout) - layout.first;
    const q = this.#at(node.right, row, layout) - layout.first;
    for (let i = 0; i < layout.length; i++) {
      const step = layout.first + i;
      const end = past ? step - right.first : right.first + right.length - 1 - step;
      const last = Math.min(node.upper ?? Infinity, end);
      this.#reserve(Math.max(0, last + 2));
      this.#values[layout.base + row * layout.length + i] = smoothUntil(
        this.#values,
        p,
        left.first,
        left.first + left.length - 1,
        q,
        step,
        past ? -1 : 1,
        node.lower,
        last,
        inner,
        inner < 0 ? this.#minimum : this.#maximum,
        inner < 0 ? this.#maximum : this.#minimum,
        this.#temperature,
        this.#items,
        this.#weights,
        this.#tape,
      );
    }
  }

  #backwardNode(n: number, gradient: Float64Array): void {
    const node = this.#plan.nodes[n] as PlanNode;
    const layout = this.#layouts[n] as Layout;
    const slopes = this.#slopes;
    const { base, first, length, rows } = layout;
    // The tape is read from its end, so rows and steps go backwards here.
    switch (node.kind) {
      case "signal":
        for (let at = base; at < base + rows * length; at++) {
          const slope = slopes[at] as number;
          const origin = this.#origins[at] as number;
          if (slope !== 0) gradient[origin] = (gradient[origin] as number) + slope;
        }
        return;
      case "and":
      case "or":
      case "least":
      case "greatest": {
        const operands = this.#operands[n] as readonly Operand[];
        for (let row = rows - 1; row >= 0; row--) {
          for (let i = length - 1; i >= 0; i--) {
            const weights = this.#tape.back(operands.length);
            const slope = slopes[base + row * length + i] as number;
            if (slope === 0) continue;
            for (let k = 0; k < operands.length; k++) {
              this.#add(
                this.#at(operands[k] as Operand, row, layout) + i,
                slope * this.#tape.at(weights + k),
              );
            }
          }
        }
        return;
      }
      case "allOver":
      case "anyOver":
      case "leastOver":
      case "greatestOver": {
        const { over } = node;
        const inner = this.#layouts[over.node] as Layout;
        for (let row = rows - 1; row >= 0; row--) {
          const from = over.offsets[row] as number;
          const count = (over.offsets[row + 1] as number) - from;
          for (let i = length - 1; i >= 0; i--) {
            const weights = this.#tape.back(count);
            const slope = slopes[base + row * length + i] as number;
            if (slope === 0) continue;
            for (let k = 0; k < count; k++) {
              const at =
                inner.base + (over.rows[from + k] as number) * inner.length + first - inner.first + i;
              this.#add(at, slope * this.#tape.at(weights + k));
            }
          }
        }
        return;
      }
      case "meanOver":
      case "sumOver": {
        const { over } = node;
        const inner = this.#layouts[over.node] as Layout;
        for (let row = 0; row < rows; row++) {
          const from = over.offsets[row] as number;
          const to = over.offsets[row + 1] as number;
          const share = node.kind === "meanOver" ? 1 / (to - from) : 1;
          for (let k = from; k < to; k++) {
            const at = inner.base + (over.rows[k] as number) * inner.length + first - inner.first;
            for (let i = 0; i < length; i++)
              this.#add(at + i, share * (slopes[base + row * length + i] as number));
          }
        }
        return;
      }
      case "atLeastOver":
        for (let at = base + rows * length - 1; at >= base; at--) {
          const origin = this.#tape.at(this.#tape.back(1));
          if (origin >= 0) this.#add(origin, slopes[at] as number);
        }
        return;
      case "always":
      case "eventually":
      case "historically":
      case "once":
        for (let row = rows - 1; row >= 0; row--) this.#backwardWindow(node, layout, row);
        return;
      case "until":
      case "release":
      case "since":
      case "triggers":
        for (let row = rows - 1; row >= 0; row--) this.#backwardTimed(node, layout, row);
        return;
      default:
        if (layout.active) for (let row = 0; row < rows; row++) this.#backwardElements(node, layout, row);
    }
  }

  #add(at: number, slope: number): void {
    this.#slopes[at] = (this.#slopes[at] as number) + slope;
  }

  #backwardElements(node: PlanNode, layout: Layout, row: number): void {
    const { base, first, length } = layout;
    const values = this.#values;
    const slopes = this.#slopes;
    const out = base + row * length;
    switch (node.kind) {
      case "add":
      case "subtract":
      case "above":
      case "multiply":
      case "divide":
      case "power":
      case "equal":
      case "differ":
      case "sameDistance":
      case "otherDistance": {
        const left = this.#at(node.left, row, layout);
        const right = this.#at(node.right, row, layout);
        const leftActive = (this.#layouts[node.left.node] as Layout).active;
        const rightActive = (this.#layouts[node.right.node] as Layout).active;
        for (let i = 0; i < length; i++) {
          const slope = slopes[out + i] as number;
          if (slope === 0) continue;
          const a = values[left + i] as number;
          const b = values[right + i] as number;
          if (leftActive) this.#add(left + i, slope * leftDerivative(node.kind, a, b));
          if (rightActive) this.#add(right + i, slope * rightDerivative(node.kind, a, b));
        }
        return;
      }
      case "negate":
      case "abs":
      case "sqrt":
      case "exp":
      case "ln": {
        const inner = this.#at(node.operand, row, layout);
        for (let i = 0; i < length; i++) {
          const slope = slopes[out + i] as number;
          if (slope === 0) continue;
          this.#add(inner + i, slope * unaryDerivative(node.kind, values[inner + i] as number));
        }
        return;
      }
      case "shift":
      case "step": {
        const at = this.#at(node.operand, row, layout) + node.by;
        // Steps outside were NaN and have no slope.
        for (let i = 0; i < length; i++) {
          const slope = slopes[out + i] as number;
          if (slope !== 0) this.#add(at + i, slope);
        }
        return;
      }
      case "rollingMean": {
        const inner = this.#layouts[node.operand.node] as Layout;
        const at = this.#at(node.operand, row, layout);
        for (let i = 0; i < length; i++) {
          const slope = (slopes[out + i] as number) / node.steps;
          if (slope === 0) continue;
          for (let back = node.steps - 1; back >= 0; back--) {
            if (first + i - back >= inner.first) this.#add(at + i - back, slope);
          }
        }
        return;
      }
      default:
    }
  }

  #backwardWindow(
    node: Extract<PlanNode, { kind: "always" | "eventually" | "historically" | "once" }>,
    layout: Layout,
    row: number,
  ): void {
    const inner = this.#layouts[node.operand.node] as Layout;
    const window = windowOf(node, 0);
    const map = node.operand.rows < 0 ? undefined : this.#plan.rowMaps[node.operand.rows];
    const source = inner.base + (map === undefined ? row : (map[row] as number)) * inner.length - inner.first;
    const end = inner.first + inner.length - 1;
    for (let i = layout.length - 1; i >= 0; i--) {
      const step = layout.first + i;
      const from = Math.max(inner.first, step + window.first);
      const count = Math.max(0, Math.min(end, step + window.last) - from + 1);
      const weights = this.#tape.back(count);
      const slope = this.#slopes[layout.base + row * layout.length + i] as number;
      if (slope === 0) continue;
      for (let k = 0; k < count; k++) this.#add(source + from + k, slope * this.#tape.at(weights + k));
    }
  }

  #backwardTimed(
    node: Extract<PlanNode, { kind: "until" | "release" | "since" | "triggers" }>,
    layout: Layout,
    row: number,
  ): void {
    const left = this.#layouts[node.left.node] as Layout;
    const right = this.#layouts[node.right.node] as Layout;
    const past = node.kind === "since" || node.kind === "triggers";
    const p = this.#at(node.left, row, layout) - layout.first;
    const q = this.#at(node.right, row, layout) - layout.first;
    for (let i = layout.length - 1; i >= 0; i--) {
      const step = layout.first + i;
      const end = past ? step - right.first : right.first + right.length - 1 - step;
      smoothUntilBack(
        this.#slopes,
        this.#slopes[layout.base + row * layout.length + i] as number,
        p,
        left.first,
        left.first + left.length - 1,
        q,
        step,
        past ? -1 : 1,
        node.lower,
        Math.min(node.upper ?? Infinity, end),
        this.#tape,
      );
    }
  }
}

type BinaryKind =
  | "add"
  | "subtract"
  | "above"
  | "multiply"
  | "divide"
  | "power"
  | "equal"
  | "differ"
  | "sameDistance"
  | "otherDistance";

const binaryValue = (kind: BinaryKind, a: number, b: number): number => {
  switch (kind) {
    case "add":
      return a + b;
    case "subtract":
    case "above":
      return a - b;
    case "multiply":
      return a * b;
    case "divide":
      return a / b;
    case "power":
      return a ** b;
    case "equal":
    case "sameDistance":
      return -Math.abs(a - b);
    case "differ":
    case "otherDistance":
      return Math.abs(a - b);
  }
};

const leftDerivative = (kind: BinaryKind, a: number, b: number): number => {
  switch (kind) {
    case "add":
    case "subtract":
    case "above":
      return 1;
    case "multiply":
      return b;
    case "divide":
      return 1 / b;
    case "power":
      return b * a ** (b - 1);
    case "equal":
    case "sameDistance":
      return -Math.sign(a - b);
    case "differ":
    case "otherDistance":
      return Math.sign(a - b);
  }
};

const rightDerivative = (kind: BinaryKind, a: number, b: number): number => {
  switch (kind) {
    case "add":
      return 1;
    case "multiply":
      return a;
    case "divide":
      return -a / (b * b);
    case "power":
      return a ** b * Math.log(a);
    case "subtract":
    case "above":
    case "equal":
    case "differ":
    case "sameDistance":
    case "otherDistance":
      return -leftDerivative(kind, a, b);
  }
};

type UnaryKind = "negate" | "abs" | "sqrt" | "exp" | "ln";

const unaryValue = (kind: UnaryKind, a: number): number => {
  switch (kind) {
    case "negate":
      return -a;
    case "abs":
      return Math.abs(a);
    case "sqrt":
      return Math.sqrt(a);
    case "exp":
      return Math.exp(a);
    case "ln":
      return Math.log(a);
  }
};

const unaryDerivative = (kind: UnaryKind, a: number): number => {
  switch (kind) {
    case "negate":
      return -1;
    case "abs":
      return Math.sign(a);
    case "sqrt":
      return 0.5 / Math.sqrt(a);
    case "exp":
      return Math.exp(a);
    case "ln":
      return 1 / a;
  }
};

import type { Formula } from "../compile/parseFormula.ts";
import { unrollFormula } from "../unroll/unrollFormula.ts";
import { NodeKind, type UnrolledRule } from "../unroll/UnrolledRule.ts";

export interface TraceTeacherOptions {
  /**
   * Robustness of the traces that are taught, above 0, in the unit of the formula's robustness. What reads fixed samples
   * alone has to hold and needs no margin.
   */
  readonly margin: number;
  /** The first samples of every signal, which were measured and may not move; 0 by default. */
  readonly fixedSamples?: number;
  /** What a unit of distance is worth, one number above 0 a signal; 1 by default. */
  readonly scale?: readonly number[];
}

export interface TraceTeacher {
  /** Samples of a signal. */
  readonly steps: number;
  /** Samples of a trace that may move, of all its signals. */
  readonly movable: number;
  readonly scale: readonly number[];
  /**
   * Writes into `nearest` the trace nearest to `trace` that keeps the formula by the margin, up to a millionth of it;
   * both [signal][step], signals in the order of the formula. Returns sum(((nearest - trace) / scale)^2), or NaN, with
   * the trace as it was, where no trace was found or one of its samples is not finite.
   */
  teach(trace: Float64Array, nearest: Float64Array): number;
}

/** The largest step of a finished sweep, as a share of the margin. */
const settledShare = 1e-7;
const mostSweeps = 20_000;
/** What is broken by less, as a share of the margin, is kept. */
const keptShare = 1e-6;
/** Branches of one search; beyond them the nearest trace found so far is taught. */
const mostBranches = 400;

/**
 * Makes a teacher for traces of `steps` samples: the formula is unrolled once for all of them.
 *
 * Branch and bound over disjuncts; rows that must hold together are met by dual coordinate ascent (Hildreth, "A quadratic
 * programming procedure", Naval Research Logistics Quarterly 4, 1957). That is close enough to learn from and twenty times as
 * fast as {@link project}, which is exact and judges what it returns: project what is to be used, teach with this.
 *
 * Throws a RangeError with every option that cannot be, and {@link NotAffineError} where a predicate is no minimum or
 * maximum of affine functions.
 *
 * @example
 * const teacher = createTraceTeacher(parseFormula("always[0, 3] x >= 1 and eventually[1, 3] x <= 5"), 4, { margin: 0.5 });
 * const nearest = new Float64Array(4);
 * teacher.teach(Float64Array.of(0, 6.1, 7.2, 0.5), nearest); // => 3.25
 * nearest; // => Float64Array [ 1.5, 6.1, 7.2, 1.5 ]
 */
export const createTraceTeacher = (
  formula: Formula,
  steps: number,
  options: TraceTeacherOptions,
): TraceTeacher => {
  const { fixedSamples = 0, margin, scale = formula.signals.map(() => 1) } = options;
  checkOptions(formula, steps, margin, fixedSamples, scale);
  const unrolled = unrollFormula(formula, steps);
  const size = formula.signals.length * steps;
  const rows = rowsOf(unrolled, steps, fixedSamples, margin, scale);
  const search = new TeacherSearch(unrolled, rows, size, margin);
  return {
    steps,
    movable: formula.signals.length * Math.max(0, steps - fixedSamples),
    scale,
    teach: (trace, nearest) => search.run(trace, nearest),
  };
};

const checkOptions = (
  formula: Formula,
  steps: number,
  margin: number,
  fixedSamples: number,
  scale: readonly number[],
): void => {
  const faults = [
    !(Number.isInteger(steps) && steps > 0) && `steps is ${steps}: give a whole number above 0`,
    !(margin > 0 && margin < Infinity) && `margin is ${margin}: give a number above 0`,
    !(Number.isInteger(fixedSamples) && fixedSamples >= 0) &&
      `fixedSamples is ${fixedSamples}: give a whole number of samples, 0 or more`,
    scale.length !== formula.signals.length &&
      `scale has ${scale.length} numbers: give one for each of ${formula.signals.join(", ")}`,
    !scale.every((each) => each > 0 && each < Infinity) &&
      `scale is ${scale.join(", ")}: give numbers above 0`,
  ].filter((fault) => fault !== false);
  if (faults.length > 0) throw new RangeError(faults.join("; "));
};

/** Row r holds where sum(coefficient * x[variable]) >= need. */
interface Rows {
  readonly offsets: Int32Array;
  readonly variable: Int32Array;
  readonly coefficient: Float64Array;
  /** How far a variable moves for a unit of the row's multiplier; 0 where it is fixed. */
  readonly move: Float64Array;
  readonly need: Float64Array;
  /** 1 where the row must be above its need; of rows that nothing can move. */
  readonly strict: Uint8Array;
  /** Squared length of the coefficients that can move, in units of the scale; 0 where nothing can. */
  readonly square: Float64Array;
}

const rowsOf = (
  unrolled: UnrolledRule,
  steps: number,
  fixedSamples: number,
  margin: number,
  scale: readonly number[],
): Rows => {
  const { channel, coefficient, constant, step, termOffsets } = unrolled;
  const isInside = (k: number): boolean => (step[k] as number) >= 0 && (step[k] as number) < steps;
  const variable = channel.map((signal, k) => (isInside(k) ? signal * steps + (step[k] as number) : 0));
  const move = coefficient.map((factor, k) =>
    (step[k] as number) < fixedSamples || !isInside(k)
      ? 0
      : factor * (scale[channel[k] as number] as number) ** 2,
  );
  const need = constant.map((value) => margin - value);
  const square = new Float64Array(need.length);
  for (let row = 0; row < need.length; row++) {
    for (let k = termOffsets[row] as number; k < (termOffsets[row + 1] as number); k++) {
      // What reads beyond the trace is unknown, and so never holds.
      if (!isInside(k)) need[row] = Infinity;
      square[row] = (square[row] as number) + (coefficient[k] as number) * (move[k] as number);
    }
    if (square[row] === 0) need[row] = (need[row] as number) - margin;
  }
  return {
    offsets: termOffsets,
    variable,
    coefficient,
    move,
    need,
    square,
    strict: unrolled.strict,
  };
};

/** Rows that must hold, and choices of which some child must. */
interface Demand {
  readonly rows: readonly number[];
  readonly choices: readonly number[];
}

class TeacherSearch {
  readonly #unrolled: UnrolledRule;
  readonly #rows: Rows;
  readonly #margin: number;
  readonly #demand: Demand;
  /** Of every node, the least distance in units of the scale to where it holds: exact for a leaf, else a lower bound. */
  readonly #gap: Float64Array;
  #trace: Float64Array = new Float64Array(0);
  #nearest: Float64Array = new Float64Array(0);
  #best = Infinity;
  #branches = 0;
  readonly #size: number;

  constructor(unrolled: UnrolledRule, rows: Rows, size: number, margin: number) {
    this.#unrolled = unrolled;
    this.#rows = rows;
    this.#size = size;
    this.#margin = margin;
    this.#gap = new Float64Array(unrolled.kind.length);
    this.#demand = this.#demanded(unrolled.kind.length - 1, { rows: [], choices: [] });
  }

  run(trace: Float64Array, nearest: Float64Array): number {
    this.#trace = trace;
    this.#nearest = nearest;
    this.#best = Infinity;
    this.#branches = 0;
    nearest.set(trace);
    this.#measure(trace);
    if (this.#gap.at(-1) === 0) return 0;
    if (!trace.every(Number.isFinite)) return NaN;
    this.#follow(trace.slice(), new Float64Array(this.#rows.need.length), this.#demand);
    return this.#best === Infinity ? NaN : this.#best;
  }

  #childrenOf(node: number): Int32Array {
    const { childOffsets, children } = this.#unrolled;
    return children.subarray(childOffsets[node], childOffsets[node + 1]);
  }

  /** `before` with a node: conjunctions are taken apart. */
  #demanded(added: number, before: Demand): Demand {
    const { argument, kind } = this.#unrolled;
    const rows = before.rows.slice();
    const choices = before.choices.slice();
    const add = (node: number): void => {
      const row = argument[node] as number;
      if (kind[node] === NodeKind.leaf) {
        if (!rows.includes(row)) rows.push(row);
      } else if (kind[node] === NodeKind.all) this.#childrenOf(node).forEach(add);
      else choices.push(node);
    };
    add(added);
    return { rows, choices };
  }

  #shortfall(row: number, x: Float64Array): number {
    const { coefficient, need, offsets, variable } = this.#rows;
    let missing = need[row] as number;
    for (let k = offsets[row] as number; k < (offsets[row + 1] as number); k++) {
      missing -= (coefficient[k] as number) * (x[variable[k] as number] as number);
    }
    return missing;
  }

  #isKept(row: number, missing: number): boolean {
    const { square, strict } = this.#rows;
    if (square[row] === 0) return strict[row] === 1 ? missing < 0 : missing <= 0;
    return missing <= keptShare * this.#margin;
  }

  #measure(x: Float64Array): void {
    const { argument, kind } = this.#unrolled;
    const gap = this.#gap;
    for (let node = 0; node < kind.length; node++) {
      switch (kind[node] as NodeKind) {
        case NodeKind.leaf: {
          const row = argument[node] as number;
          const missing = this.#shortfall(row, x);
          // What cannot move is infinitely far.
          const length = Math.sqrt(this.#rows.square[row] as number);
          gap[node] = this.#isKept(row, missing) ? 0 : length === 0 ? Infinity : missing / length;
          break;
        }
        case NodeKind.all: {
          let most = 0;
          for (const child of this.#childrenOf(node)) most = Math.max(most, gap[child] as number);
          gap[node] = most;
          break;
        }
        case NodeKind.any: {
          let least = Infinity;
          for (const child of this.#childrenOf(node)) least = Math.min(least, gap[child] as number);
          gap[node] = least;
          break;
        }
        case NodeKind.constantTrue:
          gap[node] = 0;
          break;
        // A formula has no clock and no sensors to count.
        case NodeKind.atLeast:
        case NodeKind.clock:
        case NodeKind.constantFalse:
          gap[node] = Infinity;
          break;
      }
    }
  }

  /** Moves `x` to the nearest point on which the rows hold; false where there is none. */
  #settle(x: Float64Array, multiplier: Float64Array, demand: readonly number[]): boolean {
    const { move, offsets, square, variable } = this.#rows;
    for (let sweep = 0; sweep < mostSweeps; sweep++) {
      let largest = 0;
      for (const row of demand) {
        const missing = this.#shortfall(row, x);
        const own = square[row] as number;
        if (own === 0) {
          if (!this.#isKept(row, missing)) return false;
          continue;
        }
        const step = Math.max(-(multiplier[row] as number), missing / own);
        if (step === 0) continue;
        multiplier[row] = (multiplier[row] as number) + step;
        for (let k = offsets[row] as number; k < (offsets[row + 1] as number); k++) {
          const at = variable[k] as number;
          x[at] = (x[at] as number) + step * (move[k] as number);
        }
        largest = Math.max(largest, Math.abs(step) * own);
      }
      if (largest <= settledShare * this.#margin) return true;
    }
    return false;
  }

  /** As x - trace is the sum of multiplier * move, its squared length is its product with the rows. */
  #distance(x: Float64Array, multiplier: Float64Array, demand: readonly number[]): number {
    const { coefficient, offsets, variable } = this.#rows;
    let sum = 0;
    for (const row of demand) {
      const own = multiplier[row] as number;
      if (own === 0) continue;
      for (let k = offsets[row] as number; k < (offsets[row + 1] as number); k++) {
        const at = variable[k] as number;
        sum += own * (coefficient[k] as number) * ((x[at] as number) - (this.#trace[at] as number));
      }
    }
    return sum;
  }

  #follow(x: Float64Array, multiplier: Float64Array, demand: Demand): void {
    if (!this.#settle(x, multiplier, demand.rows)) return;
    const distance = this.#distance(x, multiplier, demand.rows);
    if (distance >= this.#best) return;
    this.#measure(x);
    let worst = -1;
    let widest = 0;
    for (const choice of demand.choices) {
      const gap = this.#gap[choice] as number;
      if (gap > widest) [worst, widest] = [choice, gap];
    }
    if (worst < 0) {
      this.#best = distance;
      this.#nearest.set(x.subarray(0, this.#size));
      return;
    }
    if (widest === Infinity) return;
    const rest = { rows: demand.rows, choices: demand.choices.filter((choice) => choice !== worst) };
    const branches = Array.from(
      this.#childrenOf(worst),
      (child) => [this.#gap[child] as number, child] as const,
    );
    branches.sort((a, b) => a[0] - b[0]);
    for (const [gap, child] of branches) {
      // The nearest point of a convex set and any other of it, seen from outside, are at an obtuse angle.
      if (distance + gap * gap >= this.#best) break;
      if (this.#best < Infinity && this.#branches >= mostBranches) return;
      this.#branches++;
      this.#follow(x.slice(), multiplier.slice(), this.#demanded(child, rest));
    }
  }
}

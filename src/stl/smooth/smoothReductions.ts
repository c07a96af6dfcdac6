import type { Operand, PlanNode, Reduction } from "../plan/Plan.ts";
import type { Layout, SmoothWalk } from "./SmoothWalk.ts";

export const forwardJoin = (
  walk: SmoothWalk,
  node: Extract<PlanNode, { kind: "and" | "or" | "least" | "greatest" }>,
  layout: Layout,
): void => {
  const { operands } = node;
  const count = operands.length;
  const numeric = node.kind === "least" || node.kind === "greatest";
  const sign = node.kind === "and" || node.kind === "least" ? -1 : 1;
  walk.reserve(count);
  const items = walk.items;
  for (let row = 0; row < layout.rows; row++) {
    for (let i = 0; i < layout.length; i++) {
      for (let k = 0; k < count; k++) {
        items[k] = walk.values[walk.at(operands[k] as Operand, row, layout) + i] as number;
      }
      walk.values[layout.base + row * layout.length + i] = numeric
        ? walk.exactExtreme(count, sign)
        : walk.extreme(count, sign);
    }
  }
};

export const forwardExtremeOver = (
  walk: SmoothWalk,
  kind: "allOver" | "anyOver" | "leastOver" | "greatestOver",
  over: Reduction,
  layout: Layout,
): void => {
  const inner = walk.layouts[over.node] as Layout;
  const numeric = kind === "leastOver" || kind === "greatestOver";
  const sign = kind === "allOver" || kind === "leastOver" ? -1 : 1;
  const shift = layout.first - inner.first;
  for (let row = 0; row < layout.rows; row++) {
    const from = over.offsets[row] as number;
    const count = (over.offsets[row + 1] as number) - from;
    walk.reserve(count);
    for (let i = 0; i < layout.length; i++) {
      for (let k = 0; k < count; k++) {
        const at = inner.base + (over.rows[from + k] as number) * inner.length + shift + i;
        walk.items[k] = walk.values[at] as number;
      }
      walk.values[layout.base + row * layout.length + i] = numeric
        ? walk.exactExtreme(count, sign)
        : walk.extreme(count, sign);
    }
  }
};

export const forwardSumOver = (walk: SmoothWalk, over: Reduction, mean: boolean, layout: Layout): void => {
  const inner = walk.layouts[over.node] as Layout;
  const shift = layout.first - inner.first;
  for (let row = 0; row < layout.rows; row++) {
    const from = over.offsets[row] as number;
    const to = over.offsets[row + 1] as number;
    const out = layout.base + row * layout.length;
    for (let i = 0; i < layout.length; i++) {
      let sum = 0;
      for (let k = from; k < to; k++) {
        sum += walk.values[inner.base + (over.rows[k] as number) * inner.length + shift + i] as number;
      }
      walk.values[out + i] = mean ? sum / (to - from) : sum;
    }
  }
};

/** The k-th largest as it is, smooth methods included: it is 1-Lipschitz, and a lower bound of itself. */
export const forwardAtLeast = (
  walk: SmoothWalk,
  over: Reduction,
  counts: readonly number[],
  layout: Layout,
): void => {
  const inner = walk.layouts[over.node] as Layout;
  const shift = layout.first - inner.first;
  for (let row = 0; row < layout.rows; row++) {
    const from = over.offsets[row] as number;
    const total = (over.offsets[row + 1] as number) - from;
    const count = counts[row] as number;
    walk.reserve(total + 1);
    for (let i = 0; i < layout.length; i++) {
      let present = 0;
      for (let k = 0; k < total; k++) {
        const at = inner.base + (over.rows[from + k] as number) * inner.length + shift + i;
        const value = walk.values[at] as number;
        if (value !== value) continue;
        // Insertion, largest first; weights carry the positions.
        let place = present++;
        for (; place > 0 && (walk.items[place - 1] as number) < value; place--) {
          walk.items[place] = walk.items[place - 1] as number;
          walk.weights[place] = walk.weights[place - 1] as number;
        }
        walk.items[place] = value;
        walk.weights[place] = at;
      }
      // Sensors without a reading are left out of the number that must hold, too.
      const rank = count <= 0 || count > total ? count : Math.ceil((count * present) / total);
      const held = rank > 0 && rank <= present;
      const outcome = rank <= 0 ? (count <= 0 ? Infinity : NaN) : -Infinity;
      walk.values[layout.base + row * layout.length + i] = held ? (walk.items[rank - 1] as number) : outcome;
      walk.tape.keepOne(held ? (walk.weights[rank - 1] as number) : -1);
    }
  }
};

export const backwardJoin = (walk: SmoothWalk, operands: readonly Operand[], layout: Layout): void => {
  const { tape, slopes } = walk;
  const { base, length, rows } = layout;
  for (let row = rows - 1; row >= 0; row--) {
    for (let i = length - 1; i >= 0; i--) {
      const weights = tape.back(operands.length);
      const slope = slopes[base + row * length + i] as number;
      if (slope === 0) continue;
      for (let k = 0; k < operands.length; k++) {
        walk.add(walk.at(operands[k] as Operand, row, layout) + i, slope * tape.at(weights + k));
      }
    }
  }
};

export const backwardExtremeOver = (walk: SmoothWalk, over: Reduction, layout: Layout): void => {
  const { tape, slopes } = walk;
  const { base, first, length, rows } = layout;
  const inner = walk.layouts[over.node] as Layout;
  const start = inner.base + first - inner.first;
  for (let row = rows - 1; row >= 0; row--) {
    const from = over.offsets[row] as number;
    const count = (over.offsets[row + 1] as number) - from;
    for (let i = length - 1; i >= 0; i--) {
      const weights = tape.back(count);
      const slope = slopes[base + row * length + i] as number;
      if (slope === 0) continue;
      for (let k = 0; k < count; k++) {
        walk.add(start + (over.rows[from + k] as number) * inner.length + i, slope * tape.at(weights + k));
      }
    }
  }
};

export const backwardSumOver = (walk: SmoothWalk, over: Reduction, mean: boolean, layout: Layout): void => {
  const { base, first, length, rows } = layout;
  const inner = walk.layouts[over.node] as Layout;
  for (let row = 0; row < rows; row++) {
    const from = over.offsets[row] as number;
    const to = over.offsets[row + 1] as number;
    const share = mean ? 1 / (to - from) : 1;
    for (let k = from; k < to; k++) {
      const at = inner.base + (over.rows[k] as number) * inner.length + first - inner.first;
      for (let i = 0; i < length; i++) {
        walk.add(at + i, share * (walk.slopes[base + row * length + i] as number));
      }
    }
  }
};

export const backwardAtLeast = (walk: SmoothWalk, layout: Layout): void => {
  for (let at = layout.base + layout.rows * layout.length - 1; at >= layout.base; at--) {
    const origin = walk.tape.at(walk.tape.back(1));
    if (origin >= 0) walk.add(origin, walk.slopes[at] as number);
  }
};

import { fusedUntilBack, fusedUntilForward, type UntilRow } from "./fusedUntil.ts";
import type { PlanNode } from "../plan/Plan.ts";
import { windowOf } from "../plan/reachOf.ts";
import { slideBack, slideForward } from "./slidingSoftExtreme.ts";
import { softmaxUntil, softmaxUntilBack } from "./softmaxUntil.ts";
import { smoothUntil, smoothUntilBack } from "./smoothUntil.ts";
import type { Layout, SmoothWalk } from "./SmoothWalk.ts";

export const forwardWindow = (
  walk: SmoothWalk,
  node: Extract<PlanNode, { kind: "always" | "eventually" | "historically" | "once" }>,
  layout: Layout,
  row: number,
): void => {
  const inner = walk.layouts[node.operand.node] as Layout;
  const window = windowOf(node, 0);
  const sign = node.kind === "always" || node.kind === "historically" ? -1 : 1;
  const map = node.operand.rows < 0 ? undefined : walk.plan.rowMaps[node.operand.rows];
  const source = inner.base + (map === undefined ? row : (map[row] as number)) * inner.length - inner.first;
  const end = inner.first + inner.length - 1;
  const kind = sign < 0 ? walk.minimum : walk.maximum;
  if (kind !== "exact" && layout.length > 1) {
    const shift = layout.first - inner.first;
    const fused = slideForward(
      walk.values,
      layout.base + row * layout.length,
      layout.length,
      source + inner.first,
      inner.length,
      shift + window.first,
      shift + window.last,
      sign,
      kind === "softmax",
      walk.temperature,
      walk.tape,
    );
    if (fused) {
      walk.tape.keepOne(1);
      return;
    }
  }
  for (let i = 0; i < layout.length; i++) {
    const step = layout.first + i;
    const from = Math.max(inner.first, step + window.first);
    const to = Math.min(end, step + window.last);
    const count = Math.max(0, to - from + 1);
    const value = walk.extremeOf(walk.values, source + from, count, sign);
    walk.values[layout.base + row * layout.length + i] = value;
  }
  walk.tape.keepOne(0);
};

export const forwardTimed = (
  walk: SmoothWalk,
  node: Extract<PlanNode, { kind: "until" | "release" | "since" | "triggers" }>,
  layout: Layout,
  row: number,
): void => {
  const left = walk.layouts[node.left.node] as Layout;
  const right = walk.layouts[node.right.node] as Layout;
  const past = node.kind === "since" || node.kind === "triggers";
  const inner = node.kind === "until" || node.kind === "since" ? -1 : 1;
  const p = walk.at(node.left, row, layout) - layout.first;
  const q = walk.at(node.right, row, layout) - layout.first;
  const [within, outside] = inner < 0 ? [walk.minimum, walk.maximum] : [walk.maximum, walk.minimum];
  if (within === "logsumexp" && outside !== "exact") {
    const shape = untilRow(walk, node, layout, row);
    if (fusedUntilForward(walk.values, shape, outside === "softmax", walk.temperature, walk.tape)) {
      walk.tape.keepOne(1);
      return;
    }
  }
  for (let i = 0; i < layout.length; i++) {
    const step = layout.first + i;
    const end = past ? step - right.first : right.first + right.length - 1 - step;
    const last = Math.min(node.upper ?? Infinity, end);
    walk.reserve(Math.max(0, last + 2));
    const pLast = left.first + left.length - 1;
    const direction = past ? -1 : 1;
    const out = layout.base + row * layout.length;
    const { items, tape, temperature, values, weights } = walk;
    values[out + i] =
      within === "softmax"
        ? softmaxUntil(
            values, p, left.first, pLast, q, step, direction, node.lower, last, inner, outside, temperature,
            items, weights, tape,
          )
        : smoothUntil(
            values, p, left.first, pLast, q, step, direction, node.lower, last, inner, within, outside, temperature,
            items, weights, tape,
          ); // prettier-ignore
  }
  walk.tape.keepOne(0);
};

/** The row as a fused until takes it: both operands counted from a common first step. */
const untilRow = (
  walk: SmoothWalk,
  node: Extract<PlanNode, { kind: "until" | "release" | "since" | "triggers" }>,
  layout: Layout,
  row: number,
): UntilRow => {
  const left = walk.layouts[node.left.node] as Layout;
  const right = walk.layouts[node.right.node] as Layout;
  const from = Math.min(left.first, right.first);
  const to = Math.max(left.first + left.length, right.first + right.length);
  return {
    left: walk.at(node.left, row, layout) - layout.first + from,
    leftFrom: left.first - from,
    leftTo: left.first - from + left.length,
    right: walk.at(node.right, row, layout) - layout.first + from,
    rightFrom: right.first - from,
    rightTo: right.first - from + right.length,
    length: to - from,
    out: layout.base + row * layout.length,
    first: layout.first - from,
    count: layout.length,
    direction: node.kind === "since" || node.kind === "triggers" ? -1 : 1,
    lower: node.lower,
    upper: node.upper ?? Infinity,
    inner: node.kind === "until" || node.kind === "since" ? -1 : 1,
  };
};

export const backwardWindow = (
  walk: SmoothWalk,
  node: Extract<PlanNode, { kind: "always" | "eventually" | "historically" | "once" }>,
  layout: Layout,
  row: number,
): void => {
  const inner = walk.layouts[node.operand.node] as Layout;
  const window = windowOf(node, 0);
  const map = node.operand.rows < 0 ? undefined : walk.plan.rowMaps[node.operand.rows];
  const source = inner.base + (map === undefined ? row : (map[row] as number)) * inner.length - inner.first;
  const end = inner.first + inner.length - 1;
  if (walk.tape.at(walk.tape.back(1)) === 1) {
    const sign = node.kind === "always" || node.kind === "historically" ? -1 : 1;
    const shift = layout.first - inner.first;
    slideBack(
      walk.values,
      walk.slopes,
      layout.base + row * layout.length,
      layout.length,
      source + inner.first,
      inner.length,
      shift + window.first,
      shift + window.last,
      sign,
      (sign < 0 ? walk.minimum : walk.maximum) === "softmax",
      walk.temperature,
      walk.tape,
    );
    return;
  }
  for (let i = layout.length - 1; i >= 0; i--) {
    const step = layout.first + i;
    const from = Math.max(inner.first, step + window.first);
    const count = Math.max(0, Math.min(end, step + window.last) - from + 1);
    const weights = walk.tape.back(count);
    const slope = walk.slopes[layout.base + row * layout.length + i] as number;
    if (slope === 0) continue;
    for (let k = 0; k < count; k++) walk.add(source + from + k, slope * walk.tape.at(weights + k));
  }
};

export const backwardTimed = (
  walk: SmoothWalk,
  node: Extract<PlanNode, { kind: "until" | "release" | "since" | "triggers" }>,
  layout: Layout,
  row: number,
): void => {
  const left = walk.layouts[node.left.node] as Layout;
  const right = walk.layouts[node.right.node] as Layout;
  const past = node.kind === "since" || node.kind === "triggers";
  const p = walk.at(node.left, row, layout) - layout.first;
  const q = walk.at(node.right, row, layout) - layout.first;
  if (walk.tape.at(walk.tape.back(1)) === 1) {
    fusedUntilBack(walk.slopes, untilRow(walk, node, layout, row), walk.tape);
    return;
  }
  const inner = node.kind === "until" || node.kind === "since" ? -1 : 1;
  const within = inner < 0 ? walk.minimum : walk.maximum;
  const { slopes, tape, temperature, values } = walk;
  for (let i = layout.length - 1; i >= 0; i--) {
    const step = layout.first + i;
    const end = past ? step - right.first : right.first + right.length - 1 - step;
    const slope = slopes[layout.base + row * layout.length + i] as number;
    const pLast = left.first + left.length - 1;
    const direction = past ? -1 : 1;
    const last = Math.min(node.upper ?? Infinity, end);
    if (within === "softmax") {
      softmaxUntilBack(
        values, slopes, slope, p, left.first, pLast, q, step, direction, node.lower, last, inner, temperature, tape,
      ); // prettier-ignore
    } else smoothUntilBack(slopes, slope, p, left.first, pLast, q, step, direction, node.lower, last, tape);
  }
};

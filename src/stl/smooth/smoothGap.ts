import { childrenOf, reductionOf } from "../plan/operandsOf.ts";
import { normalForm } from "../plan/normalForm.ts";
import type { Plan, PlanNode } from "../plan/Plan.ts";
import type { ExtremeKind } from "./smoothExtremes.ts";
import type { SmoothOptions } from "./SmoothPlan.ts";

/** Smooth values lie in [exact - below, exact + above], in the unit of the robustness. */
export interface SmoothGap {
  readonly below: number;
  readonly above: number;
}

/** The root w >= 0 of w exp(w) = x, for x >= 0 (Lambert's function). */
const lambert = (x: number): number => {
  let w = Math.log1p(x);
  for (let k = 0; k < 50; k++) {
    const power = Math.exp(w);
    const step = (w * power - x) / (power * (w + 1));
    w -= step;
    if (Math.abs(step) <= 1e-15 * (1 + w)) break;
  }
  return w;
};

/**
 * How far the smooth extreme of `count` values can be from the exact one, times the temperature. For logsumexp all
 * values are equal then: log n. For softmax all but one are: the mean of one value m and n - 1 values m - d / T,
 * weighted by 1 and exp(-d), is farthest from m at d = 1 + w where w exp(w) = (n - 1) / e, and then by w / T.
 */
const reachOfExtreme = (kind: ExtremeKind, count: number): number => {
  if (kind === "exact" || count <= 1) return 0;
  return kind === "logsumexp" ? Math.log(count) : lambert((count - 1) / Math.E);
};

const extremeKinds = (
  method: SmoothOptions["method"],
): { readonly minimum: ExtremeKind; readonly maximum: ExtremeKind } =>
  method === "sound" ? { minimum: "logsumexp", maximum: "softmax" } : { minimum: method, maximum: method };

/** The largest number of rows that one row is reduced from. */
const widestReduction = (node: PlanNode): number => {
  const { offsets } = reductionOf(node) ?? { offsets: [0] };
  return offsets.slice(1).reduce((widest, end, row) => Math.max(widest, end - (offsets[row] as number)), 0);
};

/**
 * The worst distance of the smooth robustness of a plan from the exact one on a trace of `steps` samples without
 * gaps, whatever the readings. With `sound`, `above` is 0: a smooth value above zero means an exact one above zero.
 *
 * Extremes add their own distance to that of their operands; sums and readings have none. A plan of the dialect
 * `rtamt` with `iff` or `xor` adds those of both sides.
 *
 * @example
 * const { plan } = parseFormula("always[0, 9] x > 0");
 * const { above, below } = smoothGap(plan, { method: "sound", temperature: 10 }, 100);
 * [above, below.toFixed(4)]; // => [0, "0.2303"]
 */
export const smoothGap = (plan: Plan, options: SmoothOptions, steps: number): SmoothGap => {
  const { method, temperature } = options;
  const { maximum, minimum } = extremeKinds(method);
  const normal = normalForm(plan);
  const gaps: SmoothGap[] = [];
  const over = (children: readonly number[]): SmoothGap => ({
    below: children.reduce((most, child) => Math.max(most, gaps[child]?.below ?? 0), 0),
    above: children.reduce((most, child) => Math.max(most, gaps[child]?.above ?? 0), 0),
  });
  /** Smooth minima and logsumexp maxima are on one side: the logsumexp minimum and the softmax maximum below. */
  const widened = (inner: SmoothGap, kind: ExtremeKind, sign: 1 | -1, times: number): SmoothGap => {
    const low = (kind === "logsumexp") === sign < 0;
    const by = times / temperature;
    return low ? { ...inner, below: inner.below + by } : { ...inner, above: inner.above + by };
  };
  const extreme = (inner: SmoothGap, sign: 1 | -1, count: number): SmoothGap => {
    const kind = sign < 0 ? minimum : maximum;
    return widened(inner, kind, sign, reachOfExtreme(kind, count));
  };
  const width = (lower: number, upper: number | null): number =>
    Math.max(0, Math.min(upper ?? Infinity, steps - 1) - lower + 1);
  normal.nodes.forEach((node, n) => {
    const inner = over(childrenOf(node));
    switch (node.kind) {
      case "and":
      case "or":
        gaps[n] = extreme(inner, node.kind === "and" ? -1 : 1, node.operands.length);
        return;
      case "allOver":
      case "anyOver":
        gaps[n] = extreme(inner, node.kind === "allOver" ? -1 : 1, widestReduction(node));
        return;
      case "always":
      case "historically":
        gaps[n] = extreme(inner, -1, width(node.lower, node.upper));
        return;
      case "eventually":
      case "once":
        gaps[n] = extreme(inner, 1, width(node.lower, node.upper));
        return;
      case "until":
      case "since":
      case "release":
      case "triggers": {
        const strong = node.kind === "until" || node.kind === "since";
        const [sign, kind] = strong ? ([-1, minimum] as const) : ([1, maximum] as const);
        const last = Math.min(node.upper ?? Infinity, steps - 1);
        const reach = reachOfExtreme(kind, last + 1);
        gaps[n] = extreme(widened(inner, kind, sign, reach), strong ? 1 : -1, width(node.lower, node.upper));
        return;
      }
      case "sameDistance":
      case "otherDistance": {
        const sides = [node.left.node, node.right.node].map((side) => over([side]));
        const by = sides.reduce((sum, { above, below }) => sum + Math.max(above, below), 0);
        gaps[n] = { below: by, above: by };
        return;
      }
      default:
        gaps[n] = inner;
    }
  });
  return gaps.at(-1) ?? { below: 0, above: 0 };
};

import type { Operand, Plan, PlanNode } from "../../src/stl/plan/Plan.ts";
import type { PanelTrace } from "../../src/stl/compile/Site.ts";

type Bounds = readonly [lower: number, upper: number];

const unknown: Bounds = [-Infinity, Infinity];

/**
 * Bounds of a plan's robustness at one step by the definitions: windows are listed, until is searched, an
 * unbounded window goes far enough past the trace to see nothing new.
 */
export const referenceBounds = (
  plan: Plan,
  trace: PanelTrace,
  sensorCount: number,
  origin: number,
): Bounds => {
  const far = trace.steps + 60;
  const memo = new Map<string, Bounds>();
  const at = (n: number, row: number, step: number): Bounds => {
    const key = `${n} ${row} ${step}`;
    let bounds = memo.get(key);
    if (bounds === undefined) {
      bounds = compute(plan.nodes[n] as PlanNode, row, step);
      memo.set(key, bounds);
    }
    return bounds;
  };
  const read = (operand: Operand, row: number, step: number): Bounds =>
    at(operand.node, operand.rows < 0 ? row : (plan.rowMaps[operand.rows]?.[row] as number), step);
  const least = (list: readonly Bounds[]): Bounds => [
    Math.min(...list.map((b) => b[0])),
    Math.min(...list.map((b) => b[1])),
  ];
  const greatest = (list: readonly Bounds[]): Bounds => [
    Math.max(...list.map((b) => b[0])),
    Math.max(...list.map((b) => b[1])),
  ];
  const not = ([a, b]: Bounds): Bounds => [-b, -a];
  const plus = (a: Bounds, b: Bounds): Bounds => [a[0] + b[0], a[1] + b[1]];
  const times = (a: Bounds, b: Bounds): Bounds => {
    const all = [a[0] * b[0], a[0] * b[1], a[1] * b[0], a[1] * b[1]].map((v) => (Number.isNaN(v) ? 0 : v));
    return [Math.min(...all), Math.max(...all)];
  };
  const absolute = ([a, b]: Bounds): Bounds => (a >= 0 ? [a, b] : b <= 0 ? [-b, -a] : [0, Math.max(-a, b)]);
  const range = (first: number, last: number): number[] =>
    Array.from({ length: Math.max(0, last - first + 1) }, (_, i) => first + i);

  const compute = (node: PlanNode, row: number, step: number): Bounds => {
    switch (node.kind) {
      case "constant":
        return [node.value, node.value];
      case "truth":
        return node.value ? [Infinity, Infinity] : [-Infinity, -Infinity];
      case "signal": {
        const sensor = node.sensor >= 0 ? node.sensor : (plan.scopes[node.scope]?.sensors[row] as number);
        const missing: Bounds = [node.lower ?? -Infinity, node.upper ?? Infinity];
        if (step < 0 || step >= trace.steps) return missing;
        const start = (node.channel * sensorCount + sensor) * trace.steps;
        for (let back = 0; back <= (node.holdSteps ?? Infinity) && step - back >= 0; back++) {
          const value = trace.values[start + step - back] as number;
          if (!Number.isNaN(value)) return [value, value];
        }
        return missing;
      }
      case "clock": {
        if (step < 0 || step >= trace.steps) return unknown;
        const reading = trace.clock?.[node.field][step] as number;
        return reading >= node.lower && reading <= node.upper ? [Infinity, Infinity] : [-Infinity, -Infinity];
      }
      case "add":
        return plus(read(node.left, row, step), read(node.right, row, step));
      case "subtract":
      case "above":
        return plus(read(node.left, row, step), not(read(node.right, row, step)));
      case "equal":
        return not(absolute(plus(read(node.left, row, step), not(read(node.right, row, step)))));
      case "differ":
        return absolute(plus(read(node.left, row, step), not(read(node.right, row, step))));
      case "multiply":
        return times(read(node.left, row, step), read(node.right, row, step));
      case "negate":
      case "not":
        return not(read(node.operand, row, step));
      case "abs":
        return absolute(read(node.operand, row, step));
      case "shift":
      case "step":
        return read(node.operand, row, step + node.by);
      case "rollingMean": {
        const parts = range(step - node.steps + 1, step).map((t) => read(node.operand, row, t));
        return times(parts.reduce(plus), [1 / node.steps, 1 / node.steps]);
      }
      case "and":
      case "least":
        return least(node.operands.map((operand) => read(operand, row, step)));
      case "or":
      case "greatest":
        return greatest(node.operands.map((operand) => read(operand, row, step)));
      case "always":
      case "eventually": {
        const times = range(
          step + node.lower,
          node.upper === null ? Math.max(far, step + node.lower) : step + node.upper,
        );
        const parts = times.map((t) => read(node.operand, row, t));
        return node.kind === "always" ? least(parts) : greatest(parts);
      }
      case "historically":
      case "once": {
        const times = range(
          node.upper === null ? Math.min(-60, step - node.lower) : step - node.upper,
          step - node.lower,
        );
        const parts = times.map((t) => read(node.operand, row, t));
        return node.kind === "historically" ? least(parts) : greatest(parts);
      }
      case "until":
      case "release":
      case "since":
      case "triggers": {
        const past = node.kind === "since" || node.kind === "triggers";
        const strong = node.kind === "until" || node.kind === "since";
        const [inner, outer] = strong ? [least, greatest] : [greatest, least];
        const end = Math.max(node.lower, past ? step + 60 : far - step);
        const terms = range(node.lower, node.upper ?? end).map((k) => {
          const witness = past ? step - k : step + k;
          const between = past ? range(witness + 1, step) : range(step, witness - 1);
          return inner([read(node.right, row, witness), ...between.map((t) => read(node.left, row, t))]);
        });
        return outer(terms);
      }
      case "allOver":
      case "anyOver":
      case "leastOver":
      case "greatestOver":
      case "sumOver":
      case "meanOver":
      case "atLeastOver": {
        const { over } = node;
        const parts = over.rows
          .slice(over.offsets[row], over.offsets[row + 1])
          .map((inner) => at(over.node, inner, step));
        if (node.kind === "allOver" || node.kind === "leastOver") return least(parts);
        if (node.kind === "anyOver" || node.kind === "greatestOver") return greatest(parts);
        if (node.kind === "atLeastOver") {
          const count = node.counts[row] as number;
          if (count <= 0) return [Infinity, Infinity];
          if (count > parts.length) return [-Infinity, -Infinity];
          const ranked = (side: 0 | 1): number =>
            parts.map((b) => b[side]).sort((a, b) => b - a)[count - 1] as number;
          return [ranked(0), ranked(1)];
        }
        const sum = parts.reduce(plus, [0, 0]);
        return node.kind === "sumOver" ? sum : [sum[0] / parts.length, sum[1] / parts.length];
      }
      default:
        throw new Error(`the reference knows no ${node.kind}`);
    }
  };
  return at(plan.nodes.length - 1, 0, origin);
};

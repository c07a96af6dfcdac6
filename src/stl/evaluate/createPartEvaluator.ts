import type { BoundRule } from "../compile/BoundRule.ts";
import type { PanelTrace } from "../compile/Site.ts";
import type { Plan, PlanNode } from "../plan/Plan.ts";
import type { RobustnessBounds } from "./boundsOverTrace.ts";
import { PlanEvaluator } from "./PlanEvaluator.ts";

/** Bounds of the robustness of a rule and of its parts, from one step. */
export interface PartBounds {
  readonly whole: { readonly lower: number; readonly upper: number };
  /** One a step of the window, from {@link PartEvaluator.firstStep} on. */
  readonly bySteps: RobustnessBounds;
  /** One a sensor of {@link PartEvaluator.sensors}. */
  readonly bySensors: RobustnessBounds;
}

/** Judges a rule, and each part of it by itself, on many traces of one length, reusing its memory. */
export interface PartEvaluator {
  /** First step of the window of the `always` that the rule begins with, from the step that it is judged at. */
  readonly firstStep: number;
  /** Steps of that window; 0 where the rule does not begin with an `always` of bounded length. */
  readonly windowSteps: number;
  /** Sensors of the outermost `forall` that the rule begins with, ascending; empty where there is none. */
  readonly sensors: readonly number[];
  /** The same object is returned by every call: read it before the next. */
  at(values: Float64Array, clock: PanelTrace["clock"], step: number): PartBounds;
}

/** A row of the node that the parts are read from, and where its sensor stands among those of the rule, or -1. */
interface PartRow {
  readonly row: number;
  readonly place: number;
}

/**
 * Takes a rule apart at the `forall`s and `always` that it begins with, in whatever order: it holds where every part
 * holds, so its robustness is the least of those of its parts. A rule that begins with neither has none.
 *
 * @param steps of a trace
 */
export const createPartEvaluator = (rule: BoundRule, steps: number): PartEvaluator => {
  const { plan, sensorCount } = rule;
  const { firstStep, node, rows, sensors, windowSteps } = partsOf(plan);
  const evaluator = new PlanEvaluator({ plan, sensorCount, steps, before: "unknown", after: "unknown" });
  const empty = (length: number) => ({ lower: new Float64Array(length), upper: new Float64Array(length) });
  const bounds = {
    whole: { lower: 0, upper: 0 },
    bySteps: empty(windowSteps),
    bySensors: empty(sensors.length),
  };
  const { bySensors, bySteps, whole } = bounds;
  return {
    firstStep,
    windowSteps,
    sensors,
    at: (values, clock, step) => {
      const root = evaluator.evaluate(values, clock, step, step);
      whole.lower = root.lower[root.lowerOffset]!;
      whole.upper = root.upper[root.upperOffset]!;
      if (windowSteps === 0 && sensors.length === 0) return bounds;
      for (const { lower, upper } of [bySteps, bySensors]) {
        lower.fill(Infinity);
        upper.fill(Infinity);
      }
      const offsets = Math.max(1, windowSteps);
      for (const { place, row } of rows) {
        for (let offset = 0; offset < offsets; offset++) {
          const at = step + firstStep + offset;
          const low = evaluator.bound(node, row, at, false);
          const high = evaluator.bound(node, row, at, true);
          if (windowSteps > 0) takeLeast(bySteps, offset, low, high);
          if (place >= 0) takeLeast(bySensors, place, low, high);
        }
      }
      return bounds;
    },
  };
};

const takeLeast = ({ lower, upper }: RobustnessBounds, at: number, low: number, high: number): void => {
  if (low < lower[at]!) lower[at] = low;
  if (high < upper[at]!) upper[at] = high;
};

/** Goes down from the root as long as what is there asks all of its operands. */
const partsOf = (plan: Plan) => {
  let node = plan.nodes.length - 1;
  let found: { readonly row: number; readonly sensor: number }[] = [{ row: 0, sensor: -1 }];
  let firstStep = 0;
  let windowSteps = 0;
  for (;;) {
    const { over, operand, window } = universal(plan.nodes[node]!);
    if (over !== undefined) {
      const { arity, sensors } = plan.scopes[plan.nodes[over.node]!.scope]!;
      found = found.flatMap(({ row, sensor }) =>
        over.rows.slice(over.offsets[row], over.offsets[row + 1]).map((inner) => ({
          row: inner,
          sensor: sensor >= 0 || arity === 0 ? sensor : sensors[inner * arity]!,
        })),
      );
      node = over.node;
    } else if (operand !== undefined) {
      const map = plan.rowMaps[operand.rows];
      found = found.map(({ row, sensor }) => ({ row: map === undefined ? row : map[row]!, sensor }));
      firstStep += window.lower;
      windowSteps = Math.max(1, windowSteps) + window.upper - window.lower;
      node = operand.node;
    } else break;
  }
  const sensors = [...new Set(found.map(({ sensor }) => sensor))].filter((sensor) => sensor >= 0);
  sensors.sort((a, b) => a - b);
  const rows = found.map(({ row, sensor }): PartRow => ({ row, place: sensors.indexOf(sensor) }));
  return { node, rows, sensors, firstStep, windowSteps };
};

const universal = (node: PlanNode) => {
  const window = { lower: 0, upper: 0 };
  if (node.kind === "allOver") return { over: node.over, window };
  return node.kind === "always" && node.upper !== null
    ? { operand: node.operand, window: { lower: node.lower, upper: node.upper } }
    : { window };
};

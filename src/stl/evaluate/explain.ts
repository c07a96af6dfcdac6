import type { BoundRule } from "../compile/BoundRule.ts";
import { describeNode, type PlanNames } from "../plan/describeNode.ts";
import { checkTraceShape } from "./panelRobustness.ts";
import type { Formula } from "../compile/parseFormula.ts";
import type { Operand, Plan, PlanNode } from "../plan/Plan.ts";
import { PlanEvaluator } from "./PlanEvaluator.ts";
import { windowOf } from "../plan/reachOf.ts";
import type { PanelTrace, Site } from "../compile/Site.ts";
import { type Trace, traceValues } from "./Trace.ts";

/** One sub-formula on the way to what decides, with its own step and bounds. */
export interface Responsible {
  readonly text: string;
  readonly step: number;
  readonly lower: number;
  readonly upper: number;
  /** Where it stands in the plan: node, and row of the node. */
  readonly node: number;
  readonly row: number;
}

/** A reading that the deciding predicate looks at; NaN where missing. */
export interface DecidingReading {
  readonly channel: string;
  readonly sensor: string;
  readonly step: number;
  readonly value: number;
}

/** Why a formula has the robustness it has at one step. */
export interface Explanation {
  readonly step: number;
  readonly verdict: "true" | "false" | "unknown";
  readonly lower: number;
  readonly upper: number;
  /** From the whole formula down to the predicate that decides. */
  readonly path: readonly Responsible[];
  readonly readings: readonly DecidingReading[];
}

class Explainer {
  readonly #plan: Plan;
  readonly #names: PlanNames;
  readonly #evaluator: PlanEvaluator;
  readonly #trace: PanelTrace;
  readonly path: Responsible[] = [];
  readonly readings: DecidingReading[] = [];

  constructor(plan: Plan, names: PlanNames, evaluator: PlanEvaluator, trace: PanelTrace) {
    this.#plan = plan;
    this.#names = names;
    this.#evaluator = evaluator;
    this.#trace = trace;
  }

  #value(n: number, row: number, step: number, upper: boolean): number {
    return this.#evaluator.bound(n, row, step, upper);
  }

  #rowOf(operand: Operand, row: number): number {
    return operand.rows < 0 ? row : (this.#plan.rowMaps[operand.rows]?.[row] as number);
  }

  /** Follows the bound that decides, `upper` or lower, from a node to the predicate that it comes from. */
  follow(n: number, row: number, step: number, upper: boolean): void {
    const node = this.#plan.nodes[n] as PlanNode;
    const value = this.#value(n, row, step, upper);
    this.path.push({
      text: describeNode(this.#plan, n, row, this.#names),
      step,
      lower: this.#value(n, row, step, false),
      upper: this.#value(n, row, step, true),
      node: n,
      row,
    });
    const into = (operand: Operand, at: number): void =>
      this.follow(operand.node, this.#rowOf(operand, row), at, upper);
    const decides = (operand: Operand, at: number): boolean =>
      this.#value(operand.node, this.#rowOf(operand, row), at, upper) === value;
    switch (node.kind) {
      case "not":
        return this.follow(node.operand.node, this.#rowOf(node.operand, row), step, !upper);
      case "and":
      case "or": {
        const operand = node.operands.find((candidate) => decides(candidate, step));
        return operand && into(operand, step);
      }
      case "step": {
        const at = step + node.by;
        const { first, last } = this.#evaluator.span(node.operand.node);
        // Outside of the trace it is true or false by itself.
        const outside = (at < first || at > last) && !decides(node.operand, at);
        return outside ? undefined : into(node.operand, at);
      }
      case "always":
      case "eventually":
      case "historically":
      case "once": {
        const window = windowOf(node, 0);
        const span = this.#evaluator.span(node.operand.node);
        for (const at of stepsFrom(step, step + window.first, step + window.last, span)) {
          if (decides(node.operand, at)) return into(node.operand, at);
        }
        return;
      }
      case "until":
      case "release":
      case "since":
      case "triggers":
        return this.#followTimed(node, row, step, upper, value);
      case "allOver":
      case "anyOver":
      case "atLeastOver": {
        const { over } = node;
        const inner = over.rows
          .slice(over.offsets[row], over.offsets[row + 1])
          .find((candidate) => this.#value(over.node, candidate, step, upper) === value);
        return inner === undefined ? undefined : this.follow(over.node, inner, step, upper);
      }
      case "above":
      case "equal":
      case "differ":
        this.#collect(node.left.node, this.#rowOf(node.left, row), step);
        this.#collect(node.right.node, this.#rowOf(node.right, row), step);
        return;
      default:
    }
  }

  #followTimed(
    node: Extract<PlanNode, { kind: "until" | "release" | "since" | "triggers" }>,
    row: number,
    step: number,
    upper: boolean,
    value: number,
  ): void {
    const strong = node.kind === "until" || node.kind === "since";
    const direction = node.kind === "until" || node.kind === "release" ? 1 : -1;
    const pick = strong ? Math.min : Math.max;
    const span = this.#evaluator.span(node.right.node);
    const end = direction > 0 ? span.last - step : step - span.first;
    let running = strong ? Infinity : -Infinity;
    let runningAt = step;
    for (let k = 0; k <= Math.min(node.upper ?? Infinity, end); k++) {
      const at = step + direction * k;
      const q = this.#value(node.right.node, this.#rowOf(node.right, row), at, upper);
      if (k >= node.lower && pick(q, running) === value) {
        const [operand, where] = q === value ? [node.right, at] : [node.left, runningAt];
        return this.follow(operand.node, this.#rowOf(operand, row), where, upper);
      }
      const p = this.#value(node.left.node, this.#rowOf(node.left, row), at, upper);
      if (pick(p, running) !== running) {
        running = p;
        runningAt = at;
      }
    }
  }

  /** The readings that a number is made of. */
  #collect(n: number, row: number, step: number): void {
    const node = this.#plan.nodes[n] as PlanNode;
    if (node.kind === "signal") {
      const sensor = node.sensor >= 0 ? node.sensor : (this.#plan.scopes[node.scope]?.sensors[row] as number);
      const { values, steps } = this.#trace;
      const series = node.channel * this.#names.sensors.length + sensor;
      this.readings.push({
        channel: this.#names.channels[node.channel] ?? "",
        sensor: this.#names.sensors[sensor] ?? "",
        step,
        value: step >= 0 && step < steps ? (values[series * steps + step] as number) : NaN,
      });
    } else if (node.kind === "shift") {
      this.#collect(node.operand.node, this.#rowOf(node.operand, row), step + node.by);
    } else if (node.kind === "rollingMean") {
      for (let back = node.steps - 1; back >= 0; back--) {
        this.#collect(node.operand.node, this.#rowOf(node.operand, row), step - back);
      }
    } else if ("over" in node) {
      const rows = node.over.rows.slice(node.over.offsets[row], node.over.offsets[row + 1]);
      for (const inner of rows) this.#collect(node.over.node, inner, step);
    } else if ("left" in node) {
      for (const operand of [node.left, node.right]) {
        this.#collect(operand.node, this.#rowOf(operand, row), step);
      }
    } else if ("operands" in node) {
      for (const operand of node.operands) this.#collect(operand.node, this.#rowOf(operand, row), step);
    } else if ("operand" in node) this.#collect(node.operand.node, this.#rowOf(node.operand, row), step);
  }
}

/** Steps of a window within a span, those nearest to `step` first. */
const stepsFrom = (
  step: number,
  first: number,
  last: number,
  span: { readonly first: number; readonly last: number },
): readonly number[] => {
  const from = Math.max(first, span.first);
  const to = Math.min(last, span.last);
  const steps = Array.from({ length: Math.max(0, to - from + 1) }, (_, k) => from + k);
  return first < step ? steps.reverse() : steps;
};

const explainAt = (
  plan: Plan,
  names: PlanNames,
  evaluator: PlanEvaluator,
  trace: PanelTrace,
  step: number,
): Explanation => {
  const row = evaluator.evaluate(trace.values, trace.clock, step, step);
  const lower = row.lower[row.lowerOffset] as number;
  const upper = row.upper[row.upperOffset] as number;
  const explainer = new Explainer(plan, names, evaluator, trace);
  // What breaks it for certain is in the upper bound, what keeps it from holding for certain in the lower one.
  explainer.follow(plan.nodes.length - 1, 0, step, upper < 0);
  const verdict = lower > 0 ? "true" : upper < 0 ? "false" : "unknown";
  return { step, verdict, lower, upper, path: explainer.path, readings: explainer.readings };
};

/**
 * Why a rule has its robustness at one step of a trace: the sub-formulas responsible, down to the predicate, the
 * sensor, the step and the readings that decide. What lies beyond the trace is unknown.
 */
export const explainRule = (rule: BoundRule, site: Site, trace: PanelTrace, step: number): Explanation => {
  checkTraceShape(rule, trace);
  const { plan, sensorCount } = rule;
  const names = { channels: site.channels.map((channel) => channel.name), sensors: site.sensors };
  const { steps } = trace;
  const evaluator = new PlanEvaluator({ plan, sensorCount, steps, before: "unknown", after: "unknown" });
  return explainAt(plan, names, evaluator, trace, step);
};

/**
 * Why a formula has its robustness at one sample, the first one if none is named.
 *
 * @example
 * const { path } = explain(parseFormula("always[0, 2] x > 1"), { signals: { x: [3, 2, 5] } });
 * path.map(({ text, step }) => `${text} at ${step}`); // => ["always[0, 2] (x > 1) at 0", "x > 1 at 1"]
 */
export const explain = (formula: Formula, trace: Trace, step = 0): Explanation => {
  const { values, steps } = traceValues(formula, trace);
  const { plan } = formula;
  if (!(step >= 0 && step < steps))
    throw new RangeError(`step ${step} lies outside of the trace of ${steps} samples`);
  const names = { channels: formula.signals, sensors: [""] };
  const evaluator = new PlanEvaluator({ plan, sensorCount: 1, steps, before: "nothing", after: "unknown" });
  return explainAt(plan, names, evaluator, { values, steps }, step);
};

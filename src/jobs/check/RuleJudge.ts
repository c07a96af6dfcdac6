import {
  type BoundRule,
  type Explanation,
  explainRule,
  type PanelTrace,
  type Plan,
  type Site,
} from "../../stl/index.ts";
import type { Row } from "../../stl/evaluate/intervalKernels.ts";
import { PlanEvaluator } from "../../stl/evaluate/PlanEvaluator.ts";
import { reachOf } from "../../stl/plan/reachOf.ts";
import { settleOf } from "../../stl/plan/settleOf.ts";
import { unfoldAlways } from "../../stl/plan/unfoldAlways.ts";
import { type PlotSeries, plotSeries } from "./plotSeries.ts";
import { Tally } from "./Tally.ts";

/** A stretch of a trace: its values, where it begins in the whole, and which of its steps are to be judged. */
export interface JudgedWindow {
  readonly values: Float64Array;
  readonly clock: PanelTrace["clock"];
  readonly first: number;
  readonly steps: number;
  readonly from: number;
  readonly to: number;
}

/** Why a rule is as it is at one instant of a trace. */
export interface Reason {
  readonly explanation: Explanation;
  /** Step of the trace that the steps of the explanation count from. */
  readonly origin: number;
  /** The two sides of the deciding comparison around the instant; undefined where none decides. */
  readonly plot: PlotSeries | undefined;
}

/** What judging a rule on a trace gave. */
export interface Judgement {
  readonly rule: BoundRule;
  readonly verdict: "true" | "false" | "unknown";
  /** The rule asks its formula of all instants at once, and the trace may go on: it can be broken, never be done. */
  readonly endless: boolean;
  /** Instants judged one by one: all, or the first alone where the rule says so. */
  readonly all: Tally;
  /** The same for each tuple of sensors, where the rule is one for all of them. */
  readonly each: readonly { readonly sensors: readonly string[]; readonly tally: Tally }[];
  /** Instants that could not be judged because their windows reach beyond the trace. */
  readonly cut: number;
  /** Bounds of the rule at the first instant of an endless rule; of no meaning for others. */
  readonly start: { readonly lower: number; readonly upper: number };
  readonly reason: Reason | undefined;
}

export interface RuleJudgeOptions {
  readonly site: Site;
  /** How many steps the whole trace has. */
  readonly steps: number;
  readonly explain: boolean;
  /** What lies before the trace: readings that are not known, or nothing. */
  readonly before: "unknown" | "nothing";
}

/** An evaluator of windows of one length; `options.origin` says where the present one begins. */
interface WindowEvaluator {
  readonly options: { readonly steps: number; origin: number };
  readonly evaluator: PlanEvaluator;
}

/** 1, 0, or -1 for unknown. */
type TruthAt = (node: number, tuple: number, step: number) => number;

/** Bounds of a row of a node; `shift` leads from its first step to the first one that is judged. */
interface JudgedRow {
  readonly bounds: Row;
  readonly shift: number;
  readonly node: number;
  readonly tuple: number;
}

/**
 * Judges one rule on a trace that is given window by window. The steps that a step reads must lie in its window, or
 * beyond the trace: then the outcome is the same as on the whole trace at once.
 */
export class RuleJudge {
  readonly rule: BoundRule;
  readonly #site: Site;
  readonly #steps: number;
  readonly #plan: Plan;
  readonly #first: number;
  /** Steps that the formula of one step reads before and past it. */
  readonly #back: number;
  readonly #ahead: number;
  readonly #endless: boolean;
  readonly #explain: boolean;
  readonly #before: "unknown" | "nothing";
  readonly #all = new Tally();
  readonly #each: Tally[] = [];
  #cut = 0;
  #start = { lower: Infinity, upper: Infinity };
  #reason: Reason | undefined;
  #real: WindowEvaluator | undefined;
  /** Made where some robustness is zero. */
  #truth: WindowEvaluator | undefined;

  constructor(rule: BoundRule, { before, explain, site, steps }: RuleJudgeOptions) {
    this.rule = rule;
    this.#site = site;
    this.#steps = steps;
    this.#before = before;
    const unfolded = unfoldAlways(rule.plan);
    this.#endless = unfolded !== undefined;
    this.#plan = unfolded?.plan ?? rule.plan;
    this.#first = unfolded?.from ?? 0;
    const { back, ahead } = reachOfRoot(this.#plan);
    this.#back = back;
    this.#ahead = ahead;
    this.#explain = explain;
    for (let tuple = 0; tuple < tuplesOf(this.#plan).length; tuple++) this.#each.push(new Tally());
  }

  /** Steps before and past a step that judging it reads; Infinity where the whole trace is needed. */
  get reach(): { readonly back: number; readonly ahead: number } {
    return { back: this.#back, ahead: this.#ahead };
  }

  judge(window: JudgedWindow): void {
    const onlyFirst = this.rule.at === "start" && !this.#endless;
    let from = Math.max(window.from, this.#first);
    let to = onlyFirst ? Math.min(window.to, 1) : window.to;
    const ends = window.to === this.#steps;
    if (ends && this.#endless) {
      // What lies beyond the end is part of it: unknown readings, the same from some step on.
      to += settleOf(this.#plan).after.at(-1) as number;
      from = Math.min(from, to - 1);
    }
    if (from >= to) return;
    this.#real = this.#evaluatorFor(window, this.#real, false);
    const real = this.#real.evaluator;
    const [first, last] = [from - window.first, to - 1 - window.first];
    const row = real.evaluate(window.values, window.clock, first, last);
    const truthAt = this.#truthIn(window, first, last);
    const root = this.#plan.nodes.length - 1;
    const worstBefore = this.#all.worstStep;
    this.#tally(this.#all, { bounds: row, shift: 0, node: root, tuple: 0 }, from, to, truthAt);
    const over = this.#plan.nodes[root];
    if (over !== undefined && "over" in over) {
      const { node } = over.over;
      tuplesOf(this.#plan).forEach((tuple, k) => {
        const bounds = real.row(node, tuple);
        const inner = { bounds, shift: first - real.span(node).first, node, tuple };
        this.#tally(this.#each[k] as Tally, inner, from, Math.min(to, this.#steps), truthAt);
      });
    }
    if (this.#explain) this.#explainWindow(window, worstBefore);
  }

  /** An evaluator for a window, the known one where it fits. */
  #evaluatorFor(window: JudgedWindow, known: WindowEvaluator | undefined, boolean: boolean): WindowEvaluator {
    if (known?.options.steps === window.steps) {
      known.options.origin = window.first;
      return known;
    }
    const options = {
      plan: this.#plan,
      sensorCount: this.rule.sensorCount,
      steps: window.steps,
      before: this.#before,
      after: "unknown" as const,
      boolean,
      origin: window.first,
    };
    return { options, evaluator: new PlanEvaluator(options) };
  }

  /** Truth of a node at a step of a window, for where its robustness is zero and so does not tell < from <=. */
  #truthIn(window: JudgedWindow, first: number, last: number): TruthAt {
    let evaluator: PlanEvaluator | undefined;
    return (node, tuple, step) => {
      if (evaluator === undefined) {
        this.#truth = this.#evaluatorFor(window, this.#truth, true);
        evaluator = this.#truth.evaluator;
        evaluator.evaluate(window.values, window.clock, first, last);
      }
      const { lower, lowerOffset, upper, upperOffset } = evaluator.row(node, tuple);
      const at = step - window.first - evaluator.span(node).first;
      if ((lower[lowerOffset + at] as number) > 0) return 1;
      return (upper[upperOffset + at] as number) < 0 ? 0 : -1;
    };
  }

  #tally(
    tally: Tally,
    { bounds, node, shift, tuple }: JudgedRow,
    from: number,
    to: number,
    truthAt: TruthAt,
  ): void {
    const { lower, upper } = bounds;
    const lowerAt = bounds.lowerOffset + shift - from;
    const upperAt = bounds.upperOffset + shift - from;
    const isRoot = tally === this.#all;
    for (let step = from; step < to; step++) {
      const low = lower[lowerAt + step] as number;
      const high = upper[upperAt + step] as number;
      if (isRoot && this.#endless) {
        if (low < this.#start.lower) this.#start.lower = low;
        if (high < this.#start.upper) this.#start.upper = high;
        if (step >= this.#steps || step < this.#first) continue;
      }
      let truth = low > 0 ? 1 : high < 0 ? 0 : -1;
      if (truth < 0 && (low === 0 || high === 0)) truth = truthAt(node, tuple, step);
      tally.add(step, truth, low, high);
      const beyond = step < this.#back || step + this.#ahead >= this.#steps;
      if (isRoot && truth < 0 && beyond) this.#cut++;
    }
  }

  #explainWindow(window: JudgedWindow, worstBefore: number): void {
    const { broken, firstUnknown, worstStep } = this.#all;
    const fresh = (step: number): boolean => step >= window.from && step < window.to;
    const step =
      broken > 0 && worstStep !== worstBefore && fresh(worstStep)
        ? worstStep
        : this.#reason === undefined && broken === 0 && fresh(firstUnknown)
          ? firstUnknown
          : -1;
    if (step < 0) return;
    const rule = { ...this.rule, plan: this.#plan };
    const trace: PanelTrace = {
      values: window.values,
      steps: window.steps,
      ...(window.clock !== undefined && { clock: window.clock }),
    };
    const explanation = explainRule(rule, this.#site, trace, step - window.first);
    this.#reason = { explanation, origin: window.first, plot: plotSeries(rule, trace, explanation) };
  }

  /** The outcome, once all windows have been judged. */
  judgement(): Judgement {
    const { rule } = this;
    const all = this.#all;
    const tuples = tuplesOf(this.#plan);
    const scopeNode = this.#plan.nodes.at(-1);
    const inner =
      scopeNode !== undefined && "over" in scopeNode ? this.#plan.nodes[scopeNode.over.node] : undefined;
    const scope = inner === undefined ? undefined : this.#plan.scopes[inner.scope];
    const namesOf = (tuple: number): string[] =>
      (scope?.sensors.slice(tuple * scope.arity, (tuple + 1) * scope.arity) ?? []).map(
        (sensor) => this.#site.sensors[sensor] as string,
      );
    return {
      rule,
      verdict: this.#verdict(),
      endless: this.#endless,
      all,
      each: this.#each.map((tally, k) => ({ sensors: namesOf(tuples[k] as number), tally })),
      cut: this.#cut,
      start: this.#start,
      reason: this.#reason,
    };
  }

  #verdict(): Judgement["verdict"] {
    const { broken, held, unknown } = this.#all;
    if (broken > 0) return "false";
    if (this.#endless) return this.#start.lower > 0 ? "true" : "unknown";
    return held > 0 && unknown - this.#cut === 0 ? "true" : "unknown";
  }
}

const reachOfRoot = (plan: Plan): { readonly back: number; readonly ahead: number } => {
  const { first, last } = reachOf(plan);
  return { back: Math.max(0, -(first.at(-1) as number)), ahead: Math.max(0, last.at(-1) as number) };
};

/** Rows of a rule that is one for all sensors; none where it is something else. */
const tuplesOf = (plan: Plan): readonly number[] => {
  const root = plan.nodes.at(-1);
  return root?.kind === "allOver" ? root.over.rows.slice(root.over.offsets[0], root.over.offsets[1]) : [];
};

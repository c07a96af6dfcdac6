import type { ForecastCase, RuleSummary } from "../report/RunSummary.ts";
import { NodeKind, type UnrolledRule } from "../stl/index.ts";
import type { Backtest } from "./backtestRun.ts";
import { cellQuantiles } from "./cellQuantiles.ts";
import type { ForecastSet } from "./ForecastSet.ts";
import type { PreparedRun } from "./prepareRun.ts";
import { quantileLevels } from "./quantileLevels.ts";
import { readoutsOf } from "./readoutsOf.ts";

/** History drawn before the origin, in horizons. */
const HISTORY_HORIZONS = 2;

interface CaseAt {
  readonly title: string;
  readonly explanation: string;
  readonly originIndex: number;
  readonly sensor: number;
  readonly target: number;
}

/** Forecasts with a middling and with a large error of the shielded model, of each target. */
export const typicalCases = (run: PreparedRun, backtest: Backtest): ForecastCase[] => {
  const { data } = run;
  const cases: ForecastCase[] = [];
  data.plan.targets.forEach(({ channel }, target) => {
    const errors = windowErrors(run, backtest, target);
    const shares = target === 0 ? [0.5, 0.9, 0.99] : [0.9];
    for (const share of shares) {
      const chosen = errors[Math.floor(share * (errors.length - 1))];
      if (chosen === undefined) continue;
      cases.push(
        caseAt(run, backtest, {
          title: `${channel}: an error larger than in ${Math.round(share * 100)} % of windows`,
          explanation: `Mean absolute error of the shielded forecast ${chosen.error.toPrecision(3)} ${unitOf(run, target)}.`,
          originIndex: chosen.originIndex,
          sensor: chosen.sensor,
          target,
        }),
      );
    }
  });
  return cases;
};

const WORST_RULES = 3;

/** The windows in which the unshielded ternary model breaks an enforced rule most, and the one with the largest error. */
export const worstCases = (run: PreparedRun, backtest: Backtest): ForecastCase[] => {
  const broken = backtest.rules
    .map((rule, index) => ({ rule, index, ...smallest(backtest.ternaryTallies[index]!.margins) }))
    .filter(({ margin, rule }) => margin < 0 && !rule.goal)
    .sort((a, b) => a.margin / scaleOf(run, a.index) - b.margin / scaleOf(run, b.index))
    // Rules that break in the same window would show the same picture twice.
    .filter((one, at, all) => all.findIndex((other) => other.originIndex === one.originIndex) === at)
    .slice(0, WORST_RULES)
    .map(({ index, margin, originIndex, rule }) =>
      brokenRuleCase(run, backtest, rule, index, originIndex, margin),
    );
  const worst = windowErrors(run, backtest, 0).at(-1);
  if (worst === undefined) return broken;
  return [
    ...broken,
    caseAt(run, backtest, {
      title: `${run.data.plan.targets[0]!.channel}: the largest error of the test`,
      explanation: `Mean absolute error of the shielded forecast ${worst.error.toPrecision(3)} ${unitOf(run, 0)}.`,
      originIndex: worst.originIndex,
      sensor: worst.sensor,
      target: 0,
    }),
  ];
};

const brokenRuleCase = (
  run: PreparedRun,
  backtest: Backtest,
  rule: RuleSummary,
  index: number,
  originIndex: number,
  margin: number,
): ForecastCase => {
  const { device, shieldedTallies } = backtest;
  const { moved, sensor, steps, target } = mostMoved(run, device.raw, device.shielded, originIndex);
  const after = shieldedTallies[index]!.margins[originIndex]!;
  const unit = rule.unit === "1" ? "" : ` ${rule.unit}`;
  return caseAt(run, backtest, {
    title: `${rule.name} broken by ${(-margin).toPrecision(3)}${unit} without the shield`,
    explanation:
      `The shield moved ${steps} values of this forecast, most at ${run.panel.sensors[sensor]!} ` +
      `(by ${moved.toPrecision(3)} ${unitOf(run, target)}); after it ` +
      (Number.isNaN(after)
        ? "missing readings leave the rule open."
        : `the rule's margin is ${after.toPrecision(3)}${unit}.`),
    originIndex,
    sensor,
    target,
  });
};

const caseAt = (run: PreparedRun, backtest: Backtest, at: CaseAt): ForecastCase => {
  const { data, panel } = run;
  const { horizonSteps, targets } = data.plan;
  const outputs = targets.length * horizonSteps;
  const origin = backtest.origins[at.originIndex]!;
  const series = (at.target * data.sensors + at.sensor) * data.steps;
  const leads = Array.from({ length: horizonSteps }, (_, lead) => lead);
  const row = (at.originIndex * data.sensors + at.sensor) * outputs + at.target * horizonSteps;
  const of = (set: ForecastSet): number[] => leads.map((lead) => set.values[row + lead]!);
  const readout = readoutsOf(run)[at.target]!;
  const shielded = of(backtest.device.shielded);
  const levels = backtest.conformal.quantiles;
  const heads = backtest.device.shielded.quantiles;
  const cells = shielded.map((median, lead) => {
    const output = at.target * horizonSteps + lead;
    const first = (at.originIndex * data.sensors + at.sensor) * levels.length * outputs + output;
    const learned = heads && { values: heads, first, stride: outputs };
    const values = new Float64Array(levels.length);
    cellQuantiles(data, backtest.conformal, output, readout, median, learned, values);
    return values;
  });
  const quantile = (level: number | undefined): number[] =>
    level === undefined ? shielded : cells.map((values) => values[levels.indexOf(level)]!);
  const { issued } = quantileLevels(run.pipeline);
  const historySteps = Math.min(HISTORY_HORIZONS * horizonSteps, origin);
  return {
    title: at.title,
    explanation: at.explanation,
    sensor: panel.sensors[at.sensor]!,
    channel: targets[at.target]!.channel,
    unit: unitOf(run, at.target),
    issuedAtMs: panel.startMs + origin * panel.stepMs,
    stepMs: panel.stepMs,
    history: Array.from(data.truth.subarray(series + origin - historySteps, series + origin + 1)),
    truth: leads.map((lead) => data.truth[series + origin + 1 + lead]!),
    float: of(backtest.float),
    ternary: of(backtest.device.raw),
    shielded,
    lowerQuantile: quantile(issued[0]),
    upperQuantile: quantile(issued.at(-1)),
    limits: run.rules.rules.flatMap(({ bound, unrolled }) =>
      limitsOn(unrolled, at.target, at.sensor).map((limit) => ({ rule: bound.name, ...limit })),
    ),
  };
};

/** Windows whose truth is complete, by the shielded model's mean absolute error, ascending. */
const windowErrors = (
  run: PreparedRun,
  backtest: Backtest,
  target: number,
): { readonly originIndex: number; readonly sensor: number; readonly error: number }[] => {
  const { data } = run;
  const { horizonSteps, targets } = data.plan;
  const outputs = targets.length * horizonSteps;
  const errors: { originIndex: number; sensor: number; error: number }[] = [];
  backtest.origins.forEach((origin, originIndex) => {
    for (let sensor = 0; sensor < data.sensors; sensor++) {
      const truth = (target * data.sensors + sensor) * data.steps + origin + 1;
      const row = (originIndex * data.sensors + sensor) * outputs + target * horizonSteps;
      let sum = 0;
      for (let lead = 0; lead < horizonSteps; lead++) {
        sum += Math.abs(backtest.device.shielded.values[row + lead]! - data.truth[truth + lead]!);
      }
      if (!Number.isNaN(sum)) errors.push({ originIndex, sensor, error: sum / horizonSteps });
    }
  });
  return errors.sort((a, b) => a.error - b.error);
};

const smallest = (margins: Float64Array): { readonly margin: number; readonly originIndex: number } => {
  let originIndex = 0;
  let margin = Infinity;
  margins.forEach((value, index) => {
    if (!(value < margin)) return;
    margin = value;
    originIndex = index;
  });
  return { margin, originIndex };
};

const mostMoved = (
  run: PreparedRun,
  raw: ForecastSet,
  shielded: ForecastSet,
  originIndex: number,
): { readonly sensor: number; readonly target: number; readonly moved: number; readonly steps: number } => {
  const { data } = run;
  const { horizonSteps, targets } = data.plan;
  const outputs = targets.length * horizonSteps;
  const row = originIndex * data.sensors * outputs;
  let best = { sensor: 0, target: 0, moved: 0 };
  let steps = 0;
  for (let k = 0; k < data.sensors * outputs; k++) {
    const moved = Math.abs(shielded.values[row + k]! - raw.values[row + k]!);
    if (moved > 0) steps++;
    if (moved > best.moved) {
      best = { sensor: Math.floor(k / outputs), target: Math.floor((k % outputs) / horizonSteps), moved };
    }
  }
  return { ...best, steps };
};

/**
 * Horizontal limits that a rule sets on one channel of one sensor: leaves with that reading alone which every
 * forecast has to keep (only minima lie between them and the root).
 */
const limitsOn = (
  rule: UnrolledRule,
  channel: number,
  sensor: number,
): { readonly value: number; readonly side: "upper" | "lower" }[] => {
  const limits = new Map<string, { readonly value: number; readonly side: "upper" | "lower" }>();
  const visit = (node: number): void => {
    if (rule.kind[node] === NodeKind.all) {
      for (let k = rule.childOffsets[node]!; k < rule.childOffsets[node + 1]!; k++) visit(rule.children[k]!);
    }
    if (rule.kind[node] !== NodeKind.leaf) return;
    const leaf = rule.argument[node]!;
    const term = rule.termOffsets[leaf]!;
    if (rule.termOffsets[leaf + 1] !== term + 1) return;
    if (rule.channel[term] !== channel || rule.sensor[term] !== sensor || rule.step[term]! <= 0) return;
    const coefficient = rule.coefficient[term]!;
    const side = coefficient < 0 ? "upper" : "lower";
    const value = -rule.constant[leaf]! / coefficient;
    limits.set(`${side} ${value}`, { value, side });
  };
  visit(rule.kind.length - 1);
  return [...limits.values()];
};

const scaleOf = (run: PreparedRun, rule: number): number => run.rules.rules[rule]!.bound.scale;

const unitOf = (run: PreparedRun, target: number): string => run.panel.channels[target]!.unit;

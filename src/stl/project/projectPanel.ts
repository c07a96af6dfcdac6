import type { BoundRule } from "../compile/BoundRule.ts";
import type { PanelTrace } from "../compile/Site.ts";
import { checkTraceShape } from "../evaluate/panelRobustness.ts";
import { NotAffineError, unrollRule } from "../unroll/unrollRule.ts";
import type { UnrolledRule } from "../unroll/UnrolledRule.ts";
import { createRuleJudge, type RuleJudge } from "./createRuleJudge.ts";
import type { Requirement } from "./foldRequirements.ts";
import { distanceBetween } from "./Norm.ts";
import { type NotProjected, notProjected } from "./NotProjected.ts";
import { PanelVariables } from "./PanelVariables.ts";
import { checkedOptions, type ProjectionOptions } from "./ProjectionOptions.ts";
import { projectRequirements } from "./projectRequirements.ts";
import { type SignalPolicy, signalPolicies } from "./signalPolicies.ts";

export interface ProjectPanelOptions extends ProjectionOptions {
  /** The robustness asked for, in units of each rule's scale; 0 by default. */
  readonly margin?: number;
  /** Indices of the channels that were forecast and may move past the origin; all by default. */
  readonly forecastChannels?: readonly number[];
}

export interface ProjectedPanel {
  readonly found: true;
  readonly trace: PanelTrace;
  /** In the norm that was asked for. */
  readonly distance: number;
  /** It is proved that no forecast that keeps the rules is nearer, up to rounding. */
  readonly optimal: boolean;
  /** One a rule, of the trace that was found: the least that its robustness can be, in the unit of the rule. */
  readonly robustness: readonly { readonly rule: string; readonly robustness: number }[];
}

interface Prepared {
  readonly policies: ReadonlyMap<number, SignalPolicy>;
  readonly steps: number;
  /** For traces of `steps` steps. */
  readonly judge: RuleJudge;
}

/** Rules are prepared for the trace length seen last, and unrolled once. */
const prepared = new WeakMap<BoundRule, Prepared>();
const unrolled = new WeakMap<BoundRule, UnrolledRule>();

const prepare = (rule: BoundRule, steps: number): Prepared => {
  const known = prepared.get(rule);
  if (known?.steps === steps) return known;
  const own = { policies: signalPolicies(rule), steps, judge: createRuleJudge(rule, steps) };
  prepared.set(rule, own);
  return own;
};

const unrollOnce = (rule: BoundRule): UnrolledRule => {
  const own = unrolled.get(rule) ?? unrollRule(rule);
  unrolled.set(rule, own);
  return own;
};

const faultsOf = (
  rules: readonly BoundRule[],
  trace: PanelTrace,
  origin: number,
  { forecastChannels = [] }: ProjectPanelOptions,
): (string | false)[] => {
  const channels = rules[0]?.channelCount ?? 0;
  const clocked = rules.filter((rule) => rule.readsClock).map((rule) => rule.name);
  return [
    !(Number.isInteger(origin) && origin >= 0 && origin < trace.steps) &&
      `origin is ${origin}: give a step of the trace, 0 to ${trace.steps - 1}`,
    clocked.length > 0 &&
      trace.clock === undefined &&
      `${clocked.join(", ")} read the clock, and the trace has none: give its clock arrays`,
    ...forecastChannels.map(
      (channel) =>
        !(Number.isInteger(channel) && channel >= 0 && channel < channels) &&
        `forecastChannels names ${channel}: give indices of the site's channels, 0 to ${channels - 1}`,
    ),
  ];
};

/**
 * Finds the nearest forecast that keeps all rules at an origin: the steps after it may move, of the channels that are
 * forecast, within the declared ranges; what was read up to the origin stays.
 *
 * A missing reading is held as far as its signal is declared to be, and is else anything in the declared range: what
 * reads it counts as broken unless the range settles it. It does not move, past the origin neither. The search is that
 * of {@link project}; every rule of what is found has been judged again.
 *
 * Throws a RangeError with every argument that cannot be.
 *
 * @example
 * const site = { sensors: ["a"], channels: [{ name: "speed", unit: "km/h" }], stepMs: 300_000, zone: "UTC" };
 * const { spec } = parseSpec("require ramp: always[5min, 10min] abs(delta(speed)) <= 10 km/h;");
 * const trace = { values: Float64Array.of(50, 70, 71), steps: 3 };
 * const near = projectPanel(bindSpec(spec, site).rules, trace, 0, { norm: "l1" });
 * near.found && Array.from(near.trace.values); // => [50, 60, 70]
 */
export const projectPanel = (
  rules: readonly BoundRule[],
  trace: PanelTrace,
  origin: number,
  options: ProjectPanelOptions = {},
): ProjectedPanel | NotProjected => {
  const { margin, norm, workLimit } = checkedOptions(options, faultsOf(rules, trace, origin, options));
  for (const rule of rules) checkTraceShape(rule, trace);
  const { steps, clock } = trace;
  const moved: PanelTrace = { ...trace, values: trace.values.slice() };
  const own = rules.map((rule) => prepare(rule, steps));
  const channelCount = rules[0]?.channelCount ?? 0;
  const horizon = rules.reduce((farthest, rule) => Math.max(farthest, rule.horizonSteps), 0);
  const window = {
    trace,
    origin,
    reach: Math.min(horizon, steps - 1 - origin),
    sensorCount: rules[0]?.sensorCount ?? 0,
    channelCount,
    forecast: new Set(options.forecastChannels ?? Array.from({ length: channelCount }, (_, c) => c)),
  };
  const variables = new PanelVariables(
    window,
    own.map(({ policies }) => policies),
  );
  const marginOf = (rule: number): number => margin * (rules[rule]?.scale ?? 1);
  const take = (x: Float64Array): boolean => {
    variables.write(x, moved.values);
    return own.every(({ judge }, rule) => judge.holds(moved, origin, marginOf(rule)));
  };
  const found = (x: Float64Array, optimal: boolean): ProjectedPanel => ({
    found: true,
    trace: moved,
    distance: distanceBetween(variables.given, x, norm),
    optimal,
    robustness: own.map(({ judge }, rule) => ({
      rule: (rules[rule] as BoundRule).name,
      robustness: judge.robustness(moved, origin),
    })),
  });
  if (variables.isWithinRanges() && take(variables.given)) return found(variables.given, true);

  const clockHolds = (test: UnrolledRule["clockTests"][number]): boolean => {
    const at = origin + test.step;
    const reading = at >= 0 && at < steps ? (clock?.[test.field][at] as number) : NaN;
    return reading >= test.lower && reading <= test.upper;
  };
  let requirements: readonly Requirement[];
  try {
    requirements = rules.map((rule, r) => {
      const { policies } = own[r] as Prepared;
      return {
        unrolled: unrollOnce(rule),
        margin: marginOf(r),
        locate: (channel, sensor, step, into) => variables.locate(policies, channel, sensor, step, into),
        clockHolds,
      };
    });
  } catch (fault) {
    if (!(fault instanceof NotAffineError)) throw fault;
    return notProjected("not-affine", fault.message);
  }
  const outcome = projectRequirements(requirements, variables, norm, workLimit, take);
  if (outcome.kind === "found") return found(outcome.x, outcome.optimal);
  const among = outcome.kind === "impossible" ? outcome.owners : rules.keys();
  const names = Array.from(among, (rule) => (rules[rule] as BoundRule).name).join(", ");
  return notProjected(outcome.kind, margin === 0 ? names : `${names} by ${margin} times the scale`);
};

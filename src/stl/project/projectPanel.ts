import type { BoundRule } from "../compile/BoundRule.ts";
import type { PanelTrace } from "../compile/Site.ts";
import { checkTraceShape } from "../evaluate/panelRobustness.ts";
import { NotAffineError, unrollRule } from "../unroll/unrollRule.ts";
import type { UnrolledRule } from "../unroll/UnrolledRule.ts";
import { createRuleJudge, type RuleJudge } from "./createRuleJudge.ts";
import type { Located, Requirement } from "./foldRequirements.ts";
import { distanceBetween } from "./Norm.ts";
import { type NotProjected, notProjected } from "./NotProjected.ts";
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
  readonly unrolled: UnrolledRule;
  readonly policies: ReadonlyMap<number, SignalPolicy>;
  /** For the trace length seen last. */
  judge: RuleJudge;
  steps: number;
}

/** Rules are unrolled once. */
const prepared = new WeakMap<BoundRule, Prepared>();

const prepare = (rule: BoundRule, steps: number): Prepared => {
  let own = prepared.get(rule);
  if (own === undefined) {
    const judge = createRuleJudge(rule, steps);
    own = { unrolled: unrollRule(rule), policies: signalPolicies(rule), judge, steps };
    prepared.set(rule, own);
  }
  if (own.steps !== steps) {
    own.judge = createRuleJudge(rule, steps);
    own.steps = steps;
  }
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
  const values = trace.values.slice();
  const moved: PanelTrace = clock === undefined ? { values, steps } : { values, steps, clock };
  let own: readonly Prepared[];
  try {
    own = rules.map((rule) => prepare(rule, steps));
  } catch (fault) {
    if (!(fault instanceof NotAffineError)) throw fault;
    return notProjected("not-affine", fault.message);
  }

  const [sensorCount, channelCount] = [rules[0]?.sensorCount ?? 0, rules[0]?.channelCount ?? 0];
  const horizon = Math.max(0, ...own.map(({ unrolled }) => unrolled.horizon));
  const reach = Math.min(horizon, steps - 1 - origin);
  const forecast = new Set(options.forecastChannels ?? Array.from({ length: channelCount }, (_, c) => c));
  /** Where variable v stands in `values`. */
  const placeOf = (v: number): number => Math.floor(v / reach) * steps + origin + 1 + (v % reach);
  const movable = Uint8Array.from({ length: channelCount * sensorCount * reach }, (_, v) =>
    forecast.has(Math.floor(v / (sensorCount * reach))) && Number.isFinite(values[placeOf(v)]) ? 1 : 0,
  );
  const given = Float64Array.from(movable, (free, v) => (free === 1 ? (values[placeOf(v)] as number) : 0));
  const bound = (side: "lower" | "upper", pick: (...bounds: number[]) => number): Float64Array => {
    const ofChannel = Array.from({ length: channelCount }, (_, channel) =>
      pick(...own.flatMap(({ policies }) => policies.get(channel)?.[side] ?? [])),
    );
    return Float64Array.from(movable, (free, v) =>
      free === 1 ? (ofChannel[Math.floor(v / (sensorCount * reach))] as number) : 0,
    );
  };
  // Without a policy these are -inf and inf.
  const variables = { given, lower: bound("lower", Math.max), upper: bound("upper", Math.min) };

  const locateBy =
    (policies: ReadonlyMap<number, SignalPolicy>) =>
    (channel: number, sensor: number, step: number, into: Located): void => {
      const { holdSteps, lower, upper } = policies.get(channel) as SignalPolicy;
      const series = channel * sensorCount + sensor;
      const at = origin + step;
      into.variable = -1;
      into.lower = lower;
      into.upper = upper;
      const farthest = at < steps ? Math.min(holdSteps, at) : -1;
      for (let back = 0; back <= farthest; back++) {
        const value = trace.values[series * steps + at - back] as number;
        if (Number.isNaN(value)) continue;
        const ahead = step - back - 1;
        if (ahead >= 0 && ahead < reach && movable[series * reach + ahead] === 1) {
          into.variable = series * reach + ahead;
        }
        into.lower = value;
        into.upper = value;
        return;
      }
    };
  const clockHolds = (test: UnrolledRule["clockTests"][number]): boolean => {
    const at = origin + test.step;
    const reading = at >= 0 && at < steps ? (clock?.[test.field][at] as number) : NaN;
    return reading >= test.lower && reading <= test.upper;
  };

  const marginOf = (rule: number): number => margin * (rules[rule]?.scale ?? 1);
  const take = (x: Float64Array): boolean => {
    for (let v = 0; v < x.length; v++) if (movable[v] === 1) values[placeOf(v)] = x[v] as number;
    return own.every(({ judge }, rule) => judge.holds(moved, origin, marginOf(rule)));
  };
  const found = (x: Float64Array, optimal: boolean): ProjectedPanel => ({
    found: true,
    trace: moved,
    distance: distanceBetween(given, x, norm),
    optimal,
    robustness: own.map(({ judge }, rule) => ({
      rule: (rules[rule] as BoundRule).name,
      robustness: judge.robustness(moved, origin),
    })),
  });
  const { lower, upper } = variables;
  const within = given.every((value, v) => value >= (lower[v] as number) && value <= (upper[v] as number));
  if (within && take(given)) return found(given, true);

  const requirements = own.map(({ policies, unrolled }, rule): Requirement => ({
    unrolled,
    margin: marginOf(rule),
    locate: locateBy(policies),
    clockHolds,
  }));
  const outcome = projectRequirements(requirements, variables, norm, workLimit, take);
  if (outcome.kind === "found") return found(outcome.x, outcome.optimal);
  const among = outcome.kind === "impossible" ? outcome.owners : rules.keys();
  const names = Array.from(among, (rule) => (rules[rule] as BoundRule).name).join(", ");
  return notProjected(outcome.kind, margin === 0 ? names : `${names} by ${margin} times the scale`);
};

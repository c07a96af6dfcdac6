import type { BoundRule } from "../compile/BoundRule.ts";
import type { PanelTrace } from "../compile/Site.ts";
import { unrollRule } from "../unroll/unrollRule.ts";
import type { UnrolledRule } from "../unroll/UnrolledRule.ts";
import type { Requirement } from "./foldRequirements.ts";
import { PanelVariables } from "./PanelVariables.ts";
import { projectRequirements } from "./projectRequirements.ts";
import { type SignalPolicy, signalPolicies } from "./signalPolicies.ts";

export interface PanelTeacherOptions {
  /** Robustness asked for, above 0, one a rule in the rule's unit. What reads the past alone has to hold and needs none. */
  readonly margins: readonly number[];
  /** What a unit of distance is worth, above 0, by channel: those that were forecast, the first ones of the site. */
  readonly scale: readonly number[];
}

export interface PanelLesson {
  /** sum(((nearest - forecast) / scale)^2); NaN where no forecast was found. */
  readonly distance: number;
  /** Places of the rules that were not taught, because no forecast keeps them or none was found; empty if all were. */
  readonly leftOut: readonly number[];
}

export interface PanelTeacher {
  /**
   * Writes into `nearest`, laid out as the values of the trace, the trace with the nearest forecast that keeps the rules
   * by their margins, within the declared ranges; where none was found, the trace as it is.
   */
  teach(trace: PanelTrace, origin: number, nearest: Float64Array): PanelLesson;
}

/** Pivots and branches allowed for one search. */
const workLimit = 20_000;

/**
 * Makes a teacher for the forecasts of a panel: rules are unrolled once, and of a forecast only the broken parts are
 * looked at, apart from each other where they share no reading. Rules that cannot be kept together from where the past
 * has led are left out, and said to be.
 *
 * The search is that of {@link projectPanel}, in units of the scale; what it finds is not judged again, and so keeps the
 * margins up to rounding. Teach with this; project with that what is to be used.
 *
 * Throws a RangeError with every option that cannot be, and {@link NotAffineError} for a rule that cannot be projected onto.
 *
 * @example
 * const site = { sensors: ["a"], channels: [{ name: "speed", unit: "km/h" }], stepMs: 300_000, zone: "UTC" };
 * const { spec } = parseSpec("require ramp: always[5min, 10min] abs(delta(speed)) <= 10 km/h;");
 * const teacher = createPanelTeacher(bindSpec(spec, site).rules, { margins: [2], scale: [1] });
 * const nearest = new Float64Array(3);
 * teacher.teach({ values: Float64Array.of(50, 60, 60), steps: 3 }, 0, nearest); // => { distance: 4, leftOut: [] }
 * nearest; // => Float64Array [ 50, 58, 60 ]
 */
export const createPanelTeacher = (
  rules: readonly BoundRule[],
  options: PanelTeacherOptions,
): PanelTeacher => {
  checkOptions(rules, options);
  const { margins, scale } = options;
  const { channelCount, sensorCount } = rules[0] ?? { channelCount: 0, sensorCount: 0 };
  const worthOf = (channel: number): number => scale[channel] ?? 1;
  const scaled = rules.map((rule, r) => inUnitsOf(unrollRule(rule), scale, margins[r] as number));
  const policies = rules.map(
    (rule): ReadonlyMap<number, SignalPolicy> =>
      new Map(
        Array.from(signalPolicies(rule), ([channel, { holdSteps, lower, upper }]) => {
          const worth = worthOf(channel);
          return [channel, { holdSteps, lower: lower / worth, upper: upper / worth }];
        }),
      ),
  );
  const forecast = new Set(scale.keys());
  const horizon = rules.reduce((farthest, rule) => Math.max(farthest, rule.horizonSteps), 0);

  return {
    teach: (trace, origin, nearest) => {
      const { clock, steps } = trace;
      const perChannel = sensorCount * steps;
      const worth = (k: number): number => worthOf(Math.floor(k / perChannel));
      const values = trace.values.map((value, k) => value / worth(k));
      const reach = Math.min(horizon, steps - 1 - origin);
      const window = { trace: { values, steps }, origin, reach, sensorCount, channelCount, forecast };
      const variables = new PanelVariables(window, policies);
      const clockHolds: Requirement["clockHolds"] = ({ field, lower, step, upper }) => {
        const reading = clock?.[field][origin + step] ?? NaN;
        return reading >= lower && reading <= upper;
      };
      const requirements = scaled.map((unrolled, rule): Requirement => ({
        unrolled,
        margin: margins[rule] as number,
        locate: (channel, sensor, step, into) =>
          variables.locate(policies[rule] as (typeof policies)[number], channel, sensor, step, into),
        clockHolds,
      }));
      nearest.set(trace.values);
      let kept = rules.map((_, rule) => rule);
      for (;;) {
        const asked = kept.map((rule) => requirements[rule] as Requirement);
        const outcome = projectRequirements(asked, variables, "l2", workLimit, () => true);
        if (outcome.kind === "found") {
          variables.write(outcome.x, values);
          let distance = 0;
          outcome.x.forEach((value, v) => (distance += (value - (variables.given[v] as number)) ** 2));
          if (distance > 0) values.forEach((value, k) => (nearest[k] = value * worth(k)));
          return { distance, leftOut: rules.map((_, rule) => rule).filter((rule) => !kept.includes(rule)) };
        }
        if (outcome.kind !== "impossible") return { distance: NaN, leftOut: rules.map((_, rule) => rule) };
        const { owners } = outcome;
        kept = kept.filter((_, index) => !owners.includes(index));
      }
    },
  };
};

const checkOptions = (rules: readonly BoundRule[], { margins, scale }: PanelTeacherOptions): void => {
  const isAboveZero = (value: number): boolean => value > 0 && value < Infinity;
  const channels = rules[0]?.channelCount ?? scale.length;
  const faults = [
    margins.length !== rules.length &&
      `margins has ${margins.length} numbers: give one for each of ${rules.length} rules`,
    !margins.every(isAboveZero) && `margins is ${margins.join(", ")}: give numbers above 0`,
    scale.length > channels && `scale has ${scale.length} numbers: the site has ${channels} channels`,
    !scale.every(isAboveZero) && `scale is ${scale.join(", ")}: give numbers above 0`,
  ].filter((fault) => fault !== false);
  if (faults.length > 0) throw new RangeError(faults.join("; "));
};

/** A rule over readings divided by their scale; leaves that no forecast moves are spared the margin. */
const inUnitsOf = (unrolled: UnrolledRule, scale: readonly number[], margin: number): UnrolledRule => {
  const { channel, coefficient, step, termOffsets } = unrolled;
  const isMoved = (k: number): boolean => (step[k] as number) > 0 && (channel[k] as number) < scale.length;
  return {
    ...unrolled,
    coefficient: coefficient.map((factor, k) => factor * (scale[channel[k] as number] ?? 1)),
    constant: unrolled.constant.map((value, leaf) => {
      for (let k = termOffsets[leaf] as number; k < (termOffsets[leaf + 1] as number); k++) {
        if (isMoved(k)) return value;
      }
      return value + margin;
    }),
  };
};

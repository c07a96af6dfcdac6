import type { BoundRule } from "../compile/BoundRule.ts";
import type { PanelTrace, Site } from "../compile/Site.ts";
import { createRuleJudge } from "../project/createRuleJudge.ts";
import { foldRequirements, type Located, type Requirement } from "../project/foldRequirements.ts";
import { type Projected, projectRequirements } from "../project/projectRequirements.ts";
import { signalPolicies } from "../project/signalPolicies.ts";
import { NotAffineError, unrollRule } from "../unroll/unrollRule.ts";
import type { UnrolledRule } from "../unroll/UnrolledRule.ts";
import { clockPatterns } from "./clockPatterns.ts";
import { flatReadings } from "./flatReadings.ts";
import { smallestConflict } from "./smallestConflict.ts";
import { weekClock } from "./weekClock.ts";

export interface SatisfyOptions {
  /** Pivots and branches allowed for every pattern of the clock; 20,000 by default. */
  readonly workLimit?: number;
  /** Patterns of the clock looked at; 1,000 by default. */
  readonly patternLimit?: number;
}

export type Satisfiability =
  | {
      readonly verdict: "satisfiable";
      /** Readings that keep all rules at `origin`, within the declared ranges; judged again by the exact evaluator. */
      readonly witness: PanelTrace;
      readonly origin: number;
    }
  | {
      readonly verdict: "unsatisfiable";
      /** Names of rules that cannot hold together, though any of them can be left out. */
      readonly conflict: readonly string[];
      /** Local time of an origin at which they conflict, where they read the clock. */
      readonly clockNote?: string;
    }
  | { readonly verdict: "unknown"; readonly reason: string };

type ClockTest = UnrolledRule["clockTests"][number];

interface AffineRule {
  readonly bound: BoundRule;
  readonly unrolled: UnrolledRule;
}

/**
 * Says whether all rules of a file can hold together at one origin, every reading within its declared range and free
 * otherwise, history included. Rules tagged `goal` count as the others do.
 *
 * Rules by the clock may conflict at some times only: one origin is looked at for every pattern of truth that the
 * clock tests have over a week at the site's step and in its zone; a test of the date sees the first week of 2024.
 * A conflict is proved, by the projection's search coming to its end; a strict comparison must hold by 2^-44 of the
 * magnitudes in it.
 *
 * @example
 * const site = { sensors: ["a"], channels: [{ name: "x", unit: "1" }], stepMs: 60_000, zone: "UTC" };
 * const { spec } = parseSpec("require high: always[0, 3min] x > 5; require low: eventually[1min, 2min] x < 4;");
 * const outcome = satisfySpec(bindSpec(spec, site).rules, site);
 * outcome.verdict === "unsatisfiable" && outcome.conflict; // => ["high", "low"]
 */
export const satisfySpec = (
  rules: readonly BoundRule[],
  site: Site,
  options: SatisfyOptions = {},
): Satisfiability => {
  const { patternLimit = 1000, workLimit = 20_000 } = options;
  const affine: AffineRule[] = [];
  const faults: string[] = [];
  for (const bound of rules) {
    try {
      affine.push({ bound, unrolled: unrollRule(bound) });
    } catch (fault) {
      if (!(fault instanceof NotAffineError)) throw fault;
      faults.push(fault.message);
    }
  }
  const before = Math.max(0, ...affine.map(({ bound }) => bound.historySteps));
  const after = Math.max(0, ...affine.map(({ bound }) => bound.horizonSteps));
  const steps = before + 1 + after;
  const week = weekClock(site, before, after);
  const origins = clockPatterns(
    affine.map(({ unrolled }) => unrolled),
    site,
    week,
    before,
  );
  const clockAt = (origin: number): NonNullable<PanelTrace["clock"]> => ({
    minuteOfDay: week.minuteOfDay.subarray(origin, origin + steps),
    weekday: week.weekday.subarray(origin, origin + steps),
    dayNumber: week.dayNumber.subarray(origin, origin + steps),
  });
  const sensors = site.sensors.length;
  const { lower, upper } = declaredBounds(rules, site, steps);
  const judges = affine.map(({ bound }) => createRuleJudge(bound, steps));

  const locate = (channel: number, sensor: number, step: number, into: Located): void => {
    into.variable = (channel * sensors + sensor) * steps + before + step;
  };
  const requirementsAt = (chosen: readonly number[], origin: number): Requirement[] => {
    const clock = clockAt(origin);
    const clockHolds = ({ field, lower: least, step, upper: most }: ClockTest): boolean => {
      const reading = clock[field][before + step] as number;
      return reading >= least && reading <= most;
    };
    return chosen.map((rule) => {
      const { unrolled } = affine[rule] as AffineRule;
      return { unrolled, margin: 0, locate, clockHolds };
    });
  };
  const keeps = (chosen: readonly number[], origin: number, values: Float64Array): boolean => {
    const trace = { values, steps, clock: clockAt(origin) };
    return chosen.every((rule) => judges[rule]?.holds(trace, before, 0));
  };
  /** Looks for readings near `given` that keep some of the rules. */
  const solve = (chosen: readonly number[], origin: number, given: Float64Array): Projected => {
    const accept = (values: Float64Array): boolean => keeps(chosen, origin, values);
    const requirements = requirementsAt(chosen, origin);
    return projectRequirements(requirements, { given, lower, upper }, "l2", workLimit, accept, 0);
  };

  const all = affine.map((_, rule) => rule);
  const clocked = all.filter((rule) => (affine[rule] as AffineRule).bound.readsClock);
  const anywhere = {
    given: lower.map((least, v) => Math.min(Math.max(0, least), upper[v] as number)),
    lower,
    upper,
  };
  const firstGraph = foldRequirements(requirementsAt(all, origins[0] as number), anywhere, {
    rows: 0,
    strict: 0,
  });
  const start = flatReadings(firstGraph, sensors * steps);
  let witness: Float64Array = start;
  for (const [index, origin] of origins.slice(0, patternLimit).entries()) {
    // Only the clock has changed since these readings kept all rules.
    if (index > 0 && keeps(clocked, origin, witness)) continue;
    const outcome = solve(all, origin, witness);
    if (outcome.kind === "found") witness = outcome.x;
    else if (outcome.kind === "impossible") {
      const isConflict = (chosen: readonly number[]): boolean =>
        solve(chosen, origin, start).kind === "impossible";
      const conflict = smallestConflict(outcome.owners, affine.length, isConflict).map(
        (rule) => (affine[rule] as AffineRule).bound,
      );
      const clockNote = conflict.some((rule) => rule.readsClock)
        ? localTime(week, before + origin)
        : undefined;
      return {
        verdict: "unsatisfiable",
        conflict: conflict.map((rule) => rule.name),
        ...(clockNote === undefined ? {} : { clockNote }),
      };
    } else {
      const where = `at ${localTime(week, before + origin)}`;
      const reason =
        outcome.kind === "rounding"
          ? `${where} the rules can hold together between the doubles only: write equalities as two bounds`
          : `${where} neither readings that keep all rules nor a conflict were found within the work limit ${workLimit}`;
      return { verdict: "unknown", reason };
    }
  }
  if (faults.length > 0) return { verdict: "unknown", reason: faults.join("; ") };
  if (origins.length > patternLimit) {
    const reason = `the clock tests have ${origins.length} patterns in a week; in the first ${patternLimit} of them the rules can hold together`;
    return { verdict: "unknown", reason };
  }
  const last = origins.at(-1) as number;
  return {
    verdict: "satisfiable",
    witness: { values: witness, steps, clock: clockAt(last) },
    origin: before,
  };
};

/** What every reading can be, in the layout of a trace. */
const declaredBounds = (
  rules: readonly BoundRule[],
  site: Site,
  steps: number,
): { readonly lower: Float64Array; readonly upper: Float64Array } => {
  const width = site.sensors.length * steps;
  const lower = new Float64Array(site.channels.length * width).fill(-Infinity);
  const upper = new Float64Array(site.channels.length * width).fill(Infinity);
  for (const rule of rules) {
    for (const [channel, policy] of signalPolicies(rule)) {
      lower.fill(policy.lower, channel * width, (channel + 1) * width);
      upper.fill(policy.upper, channel * width, (channel + 1) * width);
    }
  }
  return { lower, upper };
};

const weekdays = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

const localTime = ({ minuteOfDay, weekday }: NonNullable<PanelTrace["clock"]>, step: number): string => {
  const minutes = minuteOfDay[step] as number;
  const two = (value: number): string => String(value).padStart(2, "0");
  return `${weekdays[(weekday[step] as number) - 1]} ${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
};

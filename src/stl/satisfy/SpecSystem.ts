import type { BoundRule } from "../compile/BoundRule.ts";
import type { PanelTrace, Site } from "../compile/Site.ts";
import { createRuleJudge, type RuleJudge } from "../project/createRuleJudge.ts";
import { foldRequirements, type Located, type Requirement } from "../project/foldRequirements.ts";
import { type Projected, projectRequirements } from "../project/projectRequirements.ts";
import { signalPolicies } from "../project/signalPolicies.ts";
import type { UnrolledRule } from "../unroll/UnrolledRule.ts";
import { clockPatterns } from "./clockPatterns.ts";
import { flatReadings } from "./flatReadings.ts";
import { weekClock } from "./weekClock.ts";

/** A rule and what it was unrolled to. */
export interface AffineRule {
  readonly bound: BoundRule;
  readonly unrolled: UnrolledRule;
}

type Clock = NonNullable<PanelTrace["clock"]>;

const weekdays = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

/** The rules of a file over all readings that they read about one origin, every reading a variable in its range. */
export class SpecSystem {
  readonly rules: readonly AffineRule[];
  /** Steps of a trace, and the one that is the origin. */
  readonly steps: number;
  readonly origin: number;
  /** Steps of the week at which an origin may stand: one for every pattern of truth of the clock tests. */
  readonly instants: readonly number[];
  readonly #sensors: number;
  readonly #lower: Float64Array;
  readonly #upper: Float64Array;
  readonly #week: Clock;
  readonly #judges: readonly RuleJudge[];
  readonly #workLimit: number;

  constructor(rules: readonly AffineRule[], site: Site, workLimit: number) {
    const after = rules.reduce((most, { bound }) => Math.max(most, bound.horizonSteps), 0);
    this.rules = rules;
    this.origin = rules.reduce((most, { bound }) => Math.max(most, bound.historySteps), 0);
    this.steps = this.origin + 1 + after;
    this.#week = weekClock(site, this.origin, after);
    this.instants = clockPatterns(
      rules.map(({ unrolled }) => unrolled),
      site,
      this.#week,
      this.origin,
    );
    this.#sensors = site.sensors.length;
    const width = this.#sensors * this.steps;
    this.#lower = new Float64Array(site.channels.length * width).fill(-Infinity);
    this.#upper = new Float64Array(site.channels.length * width).fill(Infinity);
    for (const { bound } of rules) {
      for (const [channel, { lower, upper }] of signalPolicies(bound)) {
        this.#lower.fill(lower, channel * width, (channel + 1) * width);
        this.#upper.fill(upper, channel * width, (channel + 1) * width);
      }
    }
    this.#judges = rules.map(({ bound }) => createRuleJudge(bound, this.steps));
    this.#workLimit = workLimit;
  }

  /** Readings as a trace whose origin stands at an instant of the week. */
  traceAt(instant: number, values: Float64Array): PanelTrace & { readonly clock: Clock } {
    const cut = <Column extends { subarray(from: number, to: number): Column }>(column: Column): Column =>
      column.subarray(instant, instant + this.steps);
    const { dayNumber, minuteOfDay, weekday } = this.#week;
    const clock = { minuteOfDay: cut(minuteOfDay), weekday: cut(weekday), dayNumber: cut(dayNumber) };
    return { values, steps: this.steps, clock };
  }

  /** Such as "Monday 07:00". */
  localTime(instant: number): string {
    const minutes = this.#week.minuteOfDay[this.origin + instant] as number;
    const day = weekdays[(this.#week.weekday[this.origin + instant] as number) - 1];
    const two = (value: number): string => String(value).padStart(2, "0");
    return `${day} ${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
  }

  /** Whether readings keep the rules of these positions, by the exact evaluator. */
  keeps(chosen: readonly number[], instant: number, values: Float64Array): boolean {
    const trace = this.traceAt(instant, values);
    return chosen.every((rule) => this.#judges[rule]?.holds(trace, this.origin, 0));
  }

  /** Looks for readings near `given` that keep the rules of these positions. */
  solve(chosen: readonly number[], instant: number, given: Float64Array): Projected {
    const accept = (values: Float64Array): boolean => this.keeps(chosen, instant, values);
    const variables = { given, lower: this.#lower, upper: this.#upper };
    return projectRequirements(
      this.#requirements(chosen, instant),
      variables,
      "l2",
      this.#workLimit,
      accept,
      0,
    );
  }

  /** Readings to start from. */
  flatReadings(): Float64Array {
    const [lower, upper] = [this.#lower, this.#upper];
    const given = lower.map((least, v) => Math.min(Math.max(0, least), upper[v] as number));
    const all = this.rules.map((_, rule) => rule);
    const requirements = this.#requirements(all, this.instants[0] as number);
    const graph = foldRequirements(requirements, { given, lower, upper }, { rows: 0, strict: 0 });
    return flatReadings(graph, this.#sensors * this.steps);
  }

  #requirements(chosen: readonly number[], instant: number): Requirement[] {
    const { clock } = this.traceAt(instant, this.#lower);
    const clockHolds: Requirement["clockHolds"] = ({ field, lower, step, upper }) => {
      const reading = clock[field][this.origin + step] as number;
      return reading >= lower && reading <= upper;
    };
    const locate = (channel: number, sensor: number, step: number, into: Located): void => {
      into.variable = (channel * this.#sensors + sensor) * this.steps + this.origin + step;
    };
    return chosen.map((rule) => {
      const { unrolled } = this.rules[rule] as AffineRule;
      return { unrolled, margin: 0, locate, clockHolds };
    });
  }
}

import * as fc from "fast-check";
import type { Readout } from "../edge/TernaryModel.ts";
import type { FeaturePlan } from "../series/FeaturePlan.ts";
import { planChannels, type Readings } from "../series/features.ts";
import { invertTransform } from "../series/transform.ts";

/**
 * What a hostile window sets readings to. Levels are thousandths of a channel's range: 0 is its smallest value, 1000
 * its largest, others lie in between or outside. The range of a target is that of its forecast; of a covariate its
 * mean -4 to +4 deviations on the learned scale; of an angle 0 to 360 degrees.
 */
export type HostileReadings = Region &
  (
    | { readonly kind: "level"; readonly level: number }
    /** `first` at the origin, `second` from `every` steps before it, then `first` again. */
    | {
        readonly kind: "alternating";
        readonly first: number;
        readonly second: number;
        readonly every: number;
      }
    | { readonly kind: "missing"; readonly where: "everywhere" | "at the origin" | "before the origin" }
  );

/** Every channel, and every sensor, where it is left out. */
interface Region {
  readonly channel?: number;
  readonly sensor?: number;
}

const MOST_AT_ONCE = 4;
const DEVIATIONS = 4;
const FAR = 10_000_000;

/** One to four settings of readings, later ones over earlier ones; they shrink to fewer, of all series, at low levels. */
export const hostileReadings = (
  plan: FeaturePlan,
  contextSteps: number,
): fc.Arbitrary<readonly HostileReadings[]> => {
  const region = {
    channel: fc.nat(planChannels(plan).length - 1),
    sensor: fc.nat(plan.sensors.length - 1),
  };
  const level = fc.oneof(
    fc.constantFrom(0, 1000),
    fc.integer({ min: 0, max: 1000 }),
    fc.integer({ min: -10_000, max: 11_000 }),
    fc.constantFrom(-FAR, FAR),
  );
  const one: fc.Arbitrary<HostileReadings> = fc.oneof(
    { withCrossShrink: true },
    fc.record({ kind: fc.constant("level" as const), ...region, level }, { requiredKeys: ["kind", "level"] }),
    fc.record(
      {
        kind: fc.constant("alternating" as const),
        ...region,
        first: level,
        second: level,
        every: fc.integer({ min: 1, max: contextSteps }),
      },
      { requiredKeys: ["kind", "first", "second", "every"] },
    ),
    fc.record(
      {
        kind: fc.constant("missing" as const),
        ...region,
        where: fc.constantFrom("everywhere" as const, "at the origin" as const, "before the origin" as const),
      },
      { requiredKeys: ["kind", "where"] },
    ),
  );
  return fc.array(one, { minLength: 1, maxLength: MOST_AT_ONCE });
};

/** Sets the readings in place. */
export const setHostileReadings = (
  { steps, values }: Pick<Readings, "steps" | "values">,
  hostile: HostileReadings,
  plan: FeaturePlan,
  readouts: readonly Readout[],
): void => {
  const channels = planChannels(plan).length;
  const sensors = plan.sensors.length;
  for (let channel = 0; channel < channels; channel++) {
    if (hostile.channel !== undefined && hostile.channel !== channel) continue;
    for (let sensor = 0; sensor < sensors; sensor++) {
      if (hostile.sensor !== undefined && hostile.sensor !== sensor) continue;
      const from = (channel * sensors + sensor) * steps;
      setSeries(values.subarray(from, from + steps), hostile, (level) =>
        readingAt(plan, readouts, channel, level),
      );
    }
  }
};

const setSeries = (
  series: Float64Array,
  hostile: HostileReadings,
  reading: (level: number) => number,
): void => {
  const last = series.length - 1;
  switch (hostile.kind) {
    case "level":
      series.fill(reading(hostile.level));
      break;
    case "alternating": {
      const levels = [reading(hostile.first), reading(hostile.second)];
      for (let ago = 0; ago <= last; ago++) {
        series[last - ago] = levels[Math.floor(ago / hostile.every) % 2]!;
      }
      break;
    }
    case "missing":
      series.fill(
        Number.NaN,
        hostile.where === "at the origin" ? last : 0,
        hostile.where === "before the origin" ? last : last + 1,
      );
      break;
  }
};

const readingAt = (
  plan: FeaturePlan,
  readouts: readonly Readout[],
  channel: number,
  level: number,
): number => {
  const share = level / 1000;
  const readout = readouts[channel];
  if (readout !== undefined) return readout.minimum + share * (readout.maximum - readout.minimum);
  const scaling = plan.covariates[channel - plan.targets.length];
  if (scaling === undefined) return share * 360;
  const [low, high] = [-DEVIATIONS, DEVIATIONS].map((deviations) =>
    invertTransform(scaling.transform, scaling.mean + deviations * scaling.deviation),
  ) as [number, number];
  return low + share * (high - low);
};

/**
 * One sentence.
 *
 * @example
 * describeHostile({ kind: "level", channel: 0, level: 1000 }, ["speed"], ["s1"]);
 * // => "speed of every sensor stays at its largest value"
 * describeHostile({ kind: "missing", sensor: 0, where: "at the origin" }, ["speed"], ["s1"]);
 * // => "every channel of s1 is missing at the origin"
 */
export const describeHostile = (
  hostile: HostileReadings,
  channels: readonly string[],
  sensors: readonly string[],
): string => {
  const channel = hostile.channel === undefined ? "every channel" : channels[hostile.channel];
  const sensor = hostile.sensor === undefined ? "every sensor" : sensors[hostile.sensor];
  const series = `${channel} of ${sensor}`;
  switch (hostile.kind) {
    case "level":
      return `${series} stays at ${levelInWords(hostile.level)}`;
    case "alternating":
      return `${series} alternates between ${levelInWords(hostile.first)}, at the origin, and ${levelInWords(hostile.second)}, every ${hostile.every === 1 ? "step" : `${hostile.every} steps`}`;
    case "missing":
      return `${series} is missing${hostile.where === "everywhere" ? "" : ` ${hostile.where}`}`;
  }
};

const levelInWords = (level: number): string =>
  level === 0 ? "its smallest value" : level === 1000 ? "its largest value" : `${level / 10} % of its range`;

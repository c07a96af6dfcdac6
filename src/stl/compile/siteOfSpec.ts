import { durationNanoseconds } from "../language/Duration.ts";
import { nearestName } from "../language/nearestName.ts";
import { type Problem, problemAt } from "../language/Problem.ts";
import type { Spec } from "../language/Spec.ts";
import type { DurationTerm } from "../language/Syntax.ts";
import { Mentions } from "./Mentions.ts";
import type { Site } from "./Site.ts";

/** Sensors that stand in where a spec names none, or too few for what it counts. */
const fewestSensors = 3;
/** One sensor for every set of tags, up to this many tags; beyond, one for each tag, one for all and one for none. */
const mostTagsCombined = 4;

const gcd = (a: bigint, b: bigint): bigint => (b === 0n ? a : gcd(b, a % b));

/** The declared period; without one, the longest step that every duration of the spec is a multiple of. */
const stepOf = (spec: Spec, durations: readonly DurationTerm[]): number => {
  const period = spec.sampling?.period;
  const all = (period === undefined ? durations : [period])
    .map(durationNanoseconds)
    .filter((duration): duration is bigint => duration !== undefined && duration > 0n);
  const step = all.reduce(gcd, 0n);
  return step === 0n ? 1000 : Number(step) / 1e6;
};

const tagsOf = (tags: readonly string[]): readonly (readonly string[])[] =>
  tags.length <= mostTagsCombined
    ? Array.from({ length: 2 ** tags.length }, (_, set) => tags.filter((_tag, k) => (set >> k) % 2 === 1))
    : [tags, [], ...tags.map((tag) => [tag])];

/**
 * A site made from a spec alone, so that its rules can be checked without recordings: the signals it declares or
 * reads, its sampling, the sensors it names and some more. All sensors stand at one place, near to each other; of
 * several tags there is a sensor for every combination.
 *
 * A signal that is read and not declared is a warning; one that looks like a slip of a declared name is left out,
 * so that binding reports it.
 *
 * @example
 * const { spec } = parseSpec("sampling 5min; signal speed : real in km/h; require r: speed < 50 km/h;");
 * siteOfSpec(spec).site.stepMs; // => 300000
 */
export const siteOfSpec = (spec: Spec): { readonly site: Site; readonly problems: readonly Problem[] } => {
  const mentions = new Mentions(spec);
  const problems: Problem[] = [];
  const declared = new Map(spec.signals.map((signal) => [signal.name, signal]));
  const undeclared = Array.from(mentions.signals).filter(
    ([name]) => !declared.has(name) && !mentions.sensors.has(name),
  );
  const channels: Site["channels"][number][] = Array.from(declared.values(), ({ name, unit }) =>
    unit === undefined ? { name } : { name, unit },
  );
  for (const [name, place] of undeclared) {
    if (nearestName(name, declared.keys()) !== undefined) continue;
    channels.push({ name });
    const message = `the signal ${name} is not declared: its unit and its range are not known`;
    const remedy = `Add a line such as: signal ${name} : real in km/h range [0, 200];`;
    problems.push(problemAt(place, "warning", "undeclared-signal", message, remedy));
  }
  const tags = Array.from(mentions.tags);
  const tagSets = tagsOf(tags);
  const sensors = Array.from(mentions.sensors);
  const several = mentions.quantified || tags.length > 0 || sensors.length > 0;
  const wanted = several ? Math.max(fewestSensors, mentions.counted + 1, tagSets.length) : 1;
  for (let k = 1; sensors.length < wanted; k++) if (!sensors.includes(`s${k}`)) sensors.push(`s${k}`);
  const site: Site = {
    sensors,
    channels,
    stepMs: stepOf(spec, mentions.durations),
    zone: "UTC",
    positions: sensors.map(() => ({ latitude: 0, longitude: 0 })),
    tags: Object.fromEntries(
      tags.map((tag) => [tag, sensors.filter((_, s) => tagSets[s % tagSets.length]?.includes(tag))]),
    ),
  };
  return { site, problems };
};

import { NodeKind, type UnrolledRule } from "../stl/unroll/UnrolledRule.ts";
import { ArtefactError } from "./ArtefactError.ts";
import type { CompiledRule, RuleChannel } from "./CompiledRule.ts";
import { EXACT_MAXIMUM } from "./fixedPoint.ts";

/** Readings further from zero than this many quanta count as missing. */
export const READING_MAXIMUM = 2 ** 21;

const CLOCK_FIELDS = ["minuteOfDay", "weekday", "dayNumber"] as const;
const COEFFICIENT_MAXIMUM = 2 ** 31 - 1;
/** Relative error up to which a product of decimals counts as the whole number beside it: some units of 2^-53. */
const DECIMAL_NOISE = 1e-14;
const LARGEST_DIVISOR = 4096;

/** A rule as it comes from the rule engine, and what the device shall do with it. */
export interface RuleToCompile {
  readonly unrolled: UnrolledRule;
  readonly text: string;
  readonly enforced: boolean;
  /** In the unit of the rule's predicates; left out, 1.5 times the largest sum of |coefficient| quanta in a leaf. */
  readonly margin?: number;
}

/** What the channel and sensor indices of a rule mean, and what can be forecast. */
export interface RuleSite {
  /** Names of the channels that `UnrolledRule.channel` counts. */
  readonly channels: readonly string[];
  /** Channels known to the device: the targets first. */
  readonly ruleChannels: readonly RuleChannel[];
  readonly targets: number;
  readonly sensors: number;
  readonly horizonSteps: number;
}

/**
 * Puts a rule into integers: one factor for all its leaves makes every coefficient * quantum a whole number.
 *
 * Throws an {@link ArtefactError} `not-representable` naming the rule and every term that does not fit.
 */
export const compileRule = (rule: RuleToCompile, site: RuleSite): CompiledRule => {
  const { unrolled } = rule;
  const problems: string[] = [];
  const terms = unrolled.coefficient.length;
  const channel = new Int32Array(terms);
  const worth = new Float64Array(terms);
  for (let term = 0; term < terms; term++) {
    const name = site.channels[unrolled.channel[term]!];
    const known = site.ruleChannels.findIndex((candidate) => candidate.channel === name);
    const step = unrolled.step[term]!;
    if (known < 0) {
      problems.push(
        `it reads ${name ?? `channel ${unrolled.channel[term]}`}, which has no quantum: add it to quanta`,
      );
      continue;
    }
    if (step > 0 && known >= site.targets)
      problems.push(`it reads ${name} at step ${step}, but ${name} is not forecast`);
    if (step > site.horizonSteps)
      problems.push(`it reads step ${step}, but the forecast ends at ${site.horizonSteps}`);
    if (unrolled.sensor[term]! >= site.sensors)
      problems.push(`it reads sensor ${unrolled.sensor[term]} of ${site.sensors}`);
    channel[term] = known;
    worth[term] = unrolled.coefficient[term]! * site.ruleChannels[known]!.quantum;
  }
  const unitsPerOne = commonFactor(worth);
  if (unitsPerOne === undefined) {
    const listed = [...new Set(worth)].slice(0, 6).join(", ");
    problems.push(
      `its coefficients times quanta (${listed}) have no common step within 31 bits: ` +
        "choose quanta or coefficients that are round decimals",
    );
  }
  if (problems.length > 0) refuse(unrolled.name, problems);
  const units = unitsPerOne!;

  const coefficient = Int32Array.from(worth, (value) => Math.round(value * units));
  const leaves = unrolled.constant.length;
  const constant = new Float64Array(leaves);
  let widest = 0;
  for (let leaf = 0; leaf < leaves; leaf++) {
    let sum = 0;
    for (let term = unrolled.termOffsets[leaf]!; term < unrolled.termOffsets[leaf + 1]!; term++) {
      sum += Math.abs(coefficient[term]!);
    }
    widest = Math.max(widest, sum);
    constant[leaf] = floorOfDecimal(unrolled.constant[leaf]! * units) - (unrolled.strict[leaf] === 1 ? 1 : 0);
    if (sum * READING_MAXIMUM + Math.abs(constant[leaf]!) > EXACT_MAXIMUM) {
      problems.push(`leaf ${leaf} makes sums wider than 52 bits`);
    }
  }
  const margin = rule.margin === undefined ? Math.ceil(1.5 * widest) : Math.ceil(rule.margin * units);
  if (!(margin >= 0 && margin <= COEFFICIENT_MAXIMUM)) problems.push(`its margin is ${rule.margin}`);
  if (problems.length > 0) refuse(unrolled.name, problems);
  return {
    name: unrolled.name,
    text: rule.text,
    enforced: rule.enforced,
    unitsPerOne: units,
    margin,
    kind: unrolled.kind,
    childOffsets: unrolled.childOffsets,
    children: unrolled.children,
    argument: unrolled.argument,
    termOffsets: unrolled.termOffsets,
    coefficient,
    channel,
    sensor: unrolled.sensor,
    step: unrolled.step,
    constant,
    clockTests: unrolled.clockTests.map((test) => ({ ...test, field: CLOCK_FIELDS.indexOf(test.field) })),
  };
};

const refuse = (name: string, problems: readonly string[]): never => {
  throw new ArtefactError(
    "not-representable",
    `the rule ${name} cannot be put into integers: ${[...new Set(problems)].slice(0, 8).join("; ")}`,
  );
};

/** The smallest factor 10^k * d (d <= 4096) that makes every value whole and at most 31 bits wide. */
const commonFactor = (values: Float64Array): number | undefined => {
  const distinct = [...new Set(Array.from(values, Math.abs))];
  const peak = Math.max(1, ...distinct);
  let best: number | undefined;
  for (let power = 1; power * peak <= COEFFICIENT_MAXIMUM; power *= 10) {
    for (let divisor = 1; divisor <= LARGEST_DIVISOR; divisor++) {
      const factor = power * divisor;
      if (factor * peak > COEFFICIENT_MAXIMUM || factor >= (best ?? Infinity)) break;
      if (distinct.every((value) => isWhole(value * factor))) best = factor;
    }
  }
  return best;
};

const isWhole = (value: number): boolean => {
  const nearest = Math.round(value);
  return Math.abs(value - nearest) <= DECIMAL_NOISE * Math.max(1, nearest) && (nearest !== 0 || value === 0);
};

/** Rounded down, unless the value is a whole number up to the noise of decimal arithmetic. */
const floorOfDecimal = (value: number): number => {
  const nearest = Math.round(value);
  return Math.abs(value - nearest) <= DECIMAL_NOISE * Math.max(1, Math.abs(nearest))
    ? nearest
    : Math.floor(value);
};

/** Whether a rule reads the clock at all. */
export const readsClock = (rule: CompiledRule): boolean => rule.kind.includes(NodeKind.clock);

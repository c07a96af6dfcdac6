import type { ChannelScaling, FeaturePlan } from "../../series/FeaturePlan.ts";
import type { RuleChannel } from "../CompiledRule.ts";
import type { Readout } from "../TernaryModel.ts";

/** Step to which an angle is rounded, in degrees, and the coarsest step of a channel whose readings allow it. */
const USUAL_QUANTUM = 0.01;
/** Readings reach this many deviations from the mean, those on the scale of log(1 + x) fewer. */
const REACH_DEVIATIONS = 64;
const LOG_REACH_DEVIATIONS = 12;
const LARGEST_LOG = 15;
const QUANTA_MAXIMUM = 2 ** 20;

/**
 * A round step for the readings of a channel that is not forecast: 0.01, or the power of ten that is no larger than a
 * deviation, or, where the readings are too large for it, the smallest power of ten at which 2^20 steps reach them.
 *
 * @example
 * readingQuantum({ channel: "pressure", transform: "identity", mean: 101_325, deviation: 800, fallback: 101_325 });
 * // => 1
 */
export const readingQuantum = ({ deviation, mean, transform }: ChannelScaling): number => {
  const reach =
    transform === "identity"
      ? Math.abs(mean) + REACH_DEVIATIONS * deviation
      : Math.expm1(Math.min(Math.abs(mean) + LOG_REACH_DEVIATIONS * deviation, LARGEST_LOG));
  const fine = transform === "identity" ? Math.floor(Math.log10(deviation)) : -2;
  const coarse = Math.ceil(Math.log10(reach / QUANTA_MAXIMUM));
  const power = Math.max(Math.min(Math.log10(USUAL_QUANTUM), fine), coarse);
  // Through the text, so that 1e-2 is the double that a reader writes.
  return Number(`1e${power}`);
};

/** Quantum of every channel that a plan reads, in its order: the readout's, else that of the rules, else a round one. */
export const readingQuanta = (
  plan: FeaturePlan,
  readouts: readonly Readout[],
  ruleChannels: readonly RuleChannel[],
): number[] => {
  const ofRules = (channel: string): number | undefined =>
    ruleChannels.find((candidate) => candidate.channel === channel)?.quantum;
  return [
    ...plan.targets.map((_, target) => readouts[target]!.quantum),
    ...plan.covariates.map((covariate) => ofRules(covariate.channel) ?? readingQuantum(covariate)),
    ...plan.circular.map((channel) => ofRules(channel) ?? USUAL_QUANTUM),
  ];
};

import type { ChannelScaling, FeaturePlan, LinearBaseline } from "../../series/FeaturePlan.ts";
import { contextSteps } from "../../series/features.ts";
import { ArtefactError } from "../ArtefactError.ts";
import {
  clamp,
  EXACT_MAXIMUM,
  EXPONENT_BITS,
  FEATURE_MAXIMUM,
  FEATURE_ONE,
  logarithmTable,
  sineTable,
  TURN_BITS,
} from "../fixedPoint.ts";
import {
  BASELINE_MAXIMUM,
  type IntegerAngle,
  type IntegerBaseline,
  type IntegerFrontEnd,
  type IntegerLinearBaseline,
  type IntegerScaling,
  type IntegerTarget,
  LEVEL_BITS,
  LEVEL_MAXIMUM,
  LINEAR_SPREAD_MAXIMUM,
  READING_LIMIT,
  READING_ONE,
} from "./IntegerFrontEnd.ts";
import { CENTRE_MAXIMUM, FACTOR_MAXIMUM, INVERSE_MAXIMUM, LARGEST_SHIFT } from "./frontFaults.ts";
import { integerReading } from "./IntegerReadings.ts";

const LARGEST_WEIGHT_SHIFT = 24;

/**
 * Turns a feature plan into integers: each channel's readings by its quantum (`quanta`, in the order of the plan's
 * channels).
 *
 * Interval argument: a difference of scaled readings is at most 2^29 and a factor at most 2^22, a difference of levels
 * at most 2^23 with the same factors, and the weights of a linear baseline add up to at most 2^26 for differences of at
 * most 2^26, so every product and sum stays below 2^52. Throws an {@link ArtefactError} `not-representable` that lists
 * every number out of range.
 */
export const quantiseFrontEnd = (plan: FeaturePlan, quanta: readonly number[]): IntegerFrontEnd => {
  const problems: string[] = [];
  const { targets, covariates, circular, embedding } = plan;
  const scaling = (channel: ChannelScaling, index: number): IntegerScaling =>
    quantiseScaling(channel, quanta[index]!, problems);
  const result: IntegerFrontEnd = {
    sensors: plan.sensors.length,
    windowSteps: plan.windowSteps,
    horizonSteps: plan.horizonSteps,
    holdSteps: plan.holdSteps,
    contextSteps: contextSteps(plan),
    weekly: plan.weekly,
    targets: targets.map((channel, target) => ({
      ...scaling(channel, target),
      ...ownLevels(plan, target, problems),
      columns: Int32Array.from(
        plan.everySensor?.targets.includes(channel.channel) ? plan.everySensor.sensors : [],
      ),
    })),
    covariates: covariates.map((channel, index) => scaling(channel, targets.length + index)),
    angles: circular.map((channel, index) =>
      quantiseAngle(channel, quanta[targets.length + covariates.length + index]!, problems),
    ),
    neighbours: plan.neighbours.map((own) => Int32Array.from(own)),
    baseline:
      plan.baseline.kind === "linear" ? quantiseLinear(plan, plan.baseline, quanta, problems) : plan.baseline,
    embedding: Int16Array.from(embedding.flat(), (value) =>
      clamp(Math.floor(value * FEATURE_ONE + 0.5), -FEATURE_MAXIMUM, FEATURE_MAXIMUM),
    ),
    logarithms: logarithmTable(),
    sines: sineTable(),
  };
  if (problems.length > 0) {
    throw new ArtefactError(
      "not-representable",
      `the front end cannot be put into integers: ${problems.join("; ")}`,
    );
  }
  return result;
};

/** `value` as factor / 2^shift with as many bits as 2^22 allows. */
const factorOf = (value: number, what: string, problems: string[]): { factor: number; shift: number } => {
  let shift = LARGEST_SHIFT;
  while (shift > 0 && Math.abs(value) * 2 ** shift > FACTOR_MAXIMUM) shift--;
  const factor = Math.round(value * 2 ** shift);
  if (!(Math.abs(factor) <= FACTOR_MAXIMUM)) problems.push(`${what} is ${value}, above ${FACTOR_MAXIMUM}`);
  return { factor, shift };
};

/** Scaled readings for one unit of the learned scale, and the scaled reading of its zero. */
const scaleOf = (transform: ChannelScaling["transform"], quantum: number): { unit: number; zero: number } =>
  transform === "identity"
    ? { unit: READING_ONE / quantum, zero: 0 }
    : { unit: 2 ** EXPONENT_BITS / Math.LN2, zero: -Math.log2(quantum) * 2 ** EXPONENT_BITS };

const quantiseScaling = (
  { channel, deviation, fallback, mean, transform }: ChannelScaling,
  quantum: number,
  problems: string[],
): IntegerScaling => {
  const { unit, zero } = scaleOf(transform, quantum);
  const { factor, shift } = factorOf(
    2 ** LEVEL_BITS / (deviation * unit),
    `a quantum of ${quantum} of ${channel} in deviations`,
    problems,
  );
  const centre = Math.round(mean * unit + zero);
  if (!(Math.abs(centre) < CENTRE_MAXIMUM)) {
    problems.push(`the mean of ${channel}, ${mean}, is too many quanta of ${quantum}`);
  }
  const held = integerReading(fallback, quantum);
  if (!(Math.abs(held) <= READING_LIMIT)) {
    problems.push(`the fallback of ${channel} is ${fallback}, not within 2^21 quanta of ${quantum}`);
  }
  const inverseQuantum = transform === "log1p" ? Math.round(READING_ONE / quantum) : 0;
  if (transform === "log1p" && !(inverseQuantum >= 1 && inverseQuantum <= INVERSE_MAXIMUM)) {
    problems.push(`the quantum of ${channel} is ${quantum}, not within 2^-22..2^8`);
  }
  return {
    transform,
    fallback: held,
    inverseQuantum,
    centre,
    gain: factor,
    gainShift: shift,
  };
};

const ownLevels = (
  plan: FeaturePlan,
  target: number,
  problems: string[],
): Pick<IntegerTarget, "ownCentre" | "ownGain" | "ownShift"> => {
  const { channel, deviation, mean } = plan.targets[target]!;
  const factors = plan.sensorDeviation[target]!.map((own, sensor) =>
    factorOf(
      (deviation / own) * (FEATURE_ONE / 2 ** LEVEL_BITS),
      `the deviation of ${channel} over that of ${plan.sensors[sensor]}`,
      problems,
    ),
  );
  return {
    ownCentre: Int32Array.from(plan.sensorMean[target]!, (own) =>
      clamp(Math.round(((own - mean) / deviation) * 2 ** LEVEL_BITS), -LEVEL_MAXIMUM, LEVEL_MAXIMUM),
    ),
    ownGain: Int32Array.from(factors, ({ factor }) => factor),
    ownShift: Uint8Array.from(factors, ({ shift }) => shift),
  };
};

const quantiseAngle = (channel: string, quantum: number, problems: string[]): IntegerAngle => {
  const turns = (quantum / (READING_ONE * 360)) * 2 ** TURN_BITS;
  const { factor, shift } = factorOf(turns, `a quantum of ${channel} in turns`, problems);
  return { gain: factor, gainShift: shift };
};

const quantiseLinear = (
  plan: FeaturePlan,
  { lagSteps, periodSteps, weights }: LinearBaseline,
  quanta: readonly number[],
  problems: string[],
): IntegerBaseline => ({
  kind: "linear",
  lagSteps,
  periodSteps,
  targets: plan.targets.map(({ channel, transform }, target): IntegerLinearBaseline => {
    const { unit, zero } = scaleOf(transform, quanta[target]!);
    const leads = weights[target]!;
    const spreads = leads.map((own) => own.slice(0, lagSteps + 1));
    const largestSum = Math.max(
      ...spreads.map((own) => own.reduce((sum, weight) => sum + Math.abs(weight), 0)),
    );
    // A rounded weight is off by half a unit.
    const mostUnits = EXACT_MAXIMUM / LINEAR_SPREAD_MAXIMUM - lagSteps - 1;
    let weightShift = LARGEST_WEIGHT_SHIFT;
    while (weightShift > 0 && largestSum * 2 ** weightShift > mostUnits) weightShift--;
    if (!(largestSum * 2 ** weightShift <= mostUnits)) {
      problems.push(`the weights of the baseline of ${channel} add up to ${largestSum}`);
    }
    const scaledWithin = (value: number, what: string): number => {
      if (!(Math.abs(value) <= BASELINE_MAXIMUM)) problems.push(`${what} of ${channel} is ${value}`);
      return Math.round(value);
    };
    return {
      weightShift,
      weights: Int32Array.from(spreads.flat(), (weight) => Math.round(weight * 2 ** weightShift)),
      intercepts: Int32Array.from(leads, (own) =>
        scaledWithin(own[lagSteps + 1]! * unit, "an intercept of the baseline"),
      ),
      means: Int32Array.from(plan.sensorMean[target]!, (mean) =>
        scaledWithin(mean * unit + zero, "the mean of a sensor"),
      ),
    };
  }),
});

import type { FeaturePlan } from "../../src/series/FeaturePlan.ts";
import { featureCount, planChannels, type Readings } from "../../src/series/features.ts";
import type { TernaryCell, TernaryModel } from "../../src/edge/TernaryModel.ts";
import { NodeKind, type UnrolledRule } from "../../src/stl/unroll/UnrolledRule.ts";

/** Mulberry32: uniform numbers in [0, 1) from a seed. */
export const uniform = (seed: number): (() => number) => {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
};

export interface FixtureShape {
  readonly sensors?: number;
  readonly units?: number;
  readonly layers?: number;
  readonly hiddenUnits?: number;
  readonly windowSteps?: number;
  readonly horizonSteps?: number;
  readonly seed?: number;
  /** Levels of quantile heads. */
  readonly quantiles?: readonly number[];
}

/** Speed (identity) and flow (log1p) are forecast; rain and wind direction are read. */
export const fixturePlan = (shape: FixtureShape = {}): FeaturePlan => {
  const { sensors = 3, windowSteps = 6, horizonSteps = 4 } = shape;
  const names = Array.from({ length: sensors }, (_, sensor) => `s${sensor}`);
  return {
    stepMs: 300_000,
    zone: "UTC",
    sensors: names,
    targets: [
      { channel: "speed", transform: "identity", mean: 50, deviation: 15, fallback: 50 },
      { channel: "flow", transform: "log1p", mean: 4, deviation: 0.8, fallback: 60 },
    ],
    covariates: [{ channel: "rain", transform: "log1p", mean: 0.3, deviation: 0.5, fallback: 0 }],
    circular: ["wind"],
    weekly: true,
    baseline: { kind: "persistence" },
    windowSteps,
    horizonSteps,
    holdSteps: 2,
    neighbours: names.map((_, sensor) => (sensors > 1 ? [(sensor + 1) % sensors] : [])),
    sensorMean: [names.map(() => 50), names.map(() => 4)],
    sensorDeviation: [names.map(() => 12), names.map(() => 0.7)],
    embedding: names.map((_, sensor) => [Math.sin(sensor), Math.cos(sensor)]),
  };
};

export const fixtureModel = (plan: FeaturePlan, shape: FixtureShape = {}): TernaryModel => {
  const { units = 6, layers = 1, hiddenUnits = 5, seed = 7, quantiles } = shape;
  const inputs = featureCount(plan);
  const outputs = (1 + (quantiles ?? []).length) * plan.targets.length * plan.horizonSteps;
  const random = uniform(seed);
  const spread = (length: number, size: number): Float64Array =>
    Float64Array.from({ length }, () => (random() - 0.5) * 2 * size);
  const codes = (length: number): Int8Array => Int8Array.from({ length }, () => Math.floor(random() * 3) - 1);
  const cell = (columns: number): TernaryCell => {
    const scaleU = 1.2 / Math.sqrt(units);
    const scaleW = 1.2 / Math.sqrt(columns);
    return {
      inputCodes: codes(3 * units * columns),
      stateCodes: codes(3 * units * units),
      alpha: spread(3 * units, 1).map((value) => (1 + 0.3 * value) * scaleU * scaleW),
      beta1: spread(3 * units, 1).map((value) => (0.5 + 0.3 * value) * scaleU),
      beta2: spread(3 * units, 1).map((value) => (0.5 + 0.3 * value) * scaleW),
      bias: spread(3 * units, 0.5),
    };
  };
  return {
    inputs,
    units,
    ...cell(inputs),
    head: {
      hiddenUnits,
      hidden: spread(hiddenUnits * (units + inputs), 0.3),
      hiddenBias: spread(hiddenUnits, 0.2),
      output: spread(outputs * hiddenUnits, 0.3),
      skip: spread(outputs * (units + inputs), 0.15),
      outputBias: spread(outputs, 0.1),
    },
    horizonSteps: plan.horizonSteps,
    ...(quantiles !== undefined && { quantiles }),
    targets: [
      {
        channel: "speed",
        unit: "km/h",
        transform: "identity",
        gain: 15,
        quantum: 0.1,
        minimum: 0,
        maximum: 150,
      },
      { channel: "flow", unit: "1", transform: "log1p", gain: 0.6, quantum: 1, minimum: 0, maximum: 4000 },
    ],
    // Last, so that what is random of the others does not depend on them.
    upper: Array.from({ length: layers - 1 }, () => cell(units)),
  };
};

/** Smooth made-up readings of every channel of the plan, some missing; the clock goes on past the end. */
export const fixtureReadings = (plan: FeaturePlan, steps: number, seed: number, missing = 0.05): Readings => {
  const random = uniform(seed);
  const channels = planChannels(plan);
  const sensors = plan.sensors.length;
  const values = new Float64Array(channels.length * sensors * steps);
  channels.forEach((channel, index) => {
    for (let sensor = 0; sensor < sensors; sensor++) {
      let drift = 0;
      for (let step = 0; step < steps; step++) {
        drift = 0.9 * drift + (random() - 0.5);
        const wave = Math.sin(step / 9 + sensor);
        const value =
          channel === "speed"
            ? Math.max(3, 55 + 20 * wave + 6 * drift)
            : channel === "flow"
              ? Math.max(0, Math.round(90 + 60 * wave + 20 * drift))
              : channel === "rain"
                ? Math.max(0, drift)
                : (360 + 90 * drift) % 360;
        const at = (index * sensors + sensor) * steps + step;
        values[at] =
          random() < missing ? Number.NaN : channel === "speed" ? Math.round(value * 10) / 10 : value;
      }
    }
  });
  const clockSteps = steps + plan.horizonSteps;
  const minutes = Array.from({ length: clockSteps }, (_, step) => step * (plan.stepMs / 60_000));
  return {
    values,
    steps,
    clock: {
      minuteOfDay: Int16Array.from(minutes, (minute) => minute % 1440),
      weekday: Int8Array.from(minutes, (minute) => (Math.floor(minute / 1440) % 7) + 1),
      dayNumber: Int32Array.from(minutes, (minute) => Math.floor(minute / 1440) + 20_000),
    },
  };
};

type Term = readonly [coefficient: number, channel: number, sensor: number, step: number];
export type RuleTree =
  | { readonly leaf: readonly Term[]; readonly constant: number; readonly strict?: boolean }
  | { readonly clock: UnrolledRule["clockTests"][number] }
  | { readonly all: readonly RuleTree[] }
  | { readonly any: readonly RuleTree[] }
  | { readonly atLeast: number; readonly of: readonly RuleTree[] };

/** Lays a tree out as an unrolled rule. */
export const unrolled = (name: string, tree: RuleTree): UnrolledRule => {
  const kind: number[] = [];
  const childOffsets = [0];
  const children: number[] = [];
  const argument: number[] = [];
  const terms: Term[] = [];
  const termOffsets = [0];
  const constant: number[] = [];
  const strict: number[] = [];
  const clockTests: UnrolledRule["clockTests"][number][] = [];
  const add = (nodeKind: number, under: readonly number[], value: number): number => {
    children.push(...under);
    childOffsets.push(children.length);
    argument.push(value);
    return kind.push(nodeKind) - 1;
  };
  const visit = (node: RuleTree): number => {
    if ("leaf" in node) {
      terms.push(...node.leaf);
      termOffsets.push(terms.length);
      strict.push(node.strict === true ? 1 : 0);
      return add(NodeKind.leaf, [], constant.push(node.constant) - 1);
    }
    if ("clock" in node) return add(NodeKind.clock, [], clockTests.push(node.clock) - 1);
    if ("all" in node) return add(NodeKind.all, node.all.map(visit), 0);
    if ("any" in node) return add(NodeKind.any, node.any.map(visit), 0);
    return add(NodeKind.atLeast, node.of.map(visit), node.atLeast);
  };
  visit(tree);
  const steps = terms.map((term) => term[3]);
  return {
    name,
    scale: 1,
    history: Math.min(0, ...steps),
    horizon: Math.max(0, ...steps),
    kind: Uint8Array.from(kind),
    childOffsets: Int32Array.from(childOffsets),
    children: Int32Array.from(children),
    argument: Int32Array.from(argument),
    termOffsets: Int32Array.from(termOffsets),
    coefficient: Float64Array.from(terms, (term) => term[0]),
    channel: Int32Array.from(terms, (term) => term[1]),
    sensor: Int32Array.from(terms, (term) => term[2]),
    step: Int32Array.from(steps),
    constant: Float64Array.from(constant),
    strict: Uint8Array.from(strict),
    clockTests,
  };
};

/** All sensors, steps 1..horizon: `lower <= channel <= upper`. */
export const limitRule = (plan: FeaturePlan, channel: number, lower: number, upper: number): UnrolledRule =>
  unrolled("limit", {
    all: everywhere(plan).flatMap(([sensor, step]): RuleTree[] => [
      { leaf: [[1, channel, sensor, step]], constant: -lower },
      { leaf: [[-1, channel, sensor, step]], constant: upper },
    ]),
  });

/** All sensors, steps 1..horizon: a channel changes by at most `most` a step. */
export const rampRule = (plan: FeaturePlan, channel: number, most: number): UnrolledRule =>
  unrolled("ramp", {
    all: everywhere(plan).flatMap(([sensor, step]): RuleTree[] =>
      [1, -1].map((sign) => ({
        leaf: [
          [sign, channel, sensor, step],
          [-sign, channel, sensor, step - 1],
        ],
        constant: most,
      })),
    ),
  });

const everywhere = (plan: FeaturePlan): [sensor: number, step: number][] =>
  plan.sensors.flatMap((_, sensor) =>
    Array.from({ length: plan.horizonSteps }, (_, lead): [number, number] => [sensor, lead + 1]),
  );

export const fixtureMetadata = {
  name: "fixture",
  target: "bench",
  counter: 3,
  created: "2025-01-01T00:00:00Z",
} as const;

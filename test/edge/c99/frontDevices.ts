/** Four devices with a front end, from a single bare sensor to five with everything, and streams of readings for them. */
import type { DeviceFrontEnd } from "../../../src/edge/c99/DeviceFrontEnd.ts";
import { deviceFrontEndOf } from "../../../src/edge/c99/deviceFrontEndOf.ts";
import { channelsOf, rowsKept } from "../../../src/edge/c99/DeviceFrontEnd.ts";
import { exportC99, type C99Export } from "../../../src/edge/c99/exportC99.ts";
import { compileArtefact } from "../../../src/edge/compileArtefact.ts";
import { MISSING_READING, READING_LIMIT } from "../../../src/edge/front/IntegerFrontEnd.ts";
import { ruleSystemOf } from "../../../src/edge/golden.ts";
import type { IntegerModel } from "../../../src/edge/IntegerModel.ts";
import { openArtefact } from "../../../src/edge/openArtefact.ts";
import type { RuleSystem } from "../../../src/edge/RuleSystem.ts";
import type { FeaturePlan } from "../../../src/series/FeaturePlan.ts";
import { zoneOffsets } from "../../../src/series/zoneOffsets.ts";
import {
  fixtureMetadata,
  fixtureModel,
  fixturePlan,
  type FixtureShape,
  limitRule,
  uniform,
  unrolled,
} from "../fixture.ts";

export interface TestDevice {
  readonly name: string;
  readonly plan: FeaturePlan;
  readonly model: IntegerModel;
  readonly device: DeviceFrontEnd;
  readonly system: RuleSystem | undefined;
  readonly exported: C99Export;
}

const YEARS = [2024, 2028] as const;

const deviceOf = (
  name: string,
  plan: FeaturePlan,
  shape: FixtureShape,
  options: { readonly holds: Readonly<Record<string, number>>; readonly pastSteps: number },
): TestDevice => {
  const ternary = fixtureModel(plan, shape);
  const reader = unrolled("past", {
    all: plan.sensors.flatMap((_, sensor) =>
      Array.from({ length: options.pastSteps }, (_unused, step) => ({
        leaf: [[1, 0, sensor, -step] as const],
        constant: 0,
      })),
    ),
  });
  const night = unrolled("night", {
    any: [
      { clock: { field: "minuteOfDay", step: 1, lower: 300, upper: 1439 } },
      { leaf: [[-1, 0, 0, 1]], constant: 60 },
    ],
  });
  const artefact = openArtefact(
    compileArtefact({
      model: ternary,
      features: plan,
      rules:
        options.pastSteps === 0
          ? []
          : [
              { unrolled: limitRule(plan, 0, 10, 120), text: "limit", enforced: true },
              { unrolled: reader, text: "past", enforced: false },
              { unrolled: night, text: "night", enforced: true },
            ],
      quanta: { rain: 0.5 },
      holds: options.holds,
      zoneOffsets: zoneOffsets(plan.zone, Date.UTC(YEARS[0], 0, 1), Date.UTC(YEARS[1], 0, 1) - 1),
      metadata: fixtureMetadata,
    }),
  );
  const { model } = artefact;
  const device = deviceFrontEndOf(artefact);
  const system = options.pastSteps === 0 ? undefined : ruleSystemOf(artefact);
  return { name, plan, model, device, system, exported: exportC99(model, "city", "a test", system, device) };
};

const random = uniform(5);
const base = fixturePlan({ sensors: 3 });
const wide = fixturePlan({ sensors: 4 });
const five = fixturePlan({ sensors: 5, horizonSteps: 7 });
const one = fixturePlan({ sensors: 1, windowSteps: 9, horizonSteps: 3 });

export const devices: readonly TestDevice[] = [
  // Rules read further back than a forecast.
  deviceOf(
    "persistence",
    { ...base, zone: "Europe/Berlin" },
    {},
    { holds: { speed: 5, rain: 2 }, pastSteps: 9 },
  ),
  deviceOf(
    "seasonal, every sensor's columns",
    {
      ...wide,
      zone: "America/New_York",
      stepMs: 3_600_000,
      weekly: false,
      baseline: { kind: "seasonal", periodSteps: 5 },
      everySensor: { targets: ["flow"], sensors: [1, 3] },
      neighbours: [[1, 2, 3], [], [0], [0, 1]],
    },
    { units: 9, hiddenUnits: 3 },
    { holds: {}, pastSteps: 2 },
  ),
  deviceOf(
    "linear",
    {
      ...five,
      zone: "Australia/Lord_Howe",
      stepMs: 900_000,
      neighbours: [[1, 2, 3, 4], [0], [3, 4], [], [0, 1, 2]],
      baseline: {
        kind: "linear",
        lagSteps: 3,
        periodSteps: 4,
        weights: [0, 1].map(() =>
          Array.from({ length: 7 }, () => Array.from({ length: 5 }, () => 2 * random() - 1)),
        ),
      },
    },
    { units: 5, horizonSteps: 7 },
    { holds: { flow: 1 }, pastSteps: 3 },
  ),
  deviceOf(
    "a sensor alone, two layers, quantiles",
    {
      ...one,
      covariates: [],
      circular: [],
      embedding: [[]],
      targets: one.targets.map((target) => ({ ...target, transform: "identity", deviation: 15, mean: 50 })),
    },
    { units: 7, layers: 2, quantiles: [0.1, 0.3, 0.9], windowSteps: 9, horizonSteps: 3 },
    { holds: {}, pastSteps: 0 },
  ),
];

/** A row at a UTC minute; without one, all is cleared before the next. */
export interface StreamRow {
  readonly minute: number | undefined;
  readonly row: Int32Array;
}

/** A minute shortly before the zone's offset changes, or any one of the years, on a step's border or not. */
const startMinute = ({ device }: TestDevice, next: () => number): number => {
  const { fromMinutes } = device.zoneOffsets;
  if (next() < 0.5) {
    const at = fromMinutes[Math.floor(next() * fromMinutes.length)]!;
    return at - device.stepMinutes * Math.floor(1 + next() * 30);
  }
  const first = Date.UTC(YEARS[0], 0, 1) / 60_000;
  return first + Math.floor(next() * (Date.UTC(YEARS[1], 0, 1) / 60_000 - first - 20_000));
};

/**
 * Rows in stretches of their own kind: smooth, wild, extreme, constant; with none to all of their readings missing;
 * here and there a step is left out, many are, or a row comes too late or between two steps.
 */
export const streamOf = (test: TestDevice, accepted: number, seed: number): StreamRow[] => {
  const next = uniform(seed);
  const { device } = test;
  const series = channelsOf(device.front) * device.front.sensors;
  const rows = rowsKept(device, test.system?.pastSteps ?? 1);
  const extremes = [
    READING_LIMIT + 1,
    -READING_LIMIT - 1,
    READING_LIMIT,
    2 ** 31 - 1,
    1 - 2 ** 31,
    0,
    1,
    -1,
    255,
  ];
  const stream: StreamRow[] = [];
  let taken = 0;
  while (taken < accepted) {
    stream.push({ minute: undefined, row: new Int32Array(series) });
    const kind = Math.floor(next() * 4);
    const missing = [0, 0.05, 0.4, 0.9, 1][Math.floor(next() * 5)]!;
    const level = Float64Array.from({ length: series }, () => next() * 200_000);
    let minute = startMinute(test, next);
    const length = Math.min(accepted - taken, 1 + Math.floor(next() * 4 * rows));
    for (let k = 0; k < length; k++) {
      const row = Int32Array.from(level, (_, at) => {
        level[at]! += (next() - 0.5) * 8_000;
        if (next() < missing) return MISSING_READING;
        if (kind === 0) return Math.round(level[at]!);
        if (kind === 1) return Math.floor((next() - 0.5) * 2 ** 31);
        if (kind === 2) return extremes[Math.floor(next() * extremes.length)]!;
        return 256 * (at + 7);
      });
      stream.push({ minute, row });
      taken++;
      const chance = next();
      if (chance < 0.03) stream.push({ minute: minute - device.stepMinutes * Math.floor(3 * next()), row });
      else if (chance < 0.05 && device.stepMinutes > 1) stream.push({ minute: minute + 1, row });
      else if (chance < 0.06) stream.push({ minute: next() < 0.5 ? -1 : 2 ** 30 + 1, row });
      const skipped = next() < 0.05 ? Math.floor(next() * (next() < 0.2 ? 3 * rows : 4)) : 0;
      minute += device.stepMinutes * (1 + skipped);
    }
  }
  return stream;
};

import { array, assert, constant, integer, oneof, property } from "fast-check";
import { describe, expect, it } from "vitest";
import type { FeaturePlan } from "../../src/series/FeaturePlan.ts";
import { distanceKilometres, type FeatureSettings, fitFeaturePlan } from "../../src/series/fitFeaturePlan.ts";
import type { Panel, Position } from "../../src/series/Panel.ts";

const missing = Number.NaN;

const settings: FeatureSettings = {
  targets: ["flow"],
  covariates: [],
  circular: [],
  log: [],
  baseline: { kind: "persistence" },
  windowSteps: 4,
  horizonSteps: 2,
  holdSteps: 1,
};

/** A panel with one channel, one row of readings a sensor. */
const flowPanel = (rows: readonly (readonly number[])[], positions?: Panel["positions"]): Panel => ({
  name: "test",
  zone: "UTC",
  startMs: 0,
  stepMs: 60_000,
  steps: rows[0]!.length,
  sensors: rows.map((_, index) => `s${index}`),
  channels: [{ name: "flow", unit: "1" }],
  values: Float64Array.from(rows.flat()),
  ...(positions && { positions }),
});

const moments = (values: readonly number[]): { mean: number; deviation: number } => {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
  return { mean, deviation: Math.sqrt(variance) };
};

const flowOf = (plan: FeaturePlan): FeaturePlan["targets"][number] => plan.targets[0]!;

describe("the scaling of a channel", () => {
  it("is mean, deviation and median of the readings of all sensors, gaps left out", () => {
    const plan = fitFeaturePlan(
      flowPanel([
        [1, missing, 3, 100],
        [missing, 8, missing, 100],
      ]),
      settings,
      3,
    );
    // Readings 1, 3, 8: mean 4, squared distances 9 + 1 + 16.
    expect(flowOf(plan)).toEqual({
      channel: "flow",
      transform: "identity",
      mean: 4,
      deviation: Math.sqrt(26 / 3),
      fallback: 3,
    });
  });

  it("is taken on the log(1 + x) scale where asked for, its fallback in the channel's own unit", () => {
    const rows = [[0, 5, 20, 7, 100]];
    const { mean, deviation } = moments(rows[0]!.map((value) => Math.log(1 + value)));
    const scaling = flowOf(fitFeaturePlan(flowPanel(rows), { ...settings, log: ["flow"] }, 5));
    expect(scaling.transform).toBe("log1p");
    expect(scaling.mean).toBeCloseTo(mean, 12);
    expect(scaling.deviation).toBeCloseTo(deviation, 12);
    expect(scaling.fallback).toBe(7);
  });

  it("agrees with a plain two-pass computation, and half of the readings lie on either side of the fallback", () => {
    const eighths = integer({ min: -80_000, max: 80_000 }).map((value) => value / 8);
    const reading = oneof({ weight: 3, arbitrary: eighths }, { weight: 1, arbitrary: constant(missing) });
    assert(
      property(array(reading, { minLength: 1, maxLength: 40 }), (row) => {
        const observed = row.filter((value) => !Number.isNaN(value));
        const scaling = flowOf(fitFeaturePlan(flowPanel([row]), settings, row.length));
        if (new Set(observed).size < 2) return;
        const { mean, deviation } = moments(observed);
        expect(Math.abs(scaling.mean - mean)).toBeLessThan(1e-9);
        expect(Math.abs(scaling.deviation - deviation)).toBeLessThan(1e-9 + 1e-9 * deviation);
        expect(observed).toContain(scaling.fallback);
        const half = Math.floor(observed.length / 2);
        expect(observed.filter((value) => value <= scaling.fallback).length).toBeGreaterThanOrEqual(half);
        expect(observed.filter((value) => value >= scaling.fallback).length).toBeGreaterThanOrEqual(half);
      }),
      { seed: 5, numRuns: 300 },
    );
  });

  it.each([0, 0.1, 1013.3, -7.7, 1e9 + 0.1])("of a channel stuck at %d has deviation 1", (value) => {
    const rows = [Array.from({ length: 1000 }, () => value)];
    for (const log of [[], ["flow"]]) {
      const scaling = flowOf(fitFeaturePlan(flowPanel(rows), { ...settings, log }, 1000));
      expect(scaling.deviation).toBe(1);
      expect(scaling.fallback).toBe(value);
    }
  });

  it("keeps a small spread far from zero", () => {
    const row = Array.from({ length: 1000 }, (_, step) => 1e9 + (step % 2 === 0 ? 0.5 : -0.5));
    const scaling = flowOf(fitFeaturePlan(flowPanel([row]), settings, 1000));
    expect(scaling.mean).toBeCloseTo(1e9, 6);
    expect(scaling.deviation).toBeCloseTo(0.5, 9);
  });

  it("of a channel without a reading is mean 0, deviation 1, fallback 0", () => {
    const plan = fitFeaturePlan(flowPanel([[missing, missing, 5]]), settings, 2);
    expect(flowOf(plan)).toMatchObject({ mean: 0, deviation: 1, fallback: 0 });
    expect(plan.sensorMean).toEqual([[0]]);
    expect(plan.sensorDeviation).toEqual([[1]]);
  });
});

describe("the scaling of a sensor", () => {
  it("is drawn towards that of all sensors as if 100 of its readings were theirs", () => {
    const rows = [
      [1, missing, 3, 2],
      [missing, 8, 9, 7],
      [missing, missing, missing, missing],
    ];
    const plan = fitFeaturePlan(flowPanel(rows), settings, 4);
    const all = moments([1, 3, 2, 8, 9, 7]);
    rows.forEach((row, sensor) => {
      const observed = row.filter((value) => !Number.isNaN(value));
      // A sample of the sensor's own readings and 100 readings spread as all are: mean and deviation of the mixture.
      const size = observed.length + 100;
      const mean = (observed.reduce((sum, value) => sum + value, 0) + 100 * all.mean) / size;
      const own = observed.reduce((sum, value) => sum + (value - mean) ** 2, 0);
      const others = 100 * (all.deviation ** 2 + (all.mean - mean) ** 2);
      expect(plan.sensorMean[0]![sensor]).toBeCloseTo(mean, 12);
      expect(plan.sensorDeviation[0]![sensor]).toBeCloseTo(Math.sqrt((own + others) / size), 12);
    });
  });
});

describe("the training span", () => {
  it("is all that a plan depends on: readings after it change nothing", () => {
    const rows = [
      [1, 2, missing, 4, 5, 6],
      [2, missing, 8, 3, 9, 1],
    ];
    const before = fitFeaturePlan(flowPanel(rows), settings, 3);
    const later = rows.map((row) => row.map((value, step) => (step < 3 ? value : 1e6 * (step + 1))));
    expect(fitFeaturePlan(flowPanel(later), settings, 3)).toEqual(before);
    expect(fitFeaturePlan(flowPanel(later), settings, 4)).not.toEqual(before);
  });
});

const berlin: Position = { latitude: 52.516_667, longitude: 13.383_333 };
const hamburg: Position = { latitude: 53.55, longitude: 10 };

describe("distanceKilometres", () => {
  it.each<[string, Position, Position, number, number]>([
    ["nothing", berlin, berlin, 0, 1e-9],
    // A quarter of a circle of radius 6371.0088 km.
    ["equator to pole", { latitude: 0, longitude: 40 }, { latitude: 90, longitude: -3 }, 10_007.557_2, 1e-3],
    ["antipodes", { latitude: 30, longitude: 20 }, { latitude: -30, longitude: -160 }, 20_015.114_4, 1e-3],
    [
      "a degree of longitude at 60 degrees is about half of one at the equator",
      { latitude: 60, longitude: 179.5 },
      { latitude: 60, longitude: -179.5 },
      111.195_08 / 2,
      2e-3,
    ],
    ["Berlin to Hamburg", berlin, hamburg, 254, 2],
  ])("%s", (_, a, b, kilometres, tolerance) => {
    expect(Math.abs(distanceKilometres(a, b) - kilometres)).toBeLessThan(tolerance);
    expect(distanceKilometres(b, a)).toBeCloseTo(distanceKilometres(a, b), 12);
  });
});

describe("neighbours", () => {
  const rows = [[1], [2], [3], [4]];
  // On the equator, 0, 1, 3 and (unknown) thousandths of a degree: 0, 111 m, 334 m.
  const positions = [
    { latitude: 0, longitude: 0 },
    { latitude: 0, longitude: 0.001 },
    { latitude: 0, longitude: 0.003 },
    undefined,
  ];
  const neighbours = (kilometres: number | undefined, places: Panel["positions"]): unknown =>
    fitFeaturePlan(
      flowPanel(rows, places),
      { ...settings, ...(kilometres !== undefined && { neighbourKilometres: kilometres }) },
      1,
    ).neighbours;

  it("are the sensors within the radius; a sensor of unknown place sees all and is seen by none", () => {
    expect(neighbours(0.15, positions)).toEqual([[1], [0], [], [0, 1, 2]]);
    expect(neighbours(0.25, positions)).toEqual([[1], [0, 2], [1], [0, 1, 2]]);
  });

  it("are all others without a radius or without places, never the sensor itself", () => {
    const all = [
      [1, 2, 3],
      [0, 2, 3],
      [0, 1, 3],
      [0, 1, 2],
    ];
    expect(neighbours(undefined, positions)).toEqual(all);
    expect(neighbours(0.15, undefined)).toEqual(all);
    expect(fitFeaturePlan(flowPanel([[1]]), settings, 1).neighbours).toEqual([[]]);
  });
});

describe("the plan", () => {
  it.each([
    [13, false],
    [14, true],
  ])("takes the time of week as a feature after %i days of training: %s", (days, weekly) => {
    const panel: Panel = { ...flowPanel([Array.from({ length: 20 }, (_, k) => k)]), stepMs: 24 * 3_600_000 };
    expect(fitFeaturePlan(panel, settings, days).weekly).toBe(weekly);
  });

  it("names the targets that every sensor sees only where there are any", () => {
    const panel = flowPanel([[1, 2]]);
    expect(fitFeaturePlan(panel, { ...settings, everySensor: ["flow"] }, 2).everySensor).toEqual({
      targets: ["flow"],
      sensors: [0],
    });
    expect(fitFeaturePlan(panel, { ...settings, everySensor: [] }, 2)).toEqual(
      fitFeaturePlan(panel, settings, 2),
    );
  });

  it("takes channels by name in the order asked for, the rest from the settings, no embedding yet", () => {
    const panel: Panel = {
      ...flowPanel([[1, 2]]),
      channels: [
        { name: "rain", unit: "mm" },
        { name: "flow", unit: "1" },
        { name: "wind", unit: "deg" },
      ],
      values: Float64Array.of(10, 10, 1, 3, 90, 180),
    };
    const asked: FeatureSettings = { ...settings, covariates: ["rain"], circular: ["wind"] };
    expect(fitFeaturePlan(panel, asked, 2)).toMatchObject({
      stepMs: 60_000,
      zone: "UTC",
      sensors: ["s0"],
      targets: [{ channel: "flow", mean: 2, deviation: 1 }],
      covariates: [{ channel: "rain", mean: 10, deviation: 1, fallback: 10 }],
      circular: ["wind"],
      weekly: false,
      baseline: { kind: "persistence" },
      windowSteps: 4,
      horizonSteps: 2,
      holdSteps: 1,
      embedding: [[]],
    });
  });
});

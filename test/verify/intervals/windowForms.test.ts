import { describe, expect, it } from "vitest";
import { integerBaseline } from "../../../src/edge/front/integerBaseline.ts";
import { integerFeatures } from "../../../src/edge/front/integerFeatures.ts";
import { integerReadings } from "../../../src/edge/front/IntegerReadings.ts";
import { quantiseFrontEnd } from "../../../src/edge/front/quantiseFrontEnd.ts";
import type { FeaturePlan } from "../../../src/series/FeaturePlan.ts";
import { contextSteps, featureCount, type Readings } from "../../../src/series/features.ts";
import { createAffineBlock } from "../../../src/verify/intervals/AffineBlock.ts";
import { createSymbolTable } from "../../../src/verify/intervals/SymbolTable.ts";
import { createWindowForms } from "../../../src/verify/intervals/windowForms.ts";
import { fixturePlan, fixtureReadings, uniform } from "../../edge/fixture.ts";

const persistence = fixturePlan();
const weights = [0, 1].map(() => [0, 1, 2, 3].map((lead) => [0.3 - lead / 10, -0.2, 0.05, 0.4, 0.1 * lead]));
const plans: readonly (readonly [string, FeaturePlan])[] = [
  ["persistence", persistence],
  ["a season", { ...persistence, baseline: { kind: "seasonal", periodSteps: 5 } }],
  [
    "a linear baseline and every sensor's columns",
    {
      ...persistence,
      baseline: { kind: "linear", lagSteps: 3, periodSteps: 7, weights },
      everySensor: { targets: ["speed"], sensors: [0, 1, 2] },
    },
  ],
];
const radii = [0.5, 3, 0.2, 4];
const quanta = [0.1, 1, 0.01, 0.01];

/** Readings with every one of the newest steps moved, every second time to a corner. */
const movedReadings = (
  readings: Readings,
  newest: number,
  random: () => number,
  corner: boolean,
  size: number,
): Readings => {
  const perChannel = readings.values.length / radii.length;
  const values = readings.values.map((value, index) => {
    const share = 2 * random() - 1;
    if (index % readings.steps < readings.steps - newest) return value;
    return value + size * radii[Math.floor(index / perChannel)]! * (corner ? Math.sign(share) : share);
  });
  return { ...readings, values };
};

describe.each(plans)("forms of windows with %s", (_name, plan) => {
  const context = contextSteps(plan);
  const inputs = featureCount(plan);
  const front = quantiseFrontEnd(plan, quanta);
  const first = context - plan.windowSteps;
  const outputs = 2 * plan.horizonSteps;

  it.each([
    [0, 1, 400],
    [1, 1, 400],
    [4, 1, 400],
    [99, 1, 400],
    [99, 1, 0],
    // Past the ends of levels, of differences, and of readings.
    [3, 300, 400],
    [99, 1e5, 400],
    [99, 1e9, 400],
  ])(
    "hold features and baselines of 300 points, %i newest steps moved by %d, %i symbols",
    (newest, size, capacity) => {
      let outside = 0;
      let wide = 0;
      const ball = { newest, radii: radii.map((radius) => size * radius) };
      for (const seed of [1, 2, 3]) {
        const readings = fixtureReadings(plan, context + 2, seed, 0.2);
        const forms = createWindowForms(front, quanta, readings, ball);
        const block = createAffineBlock(outputs, capacity);
        for (let sensor = 0; sensor < 3; sensor++) {
          const table = createSymbolTable(capacity);
          const steps = Array.from({ length: plan.windowSteps }, (_unused, step) => {
            const { block: x } = forms.step(sensor, step, table);
            return { lower: x.lower.slice(), upper: x.upper.slice() };
          });
          forms.baselines(sensor, table, block);
          for (const { lower, upper } of [...steps, block]) {
            wide += lower.filter((low, input) => low !== upper[input]).length;
          }
          const random = uniform(100 * seed + sensor);
          for (let point = 0; point < 100; point++) {
            const moved = movedReadings(readings, newest, random, point % 2 === 0, size);
            const held = integerReadings(moved, quanta, 2, context + 2);
            const features = integerFeatures(front, held, first, context);
            steps.forEach(({ lower, upper }, step) => {
              for (let input = 0; input < inputs; input++) {
                const value = features[(sensor * plan.windowSteps + step) * inputs + input]!;
                if (value < lower[input]! || value > upper[input]!) outside++;
              }
            });
            const baselines = integerBaseline(front, held, context - 1);
            for (let row = 0; row < outputs; row++) {
              const target = Math.floor(row / plan.horizonSteps);
              const value = baselines[(target * 3 + sensor) * plan.horizonSteps + (row % plan.horizonSteps)]!;
              if (value < block.lower[row]! || value > block.upper[row]!) outside++;
            }
          }
        }
      }
      expect(outside).toBe(0);
      expect(wide > 0).toBe(newest > 0);
    },
  );

  it("are sums of what each reading alone moves, up to the roundings", () => {
    const readings = fixtureReadings(plan, context, 5, 0.1);
    const ball = { newest: 4, radii };
    const capacity = 600;
    const forms = createWindowForms(front, quanta, readings, ball);
    let outside = 0;
    let correlated = 0;
    for (let sensor = 0; sensor < 3; sensor++) {
      const table = createSymbolTable(capacity);
      const { block: x, columns, symbols } = forms.step(sensor, plan.windowSteps - 1, table);
      const baselines = createAffineBlock(outputs, capacity);
      forms.baselines(sensor, table, baselines);
      const form = (weight: number): { middle: number; spread: number } => {
        // The level of the first target against the last lead of its baseline.
        const sums = baselines.coefficients.slice(
          (plan.horizonSteps - 1) * capacity,
          plan.horizonSteps * capacity,
        );
        for (let k = 0; k < symbols; k++) sums[columns[k]!]! += weight * x.coefficients[k]!;
        const row = plan.horizonSteps - 1;
        return {
          middle: weight * x.centre[0]! + baselines.centre[row]!,
          spread:
            sums.reduce((sum, each) => sum + Math.abs(each), 0) +
            Math.abs(weight) * x.remainder[0]! +
            baselines.remainder[row]!,
        };
      };
      const random = uniform(sensor);
      for (const weight of [-30, 30]) {
        const { middle, spread } = form(weight);
        const boxes =
          (Math.abs(weight) * (x.upper[0]! - x.lower[0]!) +
            baselines.upper[plan.horizonSteps - 1]! -
            baselines.lower[plan.horizonSteps - 1]!) /
          2;
        if (spread < 0.9 * boxes) correlated++;
        for (let point = 0; point < 200; point++) {
          const moved = movedReadings(readings, 4, random, point % 2 === 0, 1);
          const held = integerReadings(moved, quanta, 0, context);
          const feature = integerFeatures(front, held, context - 1, context)[sensor * inputs]!;
          const baseline = integerBaseline(front, held, context - 1)[
            sensor * plan.horizonSteps + plan.horizonSteps - 1
          ]!;
          if (Math.abs(weight * feature + baseline - middle) > spread) outside++;
        }
      }
    }
    expect(outside).toBe(0);
    if (plan.baseline.kind !== "seasonal") expect(correlated).toBeGreaterThan(0);
  });
});

describe("forms of a window", () => {
  it("are no wider than the reading's own move, and cancel a reading that is held", () => {
    const context = contextSteps(persistence);
    const readings = fixtureReadings(persistence, context, 4, 0);
    readings.values.subarray(context - 2, context).fill(Number.NaN);
    const ball = { newest: 99, radii };
    const forms = createWindowForms(quantiseFrontEnd(persistence, quanta), quanta, readings, ball);
    const { block } = forms.step(0, persistence.windowSteps - 1, createSymbolTable(100));
    const width = (feature: number): number => block.upper[feature]! - block.lower[feature]!;
    // 0.5 km/h of a deviation of 15 km/h, twice, and the rounding at both ends.
    expect(width(0)).toBeLessThanOrEqual(Math.ceil((2 * 0.5 * 1024) / 15) + 1);
    expect(width(0)).toBeGreaterThanOrEqual(Math.floor((2 * 0.5 * 1024) / 15));
    expect([width(3), block.centre[3]]).toEqual([0, 0]);
    expect(width(4)).toBeGreaterThan(200);
  });
});

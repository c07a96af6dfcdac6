import { describe, expect, it } from "vitest";
import { baselineInteger } from "../../../src/edge/integerHead.ts";
import { quantiseFeatures } from "../../../src/edge/quantiseFeatures.ts";
import { quantiseModel } from "../../../src/edge/quantiseModel.ts";
import { baselineForecast } from "../../../src/series/baseline.ts";
import type { FeaturePlan } from "../../../src/series/FeaturePlan.ts";
import { computeFeatures, contextSteps, featureCount, type Readings } from "../../../src/series/features.ts";
import { createAffineBlock } from "../../../src/verify/intervals/AffineBlock.ts";
import { createSymbolTable } from "../../../src/verify/intervals/SymbolTable.ts";
import { createWindowForms } from "../../../src/verify/intervals/windowForms.ts";
import { fixtureModel, fixturePlan, fixtureReadings, uniform } from "../../edge/fixture.ts";

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

/** Readings with every one of the newest steps moved, every second time to a corner. */
const movedReadings = (
  readings: Readings,
  newest: number,
  random: () => number,
  corner: boolean,
): Readings => {
  const perChannel = readings.values.length / radii.length;
  const values = readings.values.map((value, index) => {
    const share = 2 * random() - 1;
    if (index % readings.steps < readings.steps - newest) return value;
    return value + radii[Math.floor(index / perChannel)]! * (corner ? Math.sign(share) : share);
  });
  return { ...readings, values };
};

describe.each(plans)("forms of windows with %s", (_name, plan) => {
  const context = contextSteps(plan);
  const inputs = featureCount(plan);
  const model = fixtureModel(plan);
  const { readouts } = quantiseModel(model, 16);
  const first = context - plan.windowSteps;
  const outputs = 2 * plan.horizonSteps;

  it.each([0, 1, 4, 99])("hold features and baselines of 300 points, %i newest steps moved", (newest) => {
    let outside = 0;
    for (const seed of [1, 2, 3]) {
      const readings = fixtureReadings(plan, context, seed, 0.2);
      const forms = createWindowForms(plan, model.targets, readings, { newest, radii });
      const block = createAffineBlock(outputs, 400);
      for (let sensor = 0; sensor < 3; sensor++) {
        const table = createSymbolTable(400);
        const steps = Array.from({ length: plan.windowSteps }, (_unused, step) => {
          const { block: x } = forms.step(sensor, first + step, table);
          return { lower: x.lower.slice(), upper: x.upper.slice() };
        });
        forms.baselines(sensor, table, block);
        const random = uniform(100 * seed + sensor);
        for (let point = 0; point < 100; point++) {
          const moved = movedReadings(readings, newest, random, point % 2 === 0);
          const features = quantiseFeatures(computeFeatures(plan, moved, first, context));
          steps.forEach(({ lower, upper }, step) => {
            for (let input = 0; input < inputs; input++) {
              const value = features[(sensor * plan.windowSteps + step) * inputs + input]!;
              if (value < lower[input]! || value > upper[input]!) outside++;
            }
          });
          const baselines = baselineForecast(plan, moved, context - 1);
          for (let row = 0; row < outputs; row++) {
            const target = Math.floor(row / plan.horizonSteps);
            const at = (target * 3 + sensor) * plan.horizonSteps + (row % plan.horizonSteps);
            const { quantum } = model.targets[target]!;
            const value = baselineInteger(readouts[target]!, quantum, baselines[at]!);
            if (value < block.lower[row]! || value > block.upper[row]!) outside++;
          }
        }
      }
    }
    expect(outside).toBe(0);
  });
});

describe("forms of a window", () => {
  it("are no wider than the reading's own move, and cancel a reading that is held", () => {
    const context = contextSteps(persistence);
    const readings = fixtureReadings(persistence, context, 4, 0);
    readings.values.subarray(context - 2, context).fill(Number.NaN);
    const [target] = fixtureModel(persistence).targets;
    const ball = { newest: 99, radii };
    const forms = createWindowForms(persistence, fixtureModel(persistence).targets, readings, ball);
    const { block } = forms.step(0, context - 1, createSymbolTable(100));
    const width = (feature: number): number => block.upper[feature]! - block.lower[feature]!;
    // 0.5 km/h of a deviation of 15 km/h, twice, and the rounding at both ends.
    expect(width(0)).toBeLessThanOrEqual(Math.ceil((2 * 0.5 * 1024) / 15) + 1);
    expect(width(0)).toBeGreaterThanOrEqual(Math.floor((2 * 0.5 * 1024) / 15));
    expect([width(3), block.centre[3]]).toEqual([0, 0]);
    expect(width(4)).toBeGreaterThan(200);
    expect(target!.channel).toBe("speed");
  });
});

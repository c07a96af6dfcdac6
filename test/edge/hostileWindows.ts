import type { IntegerModel } from "../../src/edge/IntegerModel.ts";
import { quantiseModel } from "../../src/edge/quantiseModel.ts";
import { fixtureModel, fixturePlan, type FixtureShape, uniform } from "./fixture.ts";

export const modelOf = (shape: FixtureShape, headBits: 8 | 16): IntegerModel =>
  quantiseModel(fixtureModel(fixturePlan(shape), shape), headBits);

/** From the smallest to the largest, stacked too. */
export const models: readonly (readonly [string, IntegerModel])[] = [
  ["one unit", modelOf({ units: 1, hiddenUnits: 1, horizonSteps: 1, seed: 1 }, 8)],
  ["six units, wide codes in the head", modelOf({ units: 6, hiddenUnits: 5, seed: 2 }, 16)],
  [
    "three cells of seventeen units, four quantiles",
    modelOf({ units: 17, layers: 3, hiddenUnits: 3, seed: 3, quantiles: [0.1, 0.25, 0.75, 0.9] }, 8),
  ],
  ["64 units, 24 leads", modelOf({ units: 64, hiddenUnits: 32, horizonSteps: 24, seed: 4 }, 8)],
];

/** Random windows, every fourth hostile: saturated, alternating, constant, all zero. */
export const windowsOf = (model: IntegerModel, count: number, seed: number) => {
  const random = uniform(seed);
  const outputs = model.readouts.length * model.horizonSteps;
  const whole = (size: number): number => Math.floor((2 * random() - 1) * size);
  return Array.from({ length: count }, (_, index) => {
    const steps = 1 + Math.floor(random() * 8);
    const kind = index % 8;
    const features = Int16Array.from({ length: steps * model.inputs }, (_unused, k) => {
      if (kind === 1) return random() < 0.5 ? -6144 : 6144;
      if (kind === 3) return k % 2 === 0 ? 6144 : -6144;
      if (kind === 5) return 6144;
      if (kind === 7) return 0;
      return whole(6144);
    });
    const size = kind === 5 ? 2 ** 28 : 12 * 2 ** 20;
    return { steps, features, baselines: Int32Array.from({ length: outputs }, () => whole(size)) };
  });
};

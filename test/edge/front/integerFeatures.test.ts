import { describe, expect, it } from "vitest";
import { integerBaseline } from "../../../src/edge/front/integerBaseline.ts";
import { integerFeatureCount, integerFeatures } from "../../../src/edge/front/integerFeatures.ts";
import { BASELINE_MAXIMUM, MISSING_READING, READING_LIMIT } from "../../../src/edge/front/IntegerFrontEnd.ts";
import { type IntegerReadings, integerReadings } from "../../../src/edge/front/IntegerReadings.ts";
import { quantiseFrontEnd } from "../../../src/edge/front/quantiseFrontEnd.ts";
import { readingQuanta } from "../../../src/edge/front/readingQuanta.ts";
import { quantiseModel } from "../../../src/edge/quantiseModel.ts";
import { baselineForecast } from "../../../src/series/baseline.ts";
import type { FeaturePlan } from "../../../src/series/FeaturePlan.ts";
import { computeFeatures, featureCount, planChannels, type Readings } from "../../../src/series/features.ts";
import { fixtureModel, fixturePlan, fixtureReadings, uniform } from "../fixture.ts";
import { baselineInteger } from "../references.ts";

const base = fixturePlan({ sensors: 4 });
const random = uniform(5);
const plans: Readonly<Record<string, FeaturePlan>> = {
  persistence: base,
  "seasonal, no week, every sensor": {
    ...base,
    weekly: false,
    baseline: { kind: "seasonal", periodSteps: 5 },
    everySensor: { targets: ["flow"], sensors: [1, 3] },
    neighbours: [[1, 2, 3], [], [0], [0, 1]],
  },
  linear: {
    ...base,
    baseline: {
      kind: "linear",
      lagSteps: 3,
      periodSteps: 7,
      weights: [0, 1].map(() => [0, 1, 2, 3].map(() => [0, 1, 2, 3, 4].map(() => random() - 0.5))),
    },
  },
};

const setUp = (plan: FeaturePlan) => {
  const { targets } = fixtureModel(plan);
  const quanta = readingQuanta(plan, targets, []);
  return { quanta, targets, front: quantiseFrontEnd(plan, quanta) };
};

/** Readings that the device can hold, as it holds them and in units. */
const bothReadings = (plan: FeaturePlan, quanta: readonly number[], steps: number, seed: number) => {
  const readings = fixtureReadings(plan, steps, seed, 0.2);
  const integers = integerReadings(readings, quanta, 0, steps);
  const width = integers.values.length / quanta.length;
  const values = Float64Array.from(integers.values, (reading, index) =>
    reading === MISSING_READING ? Number.NaN : (reading / 256) * quanta[Math.floor(index / width)]!,
  );
  return { integers, exact: { ...readings, values } satisfies Readings };
};

describe.each(Object.entries(plans))("the front end in integers, %s", (_, plan) => {
  const { front, quanta, targets } = setUp(plan);

  it("gives the features of the feature plan to nearest", () => {
    const { exact, integers } = bothReadings(plan, quanta, 60, 3);
    const [from, to] = [20, 60];
    const expected = computeFeatures(plan, exact, from, to);
    const features = integerFeatures(front, integers, from, to);
    expect(integerFeatureCount(front)).toBe(featureCount(plan));
    expect(features.length).toBe(expected.length);
    // Half a unit of rounding; a level is off by 2 units of 2^-16, three times that in a change.
    let worst = 0;
    features.forEach((feature, k) => (worst = Math.max(worst, Math.abs(feature - 1024 * expected[k]!))));
    expect(worst).toBeLessThan(0.75);
    expect(new Set(features).size).toBeGreaterThan(500);
  });

  it("gives its baseline", () => {
    const { exact, integers } = bothReadings(plan, quanta, 40, 4);
    const { readouts } = quantiseModel(fixtureModel(plan), 16);
    for (let origin = 25; origin < 40; origin++) {
      const expected = baselineForecast(plan, exact, origin);
      const found = integerBaseline(front, integers, origin);
      const width = expected.length / targets.length;
      found.forEach((value, k) => {
        const target = Math.floor(k / width);
        const near = baselineInteger(readouts[target]!, targets[target]!.quantum, expected[k]!);
        // Logarithms are up to 4 units of 2^-20 low; five levels of a linear baseline with weights up to a half add up.
        expect(Math.abs(value - near)).toBeLessThanOrEqual(target === 0 ? 1 : 14);
      });
    }
  });

  it("reads no step before the context and none after the origin", () => {
    const { integers } = bothReadings(plan, quanta, 60, 6);
    const origin = 50;
    const first = origin + 1 - front.contextSteps;
    const disturbed: IntegerReadings = {
      ...integers,
      values: integers.values.map((reading, k) =>
        k % 60 < first || k % 60 > origin ? READING_LIMIT : reading,
      ),
    };
    const window = (readings: IntegerReadings) =>
      integerFeatures(front, readings, origin + 1 - front.windowSteps, origin + 1);
    expect(window(disturbed)).toEqual(window(integers));
    expect(integerBaseline(front, disturbed, origin)).toEqual(integerBaseline(front, integers, origin));
  });

  it("stays within its widths for readings that are extreme, and for none", () => {
    const channels = planChannels(plan).length;
    const extremes = [READING_LIMIT + 1, -READING_LIMIT - 1, 0, 1, -1, MISSING_READING];
    const next = uniform(8);
    const steps = 30;
    const clock = fixtureReadings(plan, steps, 1).clock;
    for (let trial = 0; trial < 40; trial++) {
      const values = Int32Array.from({ length: channels * 4 * steps }, () =>
        trial === 0 ? MISSING_READING : extremes[Math.floor(next() * extremes.length)]!,
      );
      const readings = { values, steps, clock };
      const features = integerFeatures(front, readings, 20, steps);
      expect(features.every((feature) => Math.abs(feature) <= 6144)).toBe(true);
      const baseline = integerBaseline(front, readings, steps - 1);
      expect(baseline.every((value) => Math.abs(value) <= BASELINE_MAXIMUM)).toBe(true);
    }
  });
});

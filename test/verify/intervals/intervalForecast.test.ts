import { describe, expect, it } from "vitest";
import { compileArtefact } from "../../../src/edge/compileArtefact.ts";
import { openArtefact } from "../../../src/edge/openArtefact.ts";
import { createRuntime } from "../../../src/edge/runtime.ts";
import { contextSteps, type Readings } from "../../../src/series/features.ts";
import {
  createIntervalForecaster,
  quantaOfChannels,
} from "../../../src/verify/intervals/intervalForecast.ts";
import {
  fixtureMetadata,
  fixtureModel,
  fixturePlan,
  fixtureReadings,
  limitRule,
  rampRule,
  uniform,
  unrolled,
} from "../../edge/fixture.ts";

const plan = fixturePlan();
const context = contextSteps(plan);

const artefactOf = (seed: number, layers: number) =>
  openArtefact(
    compileArtefact({
      model: fixtureModel(plan, { seed, layers, ...(seed % 2 === 0 && { quantiles: [0.1, 0.9] }) }),
      features: plan,
      rules: [
        { unrolled: limitRule(plan, 0, 5, 120), text: "limit", enforced: true },
        { unrolled: rampRule(plan, 0, 30), text: "ramp", enforced: true },
        {
          unrolled: unrolled("together", {
            atLeast: 2,
            of: [0, 1, 2].map((sensor) => ({
              any: [
                {
                  leaf: [
                    [1, 0, sensor, 1],
                    [-0.5, 0, (sensor + 1) % 3, 2],
                  ],
                  constant: -20,
                },
                {
                  leaf: [
                    [-1, 1, sensor, 3],
                    [1, 1, sensor, 0],
                  ],
                  constant: 15,
                },
                { clock: { field: "minuteOfDay", step: 2, lower: 300, upper: 305 } },
              ],
            })),
          }),
          text: "together",
          enforced: false,
        },
      ],
      quanta: { rain: 0.01, wind: 1 },
      metadata: fixtureMetadata,
    }),
  );

const moved = (
  readings: Readings,
  radii: readonly number[],
  newest: number,
  point: number,
  random: () => number,
) => {
  const perChannel = readings.values.length / radii.length;
  const values = readings.values.map((value, index) => {
    const share = 2 * random() - 1;
    if (index % context < context - newest) return value;
    return value + radii[Math.floor(index / perChannel)]! * (point % 2 === 0 ? Math.sign(share) : share);
  });
  return { ...readings, values };
};

describe("interval forecaster", () => {
  const cases = [
    { seed: 1, layers: 1, capacity: 600, quanta: 1, newest: 99 },
    { seed: 2, layers: 1, capacity: 200, quanta: 5, newest: 99 },
    { seed: 3, layers: 1, capacity: 0, quanta: 2, newest: 3 },
    { seed: 4, layers: 2, capacity: 600, quanta: 0.5, newest: 99 },
    { seed: 5, layers: 2, capacity: 0, quanta: 40, newest: 99 },
    // Forms are given up at the last step, and on the way.
    { seed: 6, layers: 1, capacity: 600, quanta: 300, newest: 1 },
    { seed: 7, layers: 1, capacity: 600, quanta: 200, newest: 3 },
  ];

  it.each(cases)(
    "holds quanta and robustness of 1,000 points of a ball of $quanta quanta, model $seed of $layers cells, $capacity symbols",
    ({ capacity, layers, newest, quanta, seed }) => {
      const artefact = artefactOf(seed, layers);
      const runtime = createRuntime(artefact);
      const forecaster = createIntervalForecaster(artefact, capacity);
      const radii = quantaOfChannels(artefact.manifest).map((each) => each * quanta);
      expect(radii).toEqual([0.1, 1, 0.01, 1].map((each) => each * quanta));
      const random = uniform(seed);
      let outside = 0;
      for (const missing of [0, 0.1]) {
        const readings = fixtureReadings(plan, context, seed, missing);
        const { lower, robustness, upper } = forecaster(readings, quanta, newest);
        for (let point = 0; point < 500; point++) {
          const { raw, rules } = runtime.forecast(moved(readings, radii, newest, point, random));
          raw.forEach((value, entry) => {
            if (value < lower[entry]! || value > upper[entry]!) outside++;
          });
          rules.forEach(({ before }, rule) => {
            if (before < robustness[rule]!) outside++;
          });
        }
      }
      expect(outside).toBe(0);
    },
  );

  it("gives the device's own forecast and robustness for a ball of size 0", () => {
    const artefact = artefactOf(6, 2);
    const readings = fixtureReadings(plan, context, 6);
    const { raw, rules } = createRuntime(artefact).forecast(readings);
    const { lower, robustness, upper } = createIntervalForecaster(artefact, 300)(readings, 0, 99);
    expect([lower, upper]).toEqual([raw, raw]);
    expect([...robustness]).toEqual(rules.map(({ before }) => before));
  });

  it("is nowhere wider by forms than by boxes, and mostly narrower", () => {
    const artefact = artefactOf(7, 1);
    const readings = fixtureReadings(plan, context, 7);
    const width = (capacity: number): number => {
      const { lower, upper } = createIntervalForecaster(artefact, capacity)(readings, 1, 99);
      return upper.reduce((sum, value, entry) => sum + value - lower[entry]!, 0) / upper.length;
    };
    expect(width(600)).toBeLessThan(0.75 * width(0));
  });

  it("refuses a window that is too short", () => {
    const readings = fixtureReadings(plan, context - 1, 1);
    expect(() => createIntervalForecaster(artefactOf(1, 1), 0)(readings, 1, 9)).toThrow(/give it 11 up to/);
  });
});

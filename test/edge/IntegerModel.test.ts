import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createIntegerCell } from "../../src/edge/integerCell.ts";
import { baselineInteger, createIntegerHead } from "../../src/edge/integerHead.ts";
import { multiplyTernary, packTernary } from "../../src/edge/PackedTernary.ts";
import { quantiseFeatures } from "../../src/edge/quantiseFeatures.ts";
import { quantiseModel } from "../../src/edge/quantiseModel.ts";
import { createWindowForecaster } from "../../src/edge/windowForecast.ts";
import { fixtureModel, fixturePlan, uniform } from "./fixture.ts";
import { bigIntegerForecast, floatForecast, Widths } from "./references.ts";

const seeds = { seed: 4, numRuns: 100 };

describe("packed ternary product", () => {
  it("equals plain integer sums, extremes included", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 40 }),
        fc.integer({ min: 1, max: 70 }),
        fc.constantFrom(1, 127, 2032, 6144),
        fc.integer(),
        fc.boolean(),
        (rows, columns, bound, seed, extreme) => {
          const random = uniform(seed);
          const codes = Int8Array.from({ length: rows * columns }, () => Math.floor(random() * 3) - 1);
          const input = Float64Array.from({ length: columns }, () =>
            extreme ? (random() < 0.5 ? -bound : bound) : Math.round((random() * 2 - 1) * bound),
          );
          const result = new Float64Array(rows);
          multiplyTernary(packTernary(codes, rows, columns, bound), input, result);
          for (let row = 0; row < rows; row++) {
            let sum = 0;
            for (let column = 0; column < columns; column++)
              sum += codes[row * columns + column]! * input[column]!;
            expect(result[row]! + 0).toBe(sum);
          }
        },
      ),
      seeds,
    );
  });
});

describe("integer cell and head", () => {
  const shapes = [
    { units: 1, hiddenUnits: 0 },
    { units: 6, hiddenUnits: 5 },
    { units: 33, hiddenUnits: 16, horizonSteps: 3 },
    { units: 64, hiddenUnits: 32, horizonSteps: 2 },
    { units: 6, hiddenUnits: 5, quantiles: [0.1, 0.25, 0.9] },
  ];
  it.each(shapes)(
    "equal the documented integers in arbitrary precision, products below 2^52: %o",
    (shape) => {
      const plan = fixturePlan(shape);
      for (const codeBits of [8, 16] as const) {
        const model = quantiseModel(fixtureModel(plan, shape), codeBits);
        const cell = createIntegerCell(model);
        const head = createIntegerHead(model);
        const random = uniform(9);
        for (const size of [300, 2000, 6144]) {
          const steps = 5;
          const features = Int16Array.from({ length: steps * model.inputs }, () =>
            Math.max(-6144, Math.min(6144, Math.round((random() * 2 - 1) * size * 1.3))),
          );
          const slopes = new Int32Array(steps * 3 * model.units);
          const offsets = slopes.slice();
          const state = new Float64Array(model.units);
          const outputs = new Float64Array(model.head.skip.rows);
          cell.project(features, steps, slopes, offsets);
          cell.walk(slopes, offsets, 0, steps, state);
          head(state, features, (steps - 1) * model.inputs, outputs);
          const widths = new Widths();
          const expected = bigIntegerForecast(model, features, widths);
          expect(Array.from(state, (value) => value + 0)).toEqual(expected.state);
          expect(Array.from(outputs, (value) => value + 0)).toEqual(expected.outputs);
          expect(widths.largest < 2n ** 52n).toBe(true);
        }
      }
    },
  );

  it("stays within 1 quantum of float64 typically; the differences are printed", () => {
    const shape = { units: 32, hiddenUnits: 32, windowSteps: 48, horizonSteps: 24 };
    const plan = fixturePlan(shape);
    const ternary = fixtureModel(plan, shape);
    for (const codeBits of [8, 16] as const) {
      const model = quantiseModel(ternary, codeBits);
      const forecaster = createWindowForecaster(model);
      const random = uniform(5);
      const differences: number[][] = [[], []];
      for (let window = 0; window < 12; window++) {
        const phase = random() * 6;
        const features = Float32Array.from({ length: plan.windowSteps * model.inputs }, (_, index) => {
          const step = Math.floor(index / model.inputs);
          return 1.5 * Math.sin(step / 7 + phase + (index % model.inputs)) + (random() - 0.5);
        });
        const readings = [30 + 60 * random(), 20 + 300 * random()];
        const baselines = Float64Array.from({ length: 48 }, (_, index) => readings[index < 24 ? 0 : 1]!);
        const integers = Int32Array.from(baselines, (value, index) => {
          const target = index < 24 ? 0 : 1;
          return baselineInteger(model.readouts[target]!, ternary.targets[target]!.quantum, value);
        });
        const expected = floatForecast(ternary, features, baselines).quanta;
        const { quanta } = forecaster(quantiseFeatures(features), integers);
        quanta.forEach((value, index) =>
          differences[index < 24 ? 0 : 1]!.push(Math.abs(value - expected[index]!)),
        );
      }
      for (const [target, list] of differences.entries()) {
        const sorted = list.sort((a, b) => a - b);
        const median = sorted[sorted.length >> 1]!;
        const worst = sorted.at(-1)!;
        const { channel, unit, quantum } = ternary.targets[target]!;
        process.stdout.write(
          `int${codeBits} head, ${channel}: |integer - float| median ${median.toFixed(2)}, worst ${worst.toFixed(2)} quanta of ${quantum} ${unit}\n`,
        );
        expect(median).toBeLessThan(codeBits === 16 ? 2 : 4);
        expect(worst).toBeLessThan(codeBits === 16 ? 12 : 24);
      }
    }
  });

  it("names every number that does not fit", () => {
    const plan = fixturePlan();
    const model = fixtureModel(plan);
    const bad = {
      ...model,
      alpha: model.alpha.map(() => 1e9),
      targets: [{ ...model.targets[0]!, quantum: 1e-7 }, model.targets[1]!],
    };
    expect(() => quantiseModel(bad, 8)).toThrow(/alpha p \+ beta1 reaches.*speed reaches from 0 to 150/);
    const nan = { ...model, bias: model.bias.map((value, index) => (index === 3 ? Number.NaN : value)) };
    expect(() => quantiseModel(nan, 8)).toThrow(/bias\[3\] is NaN/);
    expect(() => quantiseFeatures(Float32Array.of(0, Number.NaN))).toThrow(/feature 1 is NaN/);
    expect([...quantiseFeatures(Float32Array.of(9, -9, 0.0005))]).toEqual([6144, -6144, 1]);
  });
});

import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createIntegerCell } from "../../src/edge/integerCell.ts";
import { createIntegerHead } from "../../src/edge/integerHead.ts";
import { multiplyTernary, packTernary } from "../../src/edge/PackedTernary.ts";
import { quantiseFeatures } from "../../src/edge/quantiseFeatures.ts";
import { quantiseModel } from "../../src/edge/quantiseModel.ts";
import { createWindowForecaster } from "../../src/edge/windowForecast.ts";
import type { TernaryCell } from "../../src/edge/TernaryModel.ts";
import { fixtureModel, fixturePlan, uniform } from "./fixture.ts";
import { baselineInteger, bigIntegerForecast, floatForecast, Widths } from "./references.ts";

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
    { units: 1, layers: 2 },
    { units: 7, layers: 3, hiddenUnits: 2 },
    { units: 32, layers: 4, hiddenUnits: 8, horizonSteps: 2 },
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
          const outputs = new Float64Array(model.head.skip.rows);
          cell.project(features, steps, slopes, offsets);
          cell.walk(slopes, offsets, 0, steps);
          head(cell.states.at(-1)!, features, (steps - 1) * model.inputs, outputs);
          const widths = new Widths();
          const expected = bigIntegerForecast(model, features, widths);
          expect(cell.states.flatMap((state) => Array.from(state, (value) => value + 0))).toEqual(
            expected.state,
          );
          expect(Array.from(outputs, (value) => value + 0)).toEqual(expected.outputs);
          expect(widths.largest < 2n ** 52n).toBe(true);
        }
      }
    },
  );

  it.each([1, 2, 3])(
    "stays within 1 quantum of float64 typically (layers: %i); the differences are printed",
    (layers) => {
      const shape = { units: 32, layers, hiddenUnits: 32, windowSteps: 48, horizonSteps: 24 };
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
            `${layers} layers, int${codeBits} head, ${channel}: |integer - float| median ${median.toFixed(2)}, worst ${worst.toFixed(2)} quanta of ${quantum} ${unit}\n`,
          );
          expect(median).toBeLessThan(codeBits === 16 ? 2 : 4);
          expect(worst).toBeLessThan(codeBits === 16 ? 12 : 24);
        }
      }
    },
  );

  const magnitude = fc.integer({ min: -12, max: 6 }).map((exponent) => 2 ** exponent);
  it("equal the documented integers whatever the sizes, codes and magnitudes, widths kept", () => {
    let states = 0;
    let saturated = 0;
    fc.assert(
      fc.property(
        fc.record({
          units: fc.integer({ min: 1, max: 9 }),
          layers: fc.integer({ min: 1, max: 4 }),
          hiddenUnits: fc.integer({ min: 0, max: 3 }),
          seed: fc.nat(1000),
        }),
        fc.record({ alpha: magnitude, beta1: magnitude, beta2: magnitude, bias: magnitude }),
        fc.boolean(),
        (shape, size, dense) => {
          const given = fixtureModel(fixturePlan(shape), shape);
          const moved = <Cell extends TernaryCell>(cell: Cell): Cell => ({
            ...cell,
            // Every code on: the sums reach their bounds.
            inputCodes: dense ? cell.inputCodes.map((code) => (code < 0 ? -1 : 1)) : cell.inputCodes,
            stateCodes: dense ? cell.stateCodes.map((code) => (code < 0 ? -1 : 1)) : cell.stateCodes,
            alpha: cell.alpha.map((value) => value * size.alpha),
            beta1: cell.beta1.map((value) => value * size.beta1),
            beta2: cell.beta2.map((value) => value * size.beta2),
            bias: cell.bias.map((value) => value * size.bias),
          });
          const model = quantiseModel({ ...moved(given), upper: given.upper.map(moved) }, 16);
          const random = uniform(shape.seed);
          const features = Int16Array.from({ length: 4 * model.inputs }, () =>
            Math.round((random() * 2 - 1) * 6144),
          );
          const widths = new Widths();
          const { state } = createWindowForecaster(model)(
            features,
            new Int32Array(model.readouts.length * model.horizonSteps),
          );
          expect(Array.from(state, (value) => value + 0)).toEqual(
            bigIntegerForecast(model, features, widths).state,
          );
          expect(widths.largest < 2n ** 52n).toBe(true);
          states += state.length;
          saturated += state.filter((value) => Math.abs(value) === 127).length;
        },
      ),
      { seed: 12, numRuns: 300 },
    );
    // States at their own bound are among what was tried.
    expect(saturated / states).toBeGreaterThan(0.02);
  });

  it("keep the widths of an upper cell at its very bounds: a full row of states at 127", () => {
    for (const units of [1, 6, 33]) {
      const given = fixtureModel(fixturePlan(), { units, layers: 2 });
      // The lower cell saturates at once; all that the upper one reads is 127.
      const lower = { ...given, bias: given.bias.map(() => 100), upper: [] };
      const idle = new Int16Array(6 * given.inputs);
      const below = createWindowForecaster(quantiseModel(lower, 16))(idle, new Int32Array(8));
      expect(new Set(below.state)).toEqual(new Set([127]));
      for (const size of [1, 100, 2 ** 14]) {
        const upper = {
          ...given.upper[0]!,
          inputCodes: given.upper[0]!.inputCodes.map(() => 1),
          stateCodes: given.upper[0]!.stateCodes.map(() => 1),
          alpha: given.upper[0]!.alpha.map(() => size / units),
          beta2: given.upper[0]!.beta2.map(() => size / units),
        };
        const model = quantiseModel({ ...lower, upper: [upper] }, 16);
        const { gates } = model.upper[0]!;
        // p is 127 units, worth `units`: the slope is size + beta1 to the last of its 31 bits.
        const slopeOne = (2 ** (14 + gates.productShift) / 2032) * (size + Math.max(...upper.beta1));
        expect(slopeOne).toBeLessThan(2 ** 31);
        expect(slopeOne >= 2 ** 30 || gates.productShift === 20).toBe(true);
        const widths = new Widths();
        const expected = bigIntegerForecast(model, idle, widths);
        const actual = createWindowForecaster(model)(idle, new Int32Array(8));
        expect(Array.from(actual.state)).toEqual(expected.state);
        expect(widths.largest < 2n ** 52n).toBe(true);
      }
    }
  });

  it("keep slope and offset within 32 bits where the sum comes as near to that as the shifts let it", () => {
    for (const units of [3, 7, 12, 29]) {
      const given = fixtureModel(fixturePlan(), { units, layers: 2 });
      const saturated = { ...given, bias: given.bias.map(() => 100) };
      const ones = given.upper[0]!.inputCodes.map(() => 1);
      const none = given.alpha.map(() => 0);
      for (let shift = 11; shift < 20; shift++) {
        // alpha p at 31 bits of slope, where the shift just gives way and where it just does not; beta2 p of offset.
        const slopeUnit = 2032 / 2 ** (14 + shift);
        for (const [alpha, beta2] of [
          [(2 ** 31 - 3) * slopeUnit, 0],
          [(2 ** 31 - 260) * slopeUnit, 0],
          [0, (2 ** 31 - 260 - shift / 30) / 2 ** 14],
        ] as const) {
          const upper = {
            ...given.upper[0]!,
            inputCodes: ones,
            alpha: none.map(() => alpha / units),
            beta1: none,
            beta2: none.map(() => beta2 / units),
            bias: none,
          };
          const model = quantiseModel({ ...saturated, upper: [upper] }, 16);
          bigIntegerForecast(model, new Int16Array(3 * model.inputs), new Widths());
        }
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
    const above = fixtureModel(plan, { layers: 3 });
    const [second, third] = above.upper as [TernaryCell, TernaryCell];
    expect(() =>
      quantiseModel({ ...above, upper: [{ ...second, alpha: new Float64Array(2) }, third] }, 8),
    ).toThrow(/upper\[0\]\.alpha has 2 numbers instead of 18/);
    expect(() =>
      quantiseModel(
        { ...above, upper: [second, { ...third, inputCodes: third.inputCodes.map(() => 2) }] },
        8,
      ),
    ).toThrow(/upper\[1\]\.inputCodes\[0\] is 2, not -1, 0 or 1/);
    expect(() =>
      quantiseModel({ ...above, upper: [second, { ...third, alpha: third.alpha.map(() => 1e9) }] }, 8),
    ).toThrow(/in upper\[1\] alpha p \+ beta1 reaches/);
    expect(() => quantiseFeatures(Float32Array.of(0, Number.NaN))).toThrow(/feature 1 is NaN/);
    expect([...quantiseFeatures(Float32Array.of(9, -9, 0.0005))]).toEqual([6144, -6144, 1]);
  });
});

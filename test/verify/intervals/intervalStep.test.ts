import { describe, expect, it } from "vitest";
import { integerSigmoid, integerTanh } from "../../../src/edge/fixedPoint.ts";
import type { IntegerModel } from "../../../src/edge/IntegerModel.ts";
import { createIntegerStep } from "../../../src/edge/integerStep.ts";
import { quantiseModel } from "../../../src/edge/quantiseModel.ts";
import { closeRow, createAffineBlock, nameRemainder } from "../../../src/verify/intervals/AffineBlock.ts";
import { createIntervalStep } from "../../../src/verify/intervals/intervalStep.ts";
import { createSymbolTable } from "../../../src/verify/intervals/SymbolTable.ts";
import { fixtureModel, fixturePlan, uniform } from "../../edge/fixture.ts";

const plan = fixturePlan();

/** The integers of one step as IntegerModel documents them, each under its name. */
const plainStep = (model: IntegerModel, x: readonly number[], state: readonly number[]) => {
  const { gates, inputCodes, stateCodes, tanh, units } = model;
  const rounded = (value: number): number => Math.floor(value + 0.5);
  const product = (codes: Int8Array, row: number, vector: readonly number[]): number =>
    vector.reduce((sum, value, column) => sum + codes[row * vector.length + column]! * value, 0);
  const p = Array.from({ length: 3 * units }, (_, row) => product(inputCodes, row, x));
  const activation = (row: number, q: number): number =>
    rounded(
      (rounded((gates.alpha[row]! * p[row]!) / 2 ** gates.alphaShift) + gates.beta1[row]!) *
        (q / 2 ** gates.productShift),
    ) +
    rounded((gates.beta2[row]! * p[row]!) / 2 ** gates.beta2Shift) +
    gates.bias[row]!;
  const kept = (a: number): number => Math.max(-(2 ** 18 - 1), Math.min(2 ** 18 - 1, a));
  const unit = Array.from({ length: units }, (_, index) => index);
  const gate = (row: number): number =>
    integerSigmoid(tanh, kept(activation(row, 16 * product(stateCodes, row, state))));
  const update = unit.map((index) => gate(index));
  const gated = unit.map((index) => rounded((gate(units + index) * state[index]!) / 4096));
  const candidateSums = unit.map((index) => product(stateCodes, 2 * units + index, gated));
  const next = unit.map((index) => {
    const candidate = integerTanh(tanh, kept(activation(2 * units + index, candidateSums[index]!)));
    const gap = 127 * candidate - 32_768 * state[index]!;
    return state[index]! + rounded((update[index]! * gap) / 2 ** 31);
  });
  return { p, update, gated, candidateSums, next };
};

interface Ball {
  readonly model: IntegerModel;
  readonly capacity: number;
  readonly radius: number;
  readonly seed: number;
}

/** Walks forms and 200 sampled points of a ball side by side; counts integers outside their boxes. */
const walk = ({ capacity, model, radius, seed }: Ball) => {
  const { inputs, tanh, units } = model;
  const random = uniform(seed);
  const step = createIntervalStep(model, tanh, inputs, units, capacity, inputs);
  const device = createIntegerStep(model, tanh, inputs, 6144, units);
  const state = createAffineBlock(units, capacity);
  const x = createAffineBlock(inputs, inputs);
  const table = createSymbolTable(capacity);
  const points = Array.from({ length: 200 }, () => Array.from({ length: units }, () => 0));
  let outside = 0;
  let width = 0;
  const seen = new Map<string, number>();
  for (let at = 0; at < 5; at++) {
    table.makeRoom([state], inputs + 2 * units);
    const columns = new Int32Array(inputs);
    const centre = Array.from({ length: inputs }, () => Math.floor((random() - 0.5) * 3000));
    const used = capacity === 0 ? 0 : inputs;
    x.coefficients.fill(0);
    for (let input = 0; input < inputs; input++) {
      x.centre[input] = centre[input]!;
      x.remainder[input] = radius;
      closeRow(x, input, used, -6144, 6144);
      if (used === 0) continue;
      columns[input] = table.columnOf(at * inputs + input);
      nameRemainder(x, input, input);
    }
    step.advance({ block: x, columns, symbols: used }, state, table);
    for (const [index, point] of points.entries()) {
      const features = centre.map((value) => {
        const move = index % 2 === 0 ? Math.sign(random() - 0.5) : 2 * random() - 1;
        return value + Math.round(move * radius);
      });
      const integers = plainStep(model, features, point);
      if (index === 0) {
        const held = Float64Array.from(point);
        const slopes = new Int32Array(3 * units);
        const offsets = new Int32Array(3 * units);
        device.project(Float64Array.from(features), slopes, offsets, 0);
        device.advance(slopes, offsets, 0, held);
        expect([...held]).toEqual(integers.next);
      }
      const blocks = { ...step.inside, next: state };
      for (const name of ["p", "update", "gated", "candidateSums", "next"] as const) {
        integers[name].forEach((value, row) => {
          if (value < blocks[name].lower[row]! || value > blocks[name].upper[row]!) {
            outside++;
            seen.set(name, (seen.get(name) ?? 0) + 1);
          }
        });
      }
      points[index] = integers.next;
    }
    width = 0;
    const spare = table.reserve(units);
    for (let unit = 0; unit < units; unit++) {
      width += (state.upper[unit]! - state.lower[unit]!) / units;
      if (spare >= 0) nameRemainder(state, unit, spare + unit);
    }
  }
  return { outside, width, seen: [...seen] };
};

describe("interval step", () => {
  const cases = [1, 2, 3, 4].flatMap((seed) =>
    [0, 120, 1000].flatMap((capacity) =>
      [0, 1, 8, 60, 900].map((radius) => ({
        model: quantiseModel(fixtureModel(plan, { seed, units: 4 + 3 * seed }), 16),
        capacity,
        radius,
        seed,
      })),
    ),
  );

  it.each(cases)(
    "holds every integer of 200 points of a ball of $radius with $capacity symbols, model $seed",
    (ball) => {
      const { outside, seen } = walk(ball);
      expect({ outside, seen }).toEqual({ outside: 0, seen: [] });
    },
  );

  it("gives one point for a point, whatever the room", () => {
    for (const ball of cases.filter(({ radius }) => radius === 0)) expect(walk(ball).width).toBe(0);
  });

  it("is tighter by forms than by boxes", () => {
    const [model] = [quantiseModel(fixtureModel(plan, { seed: 9, units: 24 }), 16)];
    const boxes = walk({ model, capacity: 0, radius: 8, seed: 1 }).width;
    const forms = walk({ model, capacity: 2000, radius: 8, seed: 1 }).width;
    expect(forms).toBeLessThan(boxes * 0.8);
  });
});

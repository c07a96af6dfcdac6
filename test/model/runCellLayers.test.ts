import { describe, expect, it } from "vitest";
import { type Cell, gatesOf, type StateQuantiser } from "../../src/kernels/RecurrentCall.ts";
import { createRecurrentKernel } from "../../src/kernels/RecurrentKernel.ts";
import { type CellChoice, deployedCell, type ForecasterShape } from "../../src/model/Parameters.ts";
import { quantisedMatrix, type WeightQuantiser } from "../../src/model/quantiseWeights.ts";
import { runCellLayers } from "../../src/model/runCellLayers.ts";
import { random } from "../../src/series/random.ts";
import { runRecurrentReference } from "../kernels/recurrentReference.ts";
import { movedParameters } from "./smallForecaster.ts";

const kernel = createRecurrentKernel();
const sizes = { batch: 3, steps: 4, readFrom: 1 };
const inputs = 5;
const units = 3;

const shapeWith = (layers: number, choice: Partial<CellChoice>): ForecasterShape => ({
  observed: inputs,
  embedding: 0,
  sensors: 1,
  units,
  layers,
  headUnits: 1,
  outputs: 1,
  choice: { ...deployedCell, ...choice },
});

const names = ["inputWeights", "stateWeights", "integration"] as const;
type Matrices = Readonly<Record<(typeof names)[number] | "x", ArrayLike<number>>>;

const rounded: Readonly<Record<StateQuantiser, (state: number) => number>> = {
  none: (state) => state,
  int8: (state) => Math.round(127 * state) / 127,
  ternary: (state) => (Math.abs(state) > 0.5 ? Math.sign(state) : 0),
  uniform: (state) => (2 * Math.round(1.5 * (state + 1))) / 3 - 1,
};

/** The layers in float64, each a run of the reference over what the one below leaves. */
const plainLayers = (shape: ForecasterShape, matrices: Matrices, ternary: boolean) => {
  const choice = shape.choice!;
  const columns = gatesOf[choice.cell] * units;
  const rows = (name: (typeof names)[number], from: number, count: number): number[] =>
    Array.from(matrices[name]).slice(from * columns, (from + count) * columns);
  const quantised = (values: readonly number[], count: number, quantiser: WeightQuantiser) =>
    ternary ? quantisedMatrix(quantiser, Float32Array.from(values), count, columns) : values;
  let x = matrices.x;
  const runs = Array.from({ length: shape.layers! }, (_, layer) => {
    const [from, count] = layer === 0 ? [0, inputs] : [inputs + (layer - 1) * units, units];
    const mi = rows("integration", 4 * layer, 4);
    if (!choice.multiplicative) mi.fill(0, 0, columns).fill(1, columns, 3 * columns);
    if (ternary && choice.weights === "hitnet") {
      const bias = quantised(mi.slice(3 * columns), 1, "hitnet");
      mi.splice(3 * columns, columns, ...Array.from(bias));
    }
    const run = runRecurrentReference(
      {
        cell: choice.cell,
        sizes: { batch: sizes.batch, steps: sizes.steps, inputs: count, units },
        x,
        w: quantised(rows("inputWeights", from, count), count, choice.weights),
        u: quantised(rows("stateWeights", layer * units, units), units, choice.weights),
        mi,
        slope: choice.slope,
      },
      ternary ? rounded[choice.state] : undefined,
    );
    x = run.states;
    return run;
  });
  const read = sizes.readFrom * sizes.batch * units;
  return {
    states: runs.at(-1)!.states.slice(read),
    /** Gradients by the straight-through rule, the layers from the top down. */
    backward: (gradient: readonly number[]) => {
      let below: ArrayLike<number> = [...Array.from({ length: read }, () => 0), ...gradient];
      const parts = runs.toReversed().map((run) => {
        const part = run.backward(below);
        below = part.x;
        if (!choice.multiplicative) part.mi.fill(0, 0, 3 * columns);
        return part;
      });
      const stacked = (of: "mi" | "u" | "w"): number[] =>
        parts.toReversed().flatMap((part) => Array.from(part[of]));
      return {
        inputWeights: stacked("w"),
        stateWeights: stacked("u"),
        integration: stacked("mi"),
        x: Array.from(below),
      };
    },
  };
};

const distance = (actual: ArrayLike<number>, expected: ArrayLike<number>): number => {
  expect(actual.length).toBe(expected.length);
  const of = Array.from(expected);
  const size = Math.max(1e-3, ...of.map(Math.abs));
  return Math.max(...of.map((value, k) => Math.abs(actual[k]! - value))) / size;
};

const caseOf = (shape: ForecasterShape, seed: number) => {
  const source = random(seed, 3);
  const normals = (length: number): Float32Array => Float32Array.from({ length }, () => source.normal());
  return {
    parameters: movedParameters(shape, seed),
    x: normals(sizes.steps * sizes.batch * inputs),
    gradient: normals((sizes.steps - sizes.readFrom) * sizes.batch * units),
  };
};

const cells: readonly Cell[] = ["rnn", "lstm", "gru"];
const kinds = cells.flatMap((cell) =>
  [true, false].flatMap((multiplicative) => [2, 3].map((layers) => ({ cell, layers, multiplicative }))),
);

describe("runCellLayers", () => {
  it.each(kinds)(
    "has the states and the gradients of central differences in float64: $layers layers of $cell, multiplicative $multiplicative",
    ({ layers, ...choice }) => {
      const shape = shapeWith(layers, { ...choice, slope: 1.5 });
      const { gradient, parameters, x } = caseOf(shape, layers);
      const run = runCellLayers(kernel, parameters, shape, x, sizes, { ternary: false });
      const matrices = { ...parameters, x };
      expect(distance(run.states, plainLayers(shape, matrices, false).states)).toBeLessThan(1e-5);
      const gradients = run.backward(gradient, true);
      for (const name of [...names, "x"] as const) {
        const lossAt = (index: number, shift: number): number => {
          const moved = Float64Array.from(matrices[name]);
          moved[index]! += shift;
          const { states } = plainLayers(shape, { ...matrices, [name]: moved }, false);
          return states.reduce((sum, value, k) => sum + value * gradient[k]!, 0);
        };
        const step = 1e-5;
        const expected = Array.from(
          matrices[name],
          (_, k) => (lossAt(k, step) - lossAt(k, -step)) / (2 * step),
        );
        expect([name, distance(gradients[name]!, expected) < 1e-4]).toEqual([name, true]);
      }
    },
  );

  const weights: readonly WeightQuantiser[] = ["rowScale", "hitnet", "weightNorm", "bitnet"];
  const states: readonly StateQuantiser[] = ["none", "int8", "ternary", "uniform"];
  it.each(
    cells.flatMap((cell) =>
      [
        ...weights.map((each) => [each, "int8"] as const),
        ...states.map((each) => ["rowScale", each] as const),
      ].map(([quantiser, state]) => ({ cell, weights: quantiser, state })),
    ),
  )("quantises each layer by itself, straight through: $cell, $weights weights, $state state", (choice) => {
    for (const layers of [2, 3]) {
      const shape = shapeWith(layers, choice);
      const { gradient, parameters, x } = caseOf(shape, 10 + layers);
      const run = runCellLayers(kernel, parameters, shape, x, sizes, { ternary: true });
      const reference = plainLayers(shape, { ...parameters, x }, true);
      expect(distance(run.states, reference.states)).toBeLessThan(1e-5);
      const actual = run.backward(gradient, true);
      const expected = reference.backward(Array.from(gradient));
      for (const name of [...names, "x"] as const) {
        expect([name, distance(actual[name]!, expected[name]) < 1e-4]).toEqual([name, true]);
      }
    }
  });

  it("draws the chance in the states of each layer by itself", () => {
    const count = { batch: 50, steps: 40, readFrom: 0 };
    const x = new Float32Array(count.batch * count.steps * inputs);
    const stateNoise = { share: 1, seed: 5 };
    /** Top states that read nothing: each is the sign of tanh(1/2) with that probability, else 0. */
    const drawn = (layers: number): Float32Array => {
      const shape = shapeWith(layers, { cell: "rnn", state: "ternary" });
      const parameters = movedParameters(shape, 1);
      for (const name of names) parameters[name].fill(0);
      for (let layer = 0; layer < layers; layer++) {
        parameters.integration.fill(0.5, (4 * layer + 3) * units, (4 * layer + 4) * units);
      }
      const { release, states } = runCellLayers(kernel, parameters, shape, x, count, {
        ternary: true,
        stateNoise,
      });
      release();
      return states;
    };
    const share = Math.tanh(0.5);
    const tops = [1, 2, 3, 4].map(drawn);
    const mean = (values: Float32Array): number =>
      values.reduce((sum, value) => sum + value, 0) / values.length;
    for (const [k, top] of tops.entries()) {
      expect(new Set(top)).toEqual(new Set([0, 1]));
      // 6000 draws: their mean strays by 0.0064.
      expect(Math.abs(mean(top) - share)).toBeLessThan(0.03);
      for (const other of tops.slice(0, k)) {
        expect(Math.abs(mean(top.map((value, at) => value * other[at]!)) - share ** 2)).toBeLessThan(0.03);
      }
    }
  });
});

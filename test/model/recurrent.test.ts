import * as tf from "@tensorflow/tfjs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Cell, gatesOf, type StateQuantiser } from "../../src/kernels/RecurrentCall.ts";
import type { RecurrentOptions } from "../../src/model/RecurrentOptions.ts";
import { selectBackend } from "../../src/model/backend.ts";
import { recurrent } from "../../src/model/recurrent.ts";
import { recurrentPlain } from "../../src/model/recurrentPlain.ts";
import { randomRecurrentCall } from "../kernels/randomRecurrentCall.ts";

const shapes = [
  [1, 1, 1, 1],
  [3, 5, 7, 9],
  [8, 12, 4, 16],
  [33, 4, 5, 3],
] as const;
const cells: readonly Cell[] = ["rnn", "lstm", "gru"];
const quantisers: readonly StateQuantiser[] = ["none", "int8", "ternary", "uniform"];

const tensorsOf = (
  [batch, steps, inputs, units]: readonly [number, number, number, number],
  seed: number,
  cell: Cell = "gru",
) => {
  const { x, w, u, mi, stateGradient } = randomRecurrentCall({ batch, steps, inputs, units }, seed, cell);
  const columns = gatesOf[cell] * units;
  return {
    x: tf.tensor3d(x, [steps, batch, inputs]),
    w: tf.tensor2d(w, [inputs, columns]),
    u: tf.tensor2d(u, [units, columns]),
    mi: tf.tensor2d(mi, [4, columns]),
    stateGradient: tf.tensor3d(stateGradient, [steps, batch, units]),
  };
};

/** States and the gradients of x, w, u, mi. */
const valuesAndGradients = (
  operator: typeof recurrent,
  { x, w, u, mi, stateGradient }: ReturnType<typeof tensorsOf>,
  options: RecurrentOptions,
): readonly Float32Array[] => {
  const { value, grads } = tf.valueAndGrads((x, w, u, mi) =>
    operator(x as tf.Tensor3D, w as tf.Tensor2D, u as tf.Tensor2D, mi as tf.Tensor2D, options),
  )([x, w, u, mi], stateGradient);
  return [value, ...grads].map((tensor) => tensor.dataSync<"float32">());
};

const norm = (values: Float32Array): number => Math.hypot(...values);

const relativeDistance = (actual: Float32Array, expected: Float32Array): number => {
  expect(actual.length).toBe(expected.length);
  const distance = norm(actual.map((value, i) => value - (expected[i] ?? Number.NaN)));
  // A single step from the zero state leaves u without a gradient.
  return distance === 0 ? 0 : distance / norm(expected);
};

const firstBackend = tf.getBackend();
beforeAll(async () => {
  await selectBackend();
});
afterAll(async () => {
  if (firstBackend) await tf.setBackend(firstBackend);
});

describe.each(["wasm", "cpu"])("on the %s backend", (backend) => {
  beforeAll(async () => {
    await tf.setBackend(backend);
  });

  const cases = cells.flatMap((cell) =>
    shapes.flatMap((shape) =>
      quantisers.map((quantiser) => [cell, shape.join(" x "), quantiser, shape] as const),
    ),
  );
  it.each(cases)(
    "%s, batch x steps x inputs x units = %s, state %s: values and gradients as in plain operations",
    (cell, _, stateQuantiser, shape) => {
      tf.tidy(() => {
        const tensors = tensorsOf(shape, 11, cell);
        const options = { cell, stateQuantiser, slope: stateQuantiser === "none" ? 1.5 : 1 };
        const expected = valuesAndGradients(recurrentPlain, tensors, options);
        valuesAndGradients(recurrent, tensors, options).forEach((actual, which) => {
          const name = ["states", "x", "w", "u", "mi"][which];
          expect(relativeDistance(actual, expected[which] ?? new Float32Array()), name).toBeLessThan(1e-5);
        });
      });
    },
  );

  it("leaks no tensor, with gradients and without", () => {
    const tensors = tensorsOf([3, 5, 7, 9], 12);
    for (const operator of [recurrent, recurrentPlain]) {
      const before = tf.memory().numTensors;
      for (const quantiser of quantisers) {
        tf.tidy(() => {
          valuesAndGradients(operator, tensors, { cell: "gru", stateQuantiser: quantiser });
        });
        operator(tensors.x, tensors.w, tensors.u, tensors.mi, {
          cell: "gru",
          stateQuantiser: quantiser,
        }).dispose();
      }
      expect(tf.memory().numTensors).toBe(before);
    }
    tf.dispose(Object.values(tensors));
  });

  it("gives x no gradient where none is wanted, and the others the same", () => {
    tf.tidy(() => {
      const { x, w, u, mi, stateGradient } = tensorsOf([3, 5, 7, 9], 13);
      const gradientOf = (operator: typeof recurrent, inputGradient: boolean): Float32Array => {
        const source = tf.scalar(1);
        const [forW, forSource] = tf.grads((w, source) =>
          tf.add(
            operator(tf.mul(x, source), w as tf.Tensor2D, u, mi, {
              cell: "gru",
              stateQuantiser: "none",
              inputGradient,
            }),
            tf.mul(source, 0),
          ),
        )([w, source], stateGradient);
        expect(forSource?.dataSync()[0] === 0).toBe(!inputGradient);
        return forW?.dataSync<"float32">() ?? new Float32Array();
      };
      for (const operator of [recurrent, recurrentPlain]) {
        expect(gradientOf(operator, false)).toEqual(gradientOf(operator, true));
      }
    });
  });

  it("trains variables inside a larger graph", () => {
    const { x, w, u, mi, stateGradient } = tensorsOf([4, 6, 3, 5], 14);
    const variables = [w, u, mi].map((tensor) => tf.variable(tensor));
    const [vw, vu, vmi] = variables as [
      tf.Variable<tf.Rank.R2>,
      tf.Variable<tf.Rank.R2>,
      tf.Variable<tf.Rank.R2>,
    ];
    const optimiser = tf.train.sgd(0.5);
    const losses = Array.from({ length: 40 }, () => {
      const loss = optimiser.minimize(
        () =>
          tf.mean(
            tf.squaredDifference(
              recurrent(x, vw, vu, vmi, { cell: "gru", stateQuantiser: "none" }),
              tf.mul(stateGradient, 0.3),
            ),
          ),
        true,
      );
      const value = loss?.dataSync()[0] ?? Number.NaN;
      loss?.dispose();
      return value;
    });
    expect(losses.at(-1)).toBeLessThan(0.6 * (losses[0] ?? 0));
    tf.dispose([x, w, u, mi, stateGradient, ...variables]);
  });
});

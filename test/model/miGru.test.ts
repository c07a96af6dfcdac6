import * as tf from "@tensorflow/tfjs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { StateQuantiser } from "../../src/kernels/MiGruCall.ts";
import { selectBackend } from "../../src/model/backend.ts";
import { miGru } from "../../src/model/miGru.ts";
import { miGruPlain } from "../../src/model/miGruPlain.ts";
import { randomMiGruCall } from "../kernels/randomMiGruCall.ts";

const shapes = [
  [1, 1, 1, 1],
  [3, 5, 7, 9],
  [8, 12, 4, 16],
  [33, 4, 5, 3],
] as const;
const quantisers: readonly StateQuantiser[] = ["none", "int8", "ternary"];

const tensorsOf = (
  [batch, steps, inputs, units]: readonly [number, number, number, number],
  seed: number,
) => {
  const { x, w, u, mi, stateGradient } = randomMiGruCall({ batch, steps, inputs, units }, seed);
  return {
    x: tf.tensor3d(x, [steps, batch, inputs]),
    w: tf.tensor2d(w, [inputs, 3 * units]),
    u: tf.tensor2d(u, [units, 3 * units]),
    mi: tf.tensor2d(mi, [4, 3 * units]),
    stateGradient: tf.tensor3d(stateGradient, [steps, batch, units]),
  };
};

/** States and the gradients of x, w, u, mi. */
const valuesAndGradients = (
  operator: typeof miGru,
  { x, w, u, mi, stateGradient }: ReturnType<typeof tensorsOf>,
  stateQuantiser: StateQuantiser,
): readonly Float32Array[] => {
  const { value, grads } = tf.valueAndGrads((x, w, u, mi) =>
    operator(x as tf.Tensor3D, w as tf.Tensor2D, u as tf.Tensor2D, mi as tf.Tensor2D, { stateQuantiser }),
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

  for (const shape of shapes) {
    for (const quantiser of quantisers) {
      const [batch, steps, inputs, units] = shape;
      it(`batch x steps x inputs x units = ${batch} x ${steps} x ${inputs} x ${units}, state ${quantiser}: values and gradients as in plain operations`, () => {
        tf.tidy(() => {
          const tensors = tensorsOf(shape, 11);
          const expected = valuesAndGradients(miGruPlain, tensors, quantiser);
          valuesAndGradients(miGru, tensors, quantiser).forEach((actual, which) => {
            const name = ["states", "x", "w", "u", "mi"][which];
            expect(relativeDistance(actual, expected[which] ?? new Float32Array()), name).toBeLessThan(1e-5);
          });
        });
      });
    }
  }

  it("leaks no tensor, with gradients and without", () => {
    const tensors = tensorsOf([3, 5, 7, 9], 12);
    for (const operator of [miGru, miGruPlain]) {
      const before = tf.memory().numTensors;
      for (const quantiser of quantisers) {
        tf.tidy(() => {
          valuesAndGradients(operator, tensors, quantiser);
        });
        operator(tensors.x, tensors.w, tensors.u, tensors.mi, { stateQuantiser: quantiser }).dispose();
      }
      expect(tf.memory().numTensors).toBe(before);
    }
    tf.dispose(Object.values(tensors));
  });

  it("gives x no gradient where none is wanted, and the others the same", () => {
    tf.tidy(() => {
      const { x, w, u, mi, stateGradient } = tensorsOf([3, 5, 7, 9], 13);
      const gradientOf = (operator: typeof miGru, inputGradient: boolean): Float32Array => {
        const source = tf.scalar(1);
        const [forW, forSource] = tf.grads((w, source) =>
          tf.add(
            operator(tf.mul(x, source), w as tf.Tensor2D, u, mi, { stateQuantiser: "none", inputGradient }),
            tf.mul(source, 0),
          ),
        )([w, source], stateGradient);
        expect(forSource?.dataSync()[0] === 0).toBe(!inputGradient);
        return forW?.dataSync<"float32">() ?? new Float32Array();
      };
      for (const operator of [miGru, miGruPlain]) {
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
              miGru(x, vw, vu, vmi, { stateQuantiser: "none" }),
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

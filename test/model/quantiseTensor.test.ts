import * as tf from "@tensorflow/tfjs";
import { assert, property, uint8Array } from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { selectBackend } from "../../src/model/backend.ts";
import { quantiseTensor } from "../../src/model/quantiseTensor.ts";
import { expandTernary, ternarise } from "../../src/model/ternarise.ts";

beforeAll(async () => {
  await selectBackend();
});

describe("quantiseTensor", () => {
  it("has the values of the plain form, to the bit", () => {
    assert(
      property(uint8Array({ minLength: 3, maxLength: 60 }), (bytes) => {
        const rows = Math.floor(bytes.length / 3);
        const weights = Float32Array.from(bytes.subarray(0, rows * 3), (byte) => (byte - 128) / 97);
        const values = tf.tidy(() => quantiseTensor(tf.tensor2d(weights, [rows, 3]), "rowScale").dataSync());
        expect(values).toEqual(expandTernary(ternarise(weights, rows, 3)));
      }),
      { seed: 22, numRuns: 50 },
    );
  });

  it("passes the gradient straight through, and clipped only where |w| <= 1", () => {
    tf.tidy(() => {
      const weights = tf.tensor2d([0.2, -1, 1.5, -1.01], [2, 2]);
      const gradient = tf.tensor2d([3, -5, 7, 11], [2, 2]);
      const gradientWith = (clipped: boolean): number[] => [
        ...tf
          .grad((w) => quantiseTensor(w as tf.Tensor2D, "rowScale", { clipped }))(weights, gradient)
          .dataSync(),
      ];
      expect(gradientWith(false)).toEqual([3, -5, 7, 11]);
      expect(gradientWith(true)).toEqual([3, -5, 0, 0]);
    });
  });

  it("leaks no tensor", () => {
    const weights = tf.tensor2d([1, 2, 3, 4], [2, 2]);
    const before = tf.memory().numTensors;
    for (const clipped of [false, true]) {
      tf.dispose(tf.grad((w) => quantiseTensor(w as tf.Tensor2D, "rowScale", { clipped }))(weights));
      quantiseTensor(weights, "rowScale", { clipped }).dispose();
    }
    expect(tf.memory().numTensors).toBe(before);
    weights.dispose();
  });
});

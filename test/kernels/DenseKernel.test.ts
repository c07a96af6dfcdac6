import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createDenseKernel } from "../../src/kernels/DenseKernel.ts";
import { uniformFrom } from "./randomRecurrentCall.ts";

const kernel = createDenseKernel();

/** The product by its definition, in float64; `a(row, k)` and `b(k, column)`. */
const product = (
  rows: number,
  inner: number,
  columns: number,
  a: (row: number, k: number) => number,
  b: (k: number, column: number) => number,
): number[] =>
  Array.from({ length: rows * columns }, (_, at) => {
    let sum = 0;
    for (let k = 0; k < inner; k++) sum += a(Math.floor(at / columns), k) * b(k, at % columns);
    return sum;
  });

const expectClose = (actual: Float32Array, expected: readonly number[], terms: number): void => {
  expect(actual.length).toBe(expected.length);
  // Each of the terms is rounded once, and so is each sum.
  expected.forEach((value, k) =>
    expect(Math.abs((actual[k] as number) - value)).toBeLessThan(2e-7 * (terms + 1)),
  );
};

describe("DenseKernel", () => {
  it("is the product by its definition, plain and transposed, of any shape", () => {
    const size = fc.integer({ min: 1, max: 21 });
    fc.assert(
      fc.property(size, size, size, fc.nat(1000), (rows, inner, columns, seed) => {
        const next = uniformFrom(seed);
        const matrix = (length: number): Float32Array => Float32Array.from({ length }, next);
        const [a, b, c] = [matrix(rows * inner), matrix(inner * columns), matrix(rows * columns)];
        const [ofA, ofB, ofC] = [
          (i: number, j: number) => a[i * inner + j] as number,
          (i: number, j: number) => b[i * columns + j] as number,
          (i: number, j: number) => c[i * columns + j] as number,
        ] as const;
        expectClose(
          kernel.multiply(a, b, rows, inner, columns),
          product(rows, inner, columns, ofA, ofB),
          inner,
        );
        expectClose(
          kernel.multiplyTransposed(a, c, rows, inner, columns),
          product(inner, rows, columns, (i, k) => ofA(k, i), ofC),
          rows,
        );
        expectClose(
          kernel.multiplyByTranspose(c, b, rows, inner, columns),
          product(rows, columns, inner, ofC, (k, j) => ofB(j, k)),
          columns,
        );
      }),
      { seed: 3, numRuns: 200 },
    );
  });

  it("keeps NaN in its row and column, whatever was computed before", () => {
    kernel.multiply(new Float32Array(400).fill(Number.NaN), new Float32Array(400).fill(1), 20, 20, 20);
    const clean = kernel.multiply(Float32Array.of(1, 2, 3, 4), Float32Array.of(1, 0, 0, 1), 2, 2, 2);
    expect(Array.from(clean)).toEqual([1, 2, 3, 4]);
    const hit = kernel.multiply(Float32Array.of(1, 2, Number.NaN, 4), Float32Array.of(1, 1), 2, 2, 1);
    expect(Array.from(hit)).toEqual([3, Number.NaN]);
  });
});

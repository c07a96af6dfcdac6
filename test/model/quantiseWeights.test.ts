import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { quantisedMatrix, quantiseWeights, type WeightQuantiser } from "../../src/model/quantiseWeights.ts";
import { type Cell, gatesOf } from "../../src/kernels/RecurrentCall.ts";
import { randomRecurrentCall, uniformFrom } from "../kernels/randomRecurrentCall.ts";
import { runRecurrentReference } from "../kernels/recurrentReference.ts";

const quantisers: readonly WeightQuantiser[] = ["rowScale", "hitnet", "weightNorm", "bitnet"];

describe("quantiseWeights", () => {
  // Columns (1, -3, 0.2, 2) and (0.6, -4, 4, 0.1); the mean magnitude of all is 1.8625.
  const weights = Float32Array.of(1, 0.6, -3, -4, 0.2, 4, 2, 0.1);

  it("rowScale keeps what lies beyond 0.7 of its column's mean, and scales by the mean of that", () => {
    const { codes, scales } = quantiseWeights("rowScale", weights, 4, 2);
    expect(Array.from(codes)).toEqual([0, 0, -1, -1, 0, 1, 1, 0]);
    expect(Array.from(scales)).toEqual([2.5, 4]);
  });

  it("hitnet keeps what lies beyond 0.7 of the matrix's mean, 1.30375, without a scale", () => {
    const { codes, scales } = quantiseWeights("hitnet", weights, 4, 2);
    expect(Array.from(codes)).toEqual([0, 0, -1, -1, 0, 1, 1, 0]);
    expect(Array.from(scales)).toEqual([1, 1]);
  });

  it("bitnet rounds by the matrix's mean and scales by it", () => {
    const { codes, scales } = quantiseWeights("bitnet", weights, 4, 2);
    // 1 / 1.8625 rounds to 1, 0.6 / 1.8625 to 0.
    expect(Array.from(codes)).toEqual([1, 0, -1, -1, 0, 1, 1, 0]);
    expect(Array.from(scales)).toEqual([1.8625, 1.8625].map(Math.fround));
  });

  it("weightNorm makes every column of length 1, or 0 where nothing is kept", () => {
    const matrix = quantisedMatrix("weightNorm", weights, 4, 2);
    const length = (column: number): number =>
      Math.hypot(...[0, 1, 2, 3].map((row) => matrix[2 * row + column]!));
    expect(length(0)).toBeCloseTo(1, 6);
    expect(length(1)).toBeCloseTo(1, 6);
    expect(Array.from(quantisedMatrix("weightNorm", new Float32Array(4), 2, 2))).toEqual([0, 0, 0, 0]);
  });

  it.each(quantisers)("%s shows a NaN in its scale, and is odd", (quantiser) => {
    const { scales } = quantiseWeights(quantiser, weights.with(3, Number.NaN), 4, 2);
    expect(scales[1]).toBeNaN();
    const negative = quantisedMatrix(
      quantiser,
      weights.map((weight) => -weight),
      4,
      2,
    );
    expect(Array.from(negative, (value) => -value + 0)).toEqual(
      Array.from(quantisedMatrix(quantiser, weights, 4, 2), (value) => value + 0),
    );
  });

  it("folds into alpha, beta1 and beta2 exactly: codes with folded vectors are the cell of the scaled matrices", () => {
    const cells: readonly Cell[] = ["rnn", "lstm", "gru"];
    fc.assert(
      fc.property(
        fc.constantFrom(...cells),
        fc.constantFrom(...quantisers),
        fc.nat(1000),
        (cell, quantiser, seed) => {
          const sizes = { batch: 2, steps: 4, inputs: 3, units: 4 };
          const { stateGradient: _, ...call } = randomRecurrentCall(sizes, seed, cell);
          const columns = gatesOf[cell] * sizes.units;
          const next = uniformFrom(seed + 1);
          const latent = (rows: number): Float32Array => Float32Array.from({ length: rows * columns }, next);
          const w = quantiseWeights(quantiser, latent(sizes.inputs), sizes.inputs, columns);
          const u = quantiseWeights(quantiser, latent(sizes.units), sizes.units, columns);
          const scaled = (codes: Int8Array, scales: Float32Array): Float64Array =>
            Float64Array.from(codes, (code, k) => code * scales[k % columns]!);
          const expected = runRecurrentReference({
            ...call,
            w: scaled(w.codes, w.scales),
            u: scaled(u.codes, u.scales),
          }).states;
          const folded = Float64Array.from(call.mi, (value, k) => {
            const [row, column] = [Math.floor(k / columns), k % columns];
            const [ofW, ofU] = [w.scales[column]!, u.scales[column]!];
            return value * [ofW * ofU, ofU, ofW, 1][row]!;
          });
          const actual = runRecurrentReference({ ...call, w: w.codes, u: u.codes, mi: folded }).states;
          expected.forEach((state, k) => expect(Math.abs(actual[k]! - state)).toBeLessThan(1e-12));
        },
      ),
      { seed: 8, numRuns: 60 },
    );
  });
});

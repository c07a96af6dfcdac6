import { assert, float, integer, property } from "fast-check";
import { describe, expect, it } from "vitest";
import { expandTernary, ternarise } from "../../src/model/ternarise.ts";
import { uniformFrom } from "../kernels/randomRecurrentCall.ts";

describe("ternarise", () => {
  it("keeps what lies beyond 0.7 of its column's mean magnitude, and scales by the mean of the kept", () => {
    // Columns (1, -3, 0.2, 2) and (0, -4, 4, 0): means 1.55 and 2, thresholds 1.085 and 1.4.
    const { codes, scales } = ternarise(Float64Array.of(1, 0, -3, -4, 0.2, 4, 2, 0), 4, 2);
    expect([...codes]).toEqual([0, 0, -1, -1, 0, 1, 1, 0]);
    expect([...scales]).toEqual([2.5, 4]);
  });

  it("a weight exactly at the threshold becomes 0", () => {
    // Mean 10 of (7, 13): the threshold is 7 exactly.
    const { codes, scales } = ternarise(Float64Array.of(7, -13), 2, 1);
    expect([...codes]).toEqual([0, -1]);
    expect([...scales]).toEqual([13]);
  });

  it("equal magnitudes are all kept; a single weight is its own scale; zeros have scale 0", () => {
    expect(ternarise(Float32Array.of(0.5, -0.5, 0.5), 3, 1)).toEqual({
      codes: Int8Array.of(1, -1, 1),
      scales: Float32Array.of(0.5),
    });
    expect(ternarise(Float32Array.of(-3), 1, 1)).toEqual({
      codes: Int8Array.of(-1),
      scales: Float32Array.of(3),
    });
    expect(ternarise(new Float32Array(4), 2, 2)).toEqual({
      codes: new Int8Array(4),
      scales: new Float32Array(2),
    });
  });

  it("a NaN or an infinity shows in the scale of its column only", () => {
    const { scales } = ternarise(Float32Array.of(1, Number.NaN, Infinity, 1, 2, 3), 2, 3);
    expect([...scales]).toEqual([1, Number.NaN, Number.NaN]);
  });

  it("is unchanged by the ternarised matrix, commutes with sign, and scales by powers of two exactly", () => {
    assert(
      property(
        integer({ min: 1, max: 6 }),
        integer({ min: 1, max: 6 }),
        integer(),
        float({ min: -0.5, max: 0.5, noNaN: true }),
        (rows, columns, seed, centre) => {
          const next = uniformFrom(seed);
          const weights = Float32Array.from({ length: rows * columns }, () => next() + centre);
          const { codes, scales } = ternarise(weights, rows, columns);
          const flipped = ternarise(
            weights.map((weight) => -4 * weight),
            rows,
            columns,
          );
          expect(Array.from(flipped.codes, (code) => -code + 0)).toEqual(Array.from(codes));
          expect(flipped.scales).toEqual(scales.map((scale) => 4 * scale));
          const again = ternarise(expandTernary({ codes, scales }), rows, columns);
          expect(again.codes).toEqual(codes);
        },
      ),
      { seed: 21, numRuns: 100 },
    );
  });
});

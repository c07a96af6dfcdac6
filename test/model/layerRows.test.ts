import { describe, expect, it } from "vitest";
import { layerRows, rowsOf } from "../../src/model/layerRows.ts";
import { parameterShapes } from "../../src/model/Parameters.ts";
import { smallShape } from "./smallForecaster.ts";

describe("layerRows", () => {
  it.each([1, 2, 3, 4])("cuts the matrices of %i layers into blocks without gap or overlap", (layers) => {
    const shape = { ...smallShape, layers };
    const blocks = layerRows(shape);
    expect(blocks).toHaveLength(layers);
    for (const name of ["inputWeights", "stateWeights", "integration"] as const) {
      let next = 0;
      for (const { [name]: span } of blocks) {
        expect(span[0]).toBe(next);
        next += span[1];
      }
      expect(next).toBe(parameterShapes(shape)[name][0]);
    }
    // 5 observed and 2 of the embedding below, the 4 units of the layer below above.
    expect(blocks.map(({ inputWeights }) => inputWeights[1])).toEqual([7, 4, 4, 4].slice(0, layers));
  });
});

describe("rowsOf", () => {
  it("is a view of whole rows", () => {
    const matrix = Float32Array.of(1, 2, 3, 4, 5, 6);
    rowsOf(matrix, 2, [1, 2]).fill(0);
    expect(Array.from(matrix)).toEqual([1, 2, 0, 0, 0, 0]);
  });
});

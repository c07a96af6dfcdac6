import { describe, expect, it } from "vitest";
import { type EventModelShape, initialEventParameters } from "../../../src/model/eventModel/EventModel.ts";
import { ternaryEventParameters } from "../../../src/model/eventModel/ternaryEventParameters.ts";
import { random } from "../../../src/series/random.ts";

describe("ternaryEventParameters", () => {
  it("leaves three values a column in the cell's matrices, and all else as it was", () => {
    const shape: EventModelShape = { cell: "lstm", multiplicative: true, units: 5, inputs: 7, codes: [9] };
    const before = initialEventParameters(shape, random(1));
    const after = ternaryEventParameters(shape, before);
    for (const name of ["inputWeights", "stateWeights"] as const) {
      for (let column = 0; column < 20; column++) {
        const own = after[name].filter((_, k) => k % 20 === column);
        expect(new Set(own.map(Math.abs).filter((value) => value > 0)).size).toBe(1);
        own.forEach((value, row) => {
          if (value !== 0) expect(Math.sign(value)).toBe(Math.sign(before[name][row * 20 + column]!));
        });
      }
    }
    expect({ ...after, inputWeights: 0, stateWeights: 0 }).toEqual({
      ...before,
      inputWeights: 0,
      stateWeights: 0,
    });
  });
});

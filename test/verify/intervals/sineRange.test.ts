import { describe, expect, it } from "vitest";
import { integerSine, sineTable, TURN_BITS } from "../../../src/edge/fixedPoint.ts";
import { sineRange } from "../../../src/verify/intervals/sineRange.ts";
import { uniform } from "../../edge/fixture.ts";

describe("range of sines", () => {
  const sines = sineTable();
  const turn = 2 ** TURN_BITS;

  it("is that of every whole turn between the ends", () => {
    const random = uniform(3);
    for (let trial = 0; trial < 60; trial++) {
      const from = Math.floor((random() - 0.5) * 4 * turn);
      const to = from + Math.floor(random() ** 6 * 1.3 * turn);
      let [least, largest] = [Infinity, -Infinity];
      for (let at = from; at <= to; at++) {
        const sine = integerSine(sines, ((at % turn) + turn) % turn);
        least = Math.min(least, sine);
        largest = Math.max(largest, sine);
      }
      expect(sineRange(sines, from, to)).toEqual([least, largest]);
    }
  });
});

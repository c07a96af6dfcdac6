import { array, assert, constant, double, integer, oneof, property } from "fast-check";
import { describe, expect, it } from "vitest";
import { forwardFill } from "../../src/series/forwardFill.ts";

/** Looks back from each step by itself: quadratic, and plainly what the docstring says. */
const filledByLookingBack = (source: readonly number[], holdSteps: number, fallback: number): number[] =>
  source.map((_, step) => {
    for (let back = 0; back <= holdSteps && step - back >= 0; back++) {
      const reading = source[step - back]!;
      if (!Number.isNaN(reading)) return reading;
    }
    return fallback;
  });

const readings = array(oneof(constant(Number.NaN), double({ noNaN: true })), { maxLength: 30 });

describe("forwardFill", () => {
  it("is what looking back from each step gives, for any part of the series", () => {
    assert(
      property(readings, integer({ min: 0, max: 8 }), integer(), integer(), (source, hold, a, b) => {
        const from = Math.abs(a) % (source.length + 1);
        const to = from + (Math.abs(b) % (source.length + 1 - from));
        const untouched = -12345;
        const filled = new Float64Array(source.length).fill(untouched);
        forwardFill(Float64Array.from(source), filled, from, to, hold, 7);
        const expected = filledByLookingBack(source, hold, 7).map((value, step) =>
          step >= from && step < to ? value : untouched,
        );
        expect(Array.from(filled)).toEqual(expected);
      }),
      { seed: 1, numRuns: 500 },
    );
  });

  it.each<[string, number[], number, number[]]>([
    ["nothing read: the fallback", [Number.NaN, Number.NaN], 5, [9, 9]],
    ["a hold of 0 carries nothing", [1, Number.NaN, 2], 0, [1, 9, 2]],
    ["the hold ends after exactly its steps", [1, Number.NaN, Number.NaN, Number.NaN], 2, [1, 1, 1, 9]],
    ["an infinity is a reading", [Infinity, Number.NaN], 1, [Infinity, Infinity]],
    ["one reading", [4], 3, [4]],
    ["an empty series", [], 3, []],
  ])("%s", (_, source, hold, expected) => {
    const filled = new Float64Array(source.length);
    forwardFill(Float64Array.from(source), filled, 0, source.length, hold, 9);
    expect(Array.from(filled)).toEqual(expected);
  });
});

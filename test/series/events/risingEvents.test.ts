import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { risingEvents } from "../../../src/series/events/risingEvents.ts";

/** Events of rows written out, as [sensor, instant]. */
const events = (...rows: readonly (readonly number[])[]): [number, number][] => {
  const { instants, tokens } = risingEvents(Float64Array.from(rows.flat()), rows[0]!.length);
  return Array.from(tokens, (token, k) => [token, instants[k]!]);
};

describe("risingEvents", () => {
  it.each<[string, number[][], [number, number][]]>([
    ["one crossing, on the line between", [[-1, 3]], [[0, 0.25]]],
    [
      "a reading of exactly 0 is true",
      [[-2, 0, -2, 0]],
      [
        [0, 1],
        [0, 3],
      ],
    ],
    ["no event where it stays true", [[-1, 1, 2, 1]], [[0, 0.5]]],
    ["none where it falls", [[3, -3]], []],
    ["none where it was true from the start", [[3, 4]], []],
    ["a gap is crossed on the line over it", [[-1, NaN, NaN, 2]], [[0, 1]]],
    ["no event where it was true before the gap", [[1, NaN, 2]], []],
    ["a gap at the start", [[NaN, 1, -1, 1]], [[0, 2.5]]],
    ["nothing but gaps", [[NaN, NaN]], []],
    [
      "an infinite robustness is reached at its step",
      [
        [-1, Infinity],
        [-Infinity, 1],
      ],
      [
        [0, 1],
        [1, 1],
      ],
    ],
    [
      "in order of time",
      [
        [-1, -1, 1],
        [-3, 1, 1],
      ],
      [
        [1, 0.75],
        [0, 1.5],
      ],
    ],
    [
      "at the same instant in order of sensors",
      [
        [-1, 1],
        [-1, 1],
      ],
      [
        [0, 0.5],
        [1, 0.5],
      ],
    ],
  ])("%s", (_, rows, expected) => expect(events(...rows)).toEqual(expected));

  it("has as many events as rises of the sign, on any readings", () => {
    const row = fc.array(fc.oneof(fc.integer({ min: -3, max: 3 }), fc.constant(NaN)), {
      minLength: 6,
      maxLength: 6,
    });
    fc.assert(
      fc.property(fc.array(row, { minLength: 1, maxLength: 4 }), (rows) => {
        const found = events(...rows);
        const rises = rows.map((own) => {
          const signs = own.filter((value) => !Number.isNaN(value)).map((value) => (value >= 0 ? "t" : "f"));
          return signs.join("").split("ft").length - 1;
        });
        expect(rises.map((_, sensor) => found.filter(([token]) => token === sensor).length)).toEqual(rises);
        const instants = found.map(([, instant]) => instant);
        expect(instants).toEqual(instants.toSorted((a, b) => a - b));
      }),
    );
  });

  it("refuses rows of unequal length", () => {
    expect(() => risingEvents(new Float64Array(7), 3)).toThrow(
      "robustness has 7 values: give a whole number of rows of 3 steps",
    );
  });
});

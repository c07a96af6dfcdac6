import { describe, expect, it } from "vitest";
import { createPastReader } from "../../src/edge/pastQuanta.ts";
import { localClock } from "../../src/series/LocalClock.ts";

const NONE = Number.NaN;

const read = (values: readonly number[], origin: number, pastSteps: number, holdSteps: number) => {
  const reader = createPastReader([{ channel: "a", quantum: 0.5, holdSteps }], ["a"], 1, pastSteps);
  const readings = {
    values: Float64Array.from(values),
    steps: values.length,
    clock: localClock("UTC", 0, 1000, values.length),
  };
  const past = reader(readings, origin);
  return Array.from(past.known, (known, step) =>
    known === 1 ? [past.lower[step], past.upper[step]] : "unknown",
  );
};

describe("createPastReader", () => {
  it("rounds a reading between two quanta both ways", () => {
    expect(read([1, 1.2, -0.1], 2, 3, 0)).toEqual([
      [2, 2],
      [2, 3],
      [-1, 0],
    ]);
  });

  it.each([
    [0, ["unknown", "unknown", "unknown"]],
    [1, [[2, 2], "unknown", "unknown"]],
    [2, [[2, 2], [2, 2], "unknown"]],
    [
      9,
      [
        [2, 2],
        [2, 2],
        [2, 2],
      ],
    ],
  ])("holds a reading from before the past over a gap of at most %i steps", (holdSteps, expected) => {
    expect(read([7, 1, NONE, NONE, NONE], 4, 3, holdSteps)).toEqual(expected);
  });

  it("does not hold what was never read, nor reach before the readings", () => {
    expect(read([NONE, NONE, 3], 2, 5, 9)).toEqual(["unknown", "unknown", "unknown", "unknown", [6, 6]]);
  });

  it("prefers a new reading to a held one", () => {
    expect(read([1, NONE, 4, NONE], 3, 4, 1)).toEqual([
      [2, 2],
      [2, 2],
      [8, 8],
      [8, 8],
    ]);
  });

  it("passes over what is too large for a rule, in the past and before it", () => {
    expect(read([1, 1e9, -1e9, 2 ** 20, 2 ** 20 + 1], 4, 3, 2)).toEqual([
      [2, 2],
      [2 ** 21, 2 ** 21],
      [2 ** 21, 2 ** 21],
    ]);
    expect(read([1e9, -1e9], 1, 2, 9)).toEqual(["unknown", "unknown"]);
  });
});

import { describe, expect, it } from "vitest";
import { dataOf, panelOf } from "./smallData.ts";

const missing = Number.NaN;

describe("prepareTrainingData", () => {
  const data = dataOf(
    panelOf(
      [
        [
          [0, missing, missing, missing, Math.E - 1],
          [missing, 3, 3, 3, 3],
        ],
        [
          [-1, -2, missing, -4, -5],
          [1, 1, 1, 1, 1],
        ],
        [
          [7, 7, 7, 7, 7],
          [8, 8, 8, 8, 8],
        ],
      ],
      ["flow", "temperature", "rain"],
    ),
    { targets: ["flow", "temperature"], covariates: ["rain"], log: ["flow"], trainSteps: 5 },
  );

  it("holds readings over gaps for two steps, then and before the first takes the fallback", () => {
    expect(data.plan.targets[0]!.fallback).toBe(3);
    expect(Array.from(data.held)).toEqual(
      [
        [0, 0, 0, 3, Math.fround(Math.E - 1)],
        [3, 3, 3, 3, 3],
        [-1, -2, -2, -4, -5],
        [1, 1, 1, 1, 1],
      ].flat(),
    );
  });

  it("keeps the truth as it was read, gaps included", () => {
    expect(Array.from(data.truth.subarray(0, 10))).toEqual([
      0,
      missing,
      missing,
      missing,
      Math.fround(Math.E - 1),
      missing,
      3,
      3,
      3,
      3,
    ]);
    expect(data.truth).toHaveLength(2 * 2 * 5);
  });

  it("has levels on the scale of each target", () => {
    expect(data.level[4]).toBeCloseTo(1, 6);
    expect(data.level[3]).toBeCloseTo(Math.log(4), 6);
    expect(Array.from(data.level.subarray(10, 15))).toEqual([-1, -2, -2, -4, -5]);
  });

  it("has the features of every sensor and step, without an embedding", () => {
    expect(data.features).toHaveLength(2 * 5 * data.observed);
    // The third feature of a target tells whether its reading is missing.
    const flagged = (sensor: number): number[] =>
      Array.from({ length: 5 }, (_, step) => data.features[(sensor * 5 + step) * data.observed + 2]!);
    expect(flagged(0)).toEqual([0, 1, 1, 1, 0]);
    expect(flagged(1)).toEqual([1, 0, 0, 0, 0]);
  });
});

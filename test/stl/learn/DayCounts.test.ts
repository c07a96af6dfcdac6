import { describe, expect, it } from "vitest";
import { inBlocks, judgedIn, rateOf } from "../../../src/stl/learn/DayCounts.ts";

const counts = {
  held: Float64Array.of(1, 2, 3, 4, 5),
  broken: Float64Array.of(0, 1, 0, 0, 4),
  unknown: 7,
  doubtful: 3,
};

describe("DayCounts", () => {
  it("are put together by as many days, the last block shorter", () => {
    expect(inBlocks(counts, 2)).toEqual({
      held: Float64Array.of(3, 7, 5),
      broken: Float64Array.of(1, 0, 4),
      unknown: 7,
      doubtful: 3,
    });
    expect(inBlocks(counts, 9)).toMatchObject({ held: Float64Array.of(15), broken: Float64Array.of(5) });
  });

  it("have one rate in days and in blocks; none without a judged instant", () => {
    expect([judgedIn(counts), rateOf(counts), rateOf(inBlocks(counts, 3))]).toEqual([20, 0.75, 0.75]);
    expect(rateOf({ ...counts, held: new Float64Array(2), broken: new Float64Array(2) })).toBeNaN();
  });
});

import { array, assert, integer, property } from "fast-check";
import { describe, expect, it } from "vitest";
import { placeLabels } from "../../../src/report/plots/placeLabels.ts";

describe("placeLabels", () => {
  it.each([
    [[], []],
    [[50], [50]],
    [[-20], [0]],
    [
      [10, 12, 40],
      [10, 23, 40],
    ],
    [
      [99, 98, 97],
      [100, 87, 74],
    ],
    [
      [30, 30],
      [30, 43],
    ],
  ])("%j", (wishes, placed) => expect(placeLabels(wishes, 13, 0, 100)).toEqual(placed));

  it("keeps the gap and the frame wherever the labels fit", () => {
    assert(
      property(array(integer({ min: -50, max: 250 }), { maxLength: 15 }), (wishes) => {
        const placed = placeLabels(wishes, 13, 0, 200);
        const sorted = [...placed].sort((a, b) => a - b);
        sorted.forEach((at, k) => {
          expect(at).toBeGreaterThanOrEqual(0);
          expect(at).toBeLessThanOrEqual(200);
          if (k > 0) expect(at - (sorted[k - 1] ?? 0)).toBeGreaterThanOrEqual(13);
        });
        for (const [i, a] of wishes.entries()) {
          for (const [j, b] of wishes.entries()) {
            if (a < b) expect(placed[i]).toBeLessThan(placed[j] ?? Number.NaN);
          }
        }
      }),
      { seed: 7, numRuns: 200 },
    );
  });
});

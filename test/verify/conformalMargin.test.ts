import { describe, expect, it } from "vitest";
import { conformalMargin } from "../../src/verify/conformalMargin.ts";
import { uniform } from "../edge/fixture.ts";

describe("conformal margin", () => {
  it("covers exactly ceil((n + 1) level) of n + 1 exchangeable scores, each left out in turn", () => {
    const random = uniform(2);
    for (const count of [4, 9, 19, 20, 37]) {
      for (const level of [0.5, 0.8, 0.9, 0.95]) {
        const scores = Array.from({ length: count + 1 }, () => random() - 0.5);
        const covered = scores.filter((score, left) => {
          const others = Float64Array.from(scores.filter((_, place) => place !== left));
          return score <= conformalMargin(others, level);
        }).length;
        const wanted = Math.ceil(Number(((count + 1) * level).toFixed(9)));
        expect(covered).toBe(wanted > count ? count + 1 : wanted);
      }
    }
  });

  it("is the largest score where the rank is n, and infinite past it", () => {
    const scores = Float64Array.from({ length: 19 }, (_, place) => 19 - place);
    expect([0.95, 0.951, 0.05, 0].map((level) => conformalMargin(scores, level))).toEqual([
      19,
      Infinity,
      1,
      1,
    ]);
    expect(conformalMargin(new Float64Array(0), 0.5)).toBe(Infinity);
    expect(scores[0]).toBe(19);
  });
});

import { assert, double, property } from "fast-check";
import { describe, expect, it } from "vitest";
import { formatBound } from "../../../src/report/format/formatBound.ts";

describe("formatBound", () => {
  it.each([
    [0.00029953, "30 in 100,000"],
    [0.0003, "30 in 100,000"],
    [0.000301, "31 in 100,000"],
    [0.5, "50 in 100"],
    [1, "100 in 100"],
    [0, "0"],
    [Number.NaN, "not judged"],
  ])("%d", (rate, text) => expect(formatBound(rate)).toBe(text));

  it("never claims less than the bound, and at most a tenth more", () => {
    assert(
      property(double({ min: 1e-9, max: 1, noNaN: true }), (rate) => {
        const [count = Number.NaN, among = Number.NaN] = formatBound(rate)
          .split(" in ")
          .map((part) => Number(part.replaceAll(",", "")));
        expect(count / among).toBeGreaterThanOrEqual(rate * (1 - 1e-9));
        expect(count / among).toBeLessThanOrEqual(rate * 1.1 + 1e-12);
      }),
      { seed: 3, numRuns: 500 },
    );
  });
});

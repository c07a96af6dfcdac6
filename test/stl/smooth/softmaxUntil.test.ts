import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseFormula, smoothGap, smoothRobustness } from "../../../src/stl/index.ts";

/** The mean of values weighted by exp(sign * temperature * value), as it is written. */
const softmax = (values: readonly number[], sign: 1 | -1, temperature: number): number => {
  const top = Math.max(...values.map((value) => sign * value));
  const weights = values.map((value) => Math.exp(temperature * (sign * value - top)));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return values.reduce((sum, value, k) => sum + (value * (weights[k] as number)) / total, 0);
};

const series = fc.array(fc.double({ min: -40, max: 40, noNaN: true }), { minLength: 8, maxLength: 8 });

describe("softmax of until", () => {
  it.each([
    ["until", -1],
    ["release", 1],
  ] as const)(
    "%s is the softmax over the terms of the softmax over each term's values",
    (operator, inner) => {
      fc.assert(
        fc.property(
          series,
          series,
          fc.nat(3),
          fc.nat(3),
          fc.constantFrom(0.1, 1, 30),
          (x, y, lower, width, temperature) => {
            const terms = Array.from({ length: width + 1 }, (_, k) =>
              softmax([...x.slice(0, lower + k), y[lower + k] as number], inner, temperature),
            );
            const expected = softmax(terms, inner < 0 ? 1 : -1, temperature);
            const formula = parseFormula(`(x > 0) ${operator}[${lower},${lower + width}] (y > 0)`);
            const options = { method: "softmax", temperature } as const;
            expect(smoothRobustness(formula, { signals: { x, y } }, options).value).toBeCloseTo(expected, 9);
          },
        ),
        { seed: 41, numRuns: 300 },
      );
    },
  );

  it("is off by one softmax of a term and one of the terms, however long the window", () => {
    const options = { method: "softmax", temperature: 1 } as const;
    const gap = (width: number): number =>
      smoothGap(parseFormula(`(x > 0) until[0,${width}] (y > 0)`).plan, options, 10_000).above;
    // Logarithmic: a hundred times the window adds less than the logarithm of a hundred.
    expect(gap(1000) - gap(10)).toBeLessThan(Math.log(100));
  });
});

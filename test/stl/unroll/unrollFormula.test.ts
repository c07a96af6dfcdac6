import * as fc from "fast-check";
import { expect, it } from "vitest";
import { parseFormula } from "../../../src/stl/compile/parseFormula.ts";
import { robustness } from "../../../src/stl/evaluate/robustness.ts";
import { unrolledRobustness } from "../../../src/stl/unroll/unrolledRobustness.ts";
import { unrollFormula } from "../../../src/stl/unroll/unrollFormula.ts";
import { NotAffineError } from "../../../src/stl/unroll/unrollRule.ts";
import type { UnrolledRule } from "../../../src/stl/unroll/UnrolledRule.ts";
import { plainFormulas, plainTraces } from "../randomFormulas.ts";

const unrolledOrNothing = (text: string, samples: number): UnrolledRule | undefined => {
  try {
    return unrollFormula(parseFormula(text), samples);
  } catch (fault) {
    if (fault instanceof NotAffineError) return undefined;
    throw fault;
  }
};

it.each([1, 2, 7])(
  "has the robustness of the formula at the first of %i samples, every operator cut there",
  (steps) => {
    fc.assert(
      fc.property(plainFormulas, plainTraces(steps, "quarters"), (text, signals) => {
        const unrolled = unrolledOrNothing(text, steps);
        fc.pre(unrolled !== undefined);
        const formula = parseFormula(text);
        const values = Float64Array.from(
          formula.signals.flatMap((name) => Array.from(signals[name as "x" | "y" | "z"])),
        );
        const { lower, upper } = unrolledRobustness(unrolled, { values, steps }, 0, 1);
        expect(lower).toBe(upper);
        // Without the sign of a zero.
        expect(lower + 0).toBe((robustness(formula, { signals })[0] as number) + 0);
      }),
      { numRuns: 300 },
    );
  },
);

it("unrolls windows without end as far as the trace goes", () => {
  const unrolled = unrollFormula(parseFormula("always eventually x > 1"), 3);
  expect(unrolled.horizon).toBe(2);
  expect(unrolled.constant).toHaveLength(3);
});

it("says where a formula is not affine", () => {
  expect(() => unrollFormula(parseFormula("always\n  x * y > 1"), 2)).toThrow(
    /formula:1:1.*a product of signals/,
  );
});

import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  bindSpec,
  parseFormula,
  parseSpec,
  robustness,
  smoothGap,
  type SmoothMethod,
  smoothRobustness,
} from "../../../src/stl/index.ts";
import { plainFormulas, plainTraces } from "../randomFormulas.ts";

const methods = fc.constantFrom<SmoothMethod>("exact", "logsumexp", "softmax", "sound");

describe("smoothGap", () => {
  it("holds every smooth value of every formula, with sound from below alone", () => {
    fc.assert(
      fc.property(
        plainFormulas,
        plainTraces(9, "quarters"),
        methods,
        fc.constantFrom(0.3, 2, 20),
        (text, signals, method, temperature) => {
          const formula = parseFormula(text);
          const options = { method, temperature };
          const exact = robustness(formula, { signals })[0] as number;
          const { value } = smoothRobustness(formula, { signals }, options);
          const { above, below } = smoothGap(formula.plan, options, 9);
          if (method === "sound") expect(above).toBe(0);
          if (method === "exact") expect([below, above]).toEqual([0, 0]);
          if (!Number.isFinite(exact) || !Number.isFinite(value)) return;
          const within = value >= exact - below - 1e-9 && value <= exact + above + 1e-9;
          expect([text, method, within]).toEqual([text, method, true]);
        },
      ),
      { seed: 23, numRuns: 600 },
    );
  });

  it("is reached: by equal values for logsumexp, by one value beside lower ones for softmax", () => {
    const formula = parseFormula("eventually[0, 7] x > 0");
    const equal = { signals: { x: new Float64Array(8).fill(1) } };
    const first = { method: "logsumexp", temperature: 2 } as const;
    expect(smoothRobustness(formula, equal, first).value - 1).toBeCloseTo(
      smoothGap(formula.plan, first, 8).above,
      12,
    );
    const second = { method: "softmax", temperature: 2 } as const;
    const { below } = smoothGap(formula.plan, second, 8);
    // The worst distance found by trying out how far below the highest the others may lie.
    const tried = Array.from({ length: 4001 }, (_, k) => {
      const x = new Float64Array(8).fill(1 - k / 1000);
      x[3] = 1;
      return 1 - smoothRobustness(formula, { signals: { x } }, second).value;
    });
    expect(Math.max(...tried)).toBeLessThanOrEqual(below);
    expect(Math.max(...tried)).toBeGreaterThan(below - 1e-6);
  });

  it("counts sensors, and windows only as long as the trace", () => {
    const sensors = ["a", "b", "c", "d"];
    const site = { sensors, channels: [{ name: "x", unit: "1" }], stepMs: 1000, zone: "UTC" };
    const { rules } = bindSpec(
      parseSpec("require r: forall s in sensors: always[0s, 2s] x[s] > 0;").spec,
      site,
    );
    const plan = rules[0]!.plan;
    const options = { method: "logsumexp", temperature: 1 } as const;
    expect(smoothGap(plan, options, 100).below).toBeCloseTo(Math.log(4) + Math.log(3), 12);
    expect(smoothGap(plan, options, 2).below).toBeCloseTo(Math.log(4) + Math.log(2), 12);
  });
});

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { planFolds } from "../../../src/jobs/backtest/planFolds.ts";

const wishes = { steps: 1000, horizonSteps: 6, folds: 4, foldSteps: 50, retrain: true, validationShare: 0.2 };

describe("planFolds", () => {
  it("ends the last fold where the last whole horizon begins", () => {
    const folds = planFolds(wishes);
    if (typeof folds === "string") throw new Error(folds);
    expect(folds.map(({ origins }) => origins)).toEqual([
      { from: 794, to: 844 },
      { from: 844, to: 894 },
      { from: 894, to: 944 },
      { from: 944, to: 994 },
    ]);
    // The last origin is 993; its forecast reaches the last step, 999.
    expect(folds.at(-1)!.reads).toEqual({ from: 0, to: 1000 });
    // 795 steps are known at the first origin; the last fifth of them is for validation.
    expect(folds[0]).toMatchObject({
      modelOf: 0,
      training: { from: 0, to: 636 },
      validation: { from: 636, to: 795 },
    });
  });

  it("trains once where it shall, on a window of the given length", () => {
    const folds = planFolds({ ...wishes, retrain: false, slidingSteps: 100, from: 401 });
    if (typeof folds === "string") throw new Error(folds);
    for (const fold of folds) {
      expect(fold).toMatchObject({
        modelOf: 0,
        training: { from: 301, to: 381 },
        validation: { from: 381, to: 401 },
      });
    }
    expect(folds[0]!.origins).toEqual({ from: 400, to: 450 });
  });

  it("refuses folds that do not fit", () => {
    expect(planFolds({ ...wishes, from: 796 })).toMatch(/do not fit/);
    expect(planFolds({ ...wishes, foldSteps: 300 })).toMatch(/leave nothing to train on/);
  });

  it("never lets a model know a step after the first origin that it forecasts", () => {
    fc.assert(
      fc.property(
        fc.record({
          steps: fc.integer({ min: 50, max: 2000 }),
          horizonSteps: fc.integer({ min: 1, max: 24 }),
          folds: fc.integer({ min: 1, max: 8 }),
          foldSteps: fc.integer({ min: 1, max: 100 }),
          retrain: fc.boolean(),
          slidingSteps: fc.integer({ min: 1, max: 500 }),
          validationShare: fc.double({ min: 0.01, max: 0.9, noNaN: true }),
        }),
        (given) => {
          const folds = planFolds(given);
          if (typeof folds === "string") return;
          for (const fold of folds) {
            const model = folds[fold.modelOf]!;
            expect(fold.training.to).toBe(fold.validation.from);
            expect(fold.validation.to - 1).toBe(model.origins.from);
            expect(model.origins.from).toBeLessThanOrEqual(fold.origins.from);
            expect(fold.validation.to - fold.training.from).toBeLessThanOrEqual(given.slidingSteps);
            expect(fold.reads.to).toBeLessThanOrEqual(given.steps);
          }
        },
      ),
    );
  });
});

import { describe, expect, it } from "vitest";
import { chooseBaseline } from "../../src/jobs/chooseBaseline.ts";
import { random } from "../../src/series/random.ts";
import { dataOf, panelOf } from "../train/smallData.ts";

const training = { from: 0, to: 600 };
const validation = { from: 600, to: 900 };

const choice = (row: readonly number[], wanted: "persistence" | "seasonal" | "linear" | "auto" = "auto") => {
  const { plan, readings } = dataOf(panelOf([[[...row]]], ["flow"]), { targets: ["flow"], trainSteps: 600 });
  return chooseBaseline(wanted, plan, readings, 12, training, validation);
};

const source = random(3);
const walk = Array.from({ length: 900 }, () => 0);
for (let k = 1; k < 900; k++) walk[k] = walk[k - 1]! + source.normal();
const clockwork = Array.from(
  { length: 900 },
  (_, k) => [3, 9, 1, 7, 7, 2, 8, 4, 0, 5, 6, 1][k % 12]! + 0.01 * source.normal(),
);
const returning = Array.from({ length: 900 }, () => 40 + source.normal());

describe("chooseBaseline", () => {
  it("takes the season of a series that repeats, and the weighed one of a series that returns to its mean", () => {
    expect(choice(clockwork).data.plan.baseline.kind).toBe("seasonal");
    expect(choice(returning).data.plan.baseline.kind).toBe("linear");
  });

  it("tells all errors in units of persistence's, the chosen first", () => {
    for (const row of [walk, clockwork, returning]) {
      const { compared, data } = choice(row);
      expect(compared.map(({ kind }) => kind).toSorted()).toEqual(["linear", "persistence", "seasonal"]);
      expect(compared[0]!.kind).toBe(data.plan.baseline.kind);
      expect(compared.find(({ kind }) => kind === "persistence")!.relativeError).toBe(1);
      expect(compared.every(({ relativeError }) => relativeError >= compared[0]!.relativeError)).toBe(true);
    }
    // A season of independent steps is as far off as two draws from each other, a walk's season further than its last step.
    expect(choice(walk).compared.find(({ kind }) => kind === "seasonal")!.relativeError).toBeGreaterThan(1.5);
  });

  it("does as it is told, and then compares nothing", () => {
    for (const wanted of ["persistence", "seasonal", "linear"] as const) {
      const { compared, data } = choice(clockwork, wanted);
      expect(data.plan.baseline.kind).toBe(wanted);
      expect(compared).toEqual([]);
    }
  });

  it("prepares the features of the baseline it takes", () => {
    const { data } = choice(clockwork);
    expect(data.observed).toBe(choice(clockwork, "persistence").data.observed + 1);
    expect(data.features).toHaveLength(data.observed * 900);
  });
});

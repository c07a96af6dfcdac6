import { describe, expect, it } from "vitest";
import {
  deployedModel,
  errorsOverLeads,
  modelsOf,
  naiveComparison,
} from "../../src/report/naiveComparison.ts";
import type { ModelName } from "../../src/report/RunSummary.ts";

const errors = (model: ModelName, mae: number, rmse = mae) => ({ model, mae, rmse });

const metric = {
  channel: "flow",
  unit: "1",
  rows: [
    { leadSteps: 1, count: 30, models: [errors("ternary", 1, 2), errors("persistence", 2)] },
    { leadSteps: 2, count: 10, models: [errors("ternary", 5, 6), errors("persistence", 4)] },
    { leadSteps: 3, count: 0, models: [errors("ternary", Number.NaN), errors("persistence", Number.NaN)] },
  ],
};

describe("errorsOverLeads", () => {
  it("weighs each forecast the same and leaves unjudged leads out", () => {
    // (30 * 1 + 10 * 5) / 40 and sqrt((30 * 4 + 10 * 36) / 40)
    expect(errorsOverLeads(metric, "ternary")).toEqual({ model: "ternary", mae: 2, rmse: Math.sqrt(12) });
    expect(errorsOverLeads(metric, "ridge").mae).toBeNaN();
  });
});

describe("naiveComparison", () => {
  it("takes the better naive model, whichever side it falls on", () => {
    const two = [errors("persistence", 4), errors("seasonal naive", 2), errors("ridge", 1)];
    expect(naiveComparison([...two, errors("ternary", 1)], "ternary")).toEqual({
      deployedMae: 1,
      naive: "seasonal naive",
      naiveMae: 2,
      change: -0.5,
    });
    expect(naiveComparison([...two, errors("ternary", 3)], "ternary")?.change).toBe(0.5);
  });

  it.each([
    ["no naive model", [errors("ternary", 1), errors("ridge", 2)]],
    ["no deployed model", [errors("persistence", 1)]],
    ["nothing judged", [errors("ternary", Number.NaN), errors("persistence", 1)]],
    ["a perfect naive model", [errors("ternary", 1), errors("persistence", 0)]],
  ])("is absent with %s", (_, given) => expect(naiveComparison(given, "ternary")).toBeUndefined());
});

describe("modelsOf", () => {
  it("puts naive ones first and finds the deployed one", () => {
    expect(modelsOf([metric])).toEqual(["persistence", "ternary"]);
    expect(deployedModel([metric])).toBe("ternary");
    const shielded = {
      ...metric,
      rows: [{ leadSteps: 1, count: 1, models: [errors("ternary, shielded", 1)] }],
    };
    expect(deployedModel([metric, shielded])).toBe("ternary, shielded");
  });
});

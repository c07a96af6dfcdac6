import { describe, expect, it } from "vitest";
import { ruleFight } from "../../src/report/ruleFight.ts";
import type { RuleSummary } from "../../src/report/RunSummary.ts";

const fightOf = (truth: number, ternary: number, rise: number): string | undefined => {
  const rates: RuleSummary["rates"] = { truth, ternary, float: 0.2, shielded: 1 };
  const cost = [{ channel: "flow", unit: "veh/h", mae: 50, rise, changedShare: 0.1, riseWhereChanged: 9 }];
  return ruleFight({ cost, rates })?.replaceAll("\u00a0", " ");
};

describe("ruleFight", () => {
  it.each([
    { truth: 1, ternary: 1, rise: 0 },
    { truth: 0.95, ternary: 0.999, rise: 0.5 },
    { truth: 0.9, ternary: 0.5, rise: -3 },
    { truth: Number.NaN, ternary: 1, rise: Number.NaN },
  ])("finds none at $truth kept by what happened, $ternary by the forecast, $rise added", (at) => {
    expect(fightOf(at.truth, at.ternary, at.rise)).toBeUndefined();
  });

  it("finds one where what happened breaks the rule on 5 % more of the origins", () => {
    expect(fightOf(0.9, 0.96, 0)).toBe(
      "what happened breaks it on 10.0 % of origins, the forecast without a shield on 4.0 %",
    );
  });

  it("finds one where it adds more than a hundredth to the error, and says both", () => {
    expect(fightOf(1, 1, 0.51)).toBe("enforced alone it raises the error of flow by 0.510 veh/h (1.0 %)");
    expect(fightOf(0.5, 0.9, 5)).toContain(
      "on 10.0 %; enforced alone it raises the error of flow by 5.00 veh/h",
    );
  });

  it("goes by how often it is broken where no cost was measured", () => {
    expect(ruleFight({ rates: { truth: 0.5, float: 1, ternary: 1, shielded: 1 } })).toBeDefined();
  });
});

import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { panelRobustness } from "../../../src/stl/index.ts";
import { subPlan } from "../../../src/stl/plan/subPlan.ts";
import { unfoldAlways } from "../../../src/stl/plan/unfoldAlways.ts";
import { bindRule, ruleTexts, traces } from "../randomRules.ts";

describe("unfoldAlways", () => {
  it("gives the formula that always is about, the same as if it had been written alone", () => {
    fc.assert(
      fc.property(ruleTexts(true), traces(12, true), fc.nat(3), (text, trace, from) => {
        const forall = "forall s in sensors: ";
        const always = `always[${from} samples, inf] `;
        const whole = text.startsWith(forall)
          ? `${forall}${always}${text.slice(forall.length)}`
          : `${always}(${text})`;
        const [endless, alone] = [bindRule(whole), bindRule(text)];
        const unfolded = unfoldAlways(endless.plan);
        expect([whole, unfolded?.from]).toEqual([whole, from]);
        const inner = { ...endless, plan: unfolded!.plan };
        expect([whole, panelRobustness(inner, trace)]).toEqual([whole, panelRobustness(alone, trace)]);
      }),
      { seed: 71, numRuns: 200 },
    );
  });

  it.each([
    "always[0 samples, 5 samples] x[a] < 3",
    "eventually x[a] < 3",
    "(always x[a] < 3) or x[b] < 2",
    "exists s in sensors: always x[s] < 3",
    "forall s in sensors: eventually x[s] < 3",
  ])("leaves %s as it is", (text) => {
    expect(unfoldAlways(bindRule(text).plan)).toBeUndefined();
  });
});

describe("subPlan", () => {
  it("keeps what a node is made of, and nothing else", () => {
    const { plan } = bindRule("x[a] < 3 and (always[0 samples, 2 samples] y[b] > 1)");
    const always = plan.nodes.findIndex(({ kind }) => kind === "always");
    const part = subPlan(plan, [always]);
    expect(part.nodes).toEqual([part.plan.nodes.length - 1]);
    expect(part.plan.nodes.map(({ kind }) => kind)).toEqual(["signal", "constant", "above", "always"]);
  });
});

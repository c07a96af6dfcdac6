import { describe, expect, it } from "vitest";
import { formatProblems } from "../../../src/stl/language/formatProblems.ts";
import { fitFaultProblem } from "../../../src/stl/learn/fitFaultProblem.ts";
import { fitParameters } from "../../../src/stl/learn/fitParameters.ts";
import { learnTargets } from "../../../src/stl/learn/learnTargets.ts";
import { hourlySite, hourlyTrace, soundSpec } from "./learnFixture.ts";

const site = hourlySite(["a", "b"]);
const ramp = Array.from({ length: 48 }, (_, k) => k % 24);
const trace = hourlyTrace([ramp, ramp, ramp, ramp]);

const targetsOf = (text: string, rate = 0.9) => {
  const spec = soundSpec(text, site);
  return { spec, ...learnTargets(spec, site, trace, () => rate) };
};
const told = (text: string): string => {
  const { problems, spec } = targetsOf(text);
  return formatProblems(problems, spec.texts);
};

describe("learnTargets", () => {
  it("finds parameters, their direction and role, and the rules that read them", () => {
    const { parameters, problems, rules } = targetsOf(`
      param calm : real in h = 2h learnable;
      param top : real in ug/m3 = 5 learnable;
      param fixed : real in ug/m3 = 5;
      require a: forall s in sensors: x[s] > top implies eventually[0h, calm] x[s] <= fixed;
      require b: forall s in sensors: y[s] <= fixed;
      require c: forall s in sensors: y[s] <= top + 1 ug/m3;`);
    expect(problems).toEqual([]);
    expect(parameters.map(({ direction, name, upper, whole }) => [name, direction, whole, upper])).toEqual([
      ["calm", 1, true, 47],
      ["top", 1, false, Infinity],
    ]);
    expect(rules.map(({ moving, name, parameters: read }) => [name, read, moving])).toEqual([
      ["a", ["top", "calm"], ["top"]],
      ["c", ["top"], []],
    ]);
  });

  it("says where neither more nor less of a parameter is tighter", () => {
    const text = told("param p : real in ug/m3 = 5 learnable; require r: forall s in sensors: x[s] == p;");
    expect(text).toContain("error: neither a larger nor a smaller p is tighter in r [no-direction]");
    expect(text).toContain("rules.stl:1:80");
    expect(text).toContain("remove learnable from p");
  });

  it("says where two uses pull against each other", () => {
    const text = told(`param p : real in ug/m3 = 5 learnable;
require low: forall s in sensors: x[s] <= p;
require high: forall s in sensors: y[s] >= p;`);
    expect(text).toContain("a larger p is looser at one place and tighter at another, in low and in high");
    expect(text).toContain("rules.stl:3:44");
  });

  it("warns of a parameter that no rule reads", () => {
    const text = told("param p : real = 5 learnable; require r: forall s in sensors: x[s] < 3 ug/m3;");
    expect(text).toContain("warning: no rule reads the learnable parameter p, which stays as it is");
    expect(text).toContain("rules.stl:1:7");
  });
});

describe("fitFaultProblem", () => {
  const faultOf = (text: string, rate = 0.9): string => {
    const { parameters, rules, spec } = targetsOf(text, rate);
    const fit = fitParameters(parameters, rules);
    return formatProblems(
      fit.faults.map((fault) => fitFaultProblem(fault, fit)),
      spec.texts,
    );
  };

  it("says what a rule reaches at the loosest end, and how to go on", () => {
    const text = faultOf(
      "param p : real in ug/m3 = 5 range [2, 11] learnable; require r: forall s in sensors: x[s] <= p;",
    );
    expect(text).toContain(
      "r holds at 50 % of 96 judged instants with p = 11, the loosest allowed; 90 % are asked for",
    );
    expect(text).toContain("rules.stl:1:7");
    expect(text).toContain("Widen the range of p, or ask for less: --rate r=0.5.");
  });

  it("says that nothing can be judged, that no value tried is reached, or that no range follows", () => {
    const declared = (range: string): string => `param w : real in h = 60h range ${range} learnable;`;
    const stays = "require r: forall s in sensors: always[0h, w] x[s] <= 30 ug/m3;";
    expect(faultOf(`${declared("[50h, 90h]")} ${stays}`)).toContain(
      "no instant of r could be judged, 96 are left open",
    );
    // From 47 hours on no whole window lies in the two days; the longest that does is the tightest judged.
    expect(faultOf(`${declared("[10h, 90h]")} ${stays}`)).toBe("");
    const moving = "param p : real in ug/m3 = 5 range [0, 50] learnable;";
    const never = faultOf(`${moving} require r: forall s in sensors: x[s] > p implies y[s] <= 0 ug/m3;`);
    expect(never).toContain(
      "r reaches its rate at none of the values tried, p from 0 to 50; 90 % are asked for",
    );
    expect(never).toContain("--rate r=0.9");
    const endless = "param p : real in ug/m3 = 5 learnable;";
    expect(faultOf(`${endless} require r: exists s in sensors: x[s] < 99 ug/m3 or x[s] < p;`)).toContain(
      "p has no range, and none follows from the recordings",
    );
  });
});

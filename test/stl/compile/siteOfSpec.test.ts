import { describe, expect, it } from "vitest";
import { bindSpec, parseSpec, siteOfSpec } from "../../../src/stl/index.ts";

const siteOf = (text: string): ReturnType<typeof siteOfSpec>["site"] => {
  const { problems, spec } = parseSpec(text);
  expect(problems).toEqual([]);
  const { site } = siteOfSpec(spec);
  const faults = bindSpec(spec, site).problems.filter((problem) => problem.severity === "error");
  expect(faults).toEqual([]);
  return site;
};

describe("siteOfSpec", () => {
  it("has the signals, units and sampling that are declared, and one sensor where none is spoken of", () => {
    const site = siteOf(
      "sampling 5min; signal speed : real in km/h; signal n : real; require r: speed < 5 mph;",
    );
    expect(site).toMatchObject({
      sensors: ["s1"],
      channels: [{ name: "speed", unit: "km/h" }, { name: "n" }],
      stepMs: 300_000,
    });
  });

  it("has the sensors that are named: in lists, in brackets, by near, as arguments of lets", () => {
    const site = siteOf(
      `signal x : real; sensors pair = { north, 12 }; group here = near(hall, 1 km);
      let hot(s, by) = warm(s) and x[s] > by; let warm(s) = x[s] > 3; let level(v) = v > 2;
      require r: hot(east, 4) and x[west] > 1 and (forall s in pair union_here: x[s] > 0) and level(x[west]);
      group union_here_unused = pair union here;`.replace("pair union_here:", "pair:"),
    );
    expect(site.sensors).toEqual(["north", "12", "hall", "east", "west"]);
  });

  it("has more sensors than are counted, and one for every combination of tags", () => {
    const site = siteOf(
      'signal x : real; require r: atleast 7 s in tag("school"): exists n in tag("hill"): x[n] < x[s];'.replace(
        'atleast 7 s in tag("school")',
        'atleast 2 s in tag("school")',
      ),
    );
    expect(site.sensors).toHaveLength(4);
    expect(site.tags).toEqual({ school: ["s2", "s4"], hill: ["s3", "s4"] });
    expect(siteOf("signal x : real; require r: atmost 7 s in sensors: x[s] > 3;").sensors).toHaveLength(8);
    expect(siteOf("signal x : real; require r: count(s in sensors: x[s] > 3) <= 9;").sensors).toHaveLength(
      10,
    );
  });

  it("steps by what every duration is a multiple of, where no sampling is declared", () => {
    expect(siteOf("signal x : real; require r: always[10min, 1h] once[0, 25min] x > 3;").stepMs).toBe(
      300_000,
    );
    expect(
      siteOf("signal x : real; param d : real in s = 0.25s; require r: always[0, d] x > 3;").stepMs,
    ).toBe(250);
    expect(siteOf("signal x : real; require r: x > 3;").stepMs).toBe(1000);
  });

  it("takes an undeclared signal in any unit and warns, but leaves a slip to be found", () => {
    const { spec } = parseSpec(
      "signal speed : real in km/h; require r: no2[a] < 40 ug/m3 and sped[a] < 3 km/h;",
    );
    const { problems, site } = siteOfSpec(spec);
    expect(problems).toMatchObject([{ code: "undeclared-signal", severity: "warning", line: 1, column: 41 }]);
    expect(bindSpec(spec, site).problems).toMatchObject([
      { code: "unknown-name", remedy: "Did you mean speed?" },
    ]);
  });
});

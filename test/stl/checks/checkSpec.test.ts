import { describe, expect, it } from "vitest";
import { checkSpec, monitor, parseFormula, parseSpec } from "../../../src/stl/index.ts";

const check = (text: string, forecastSteps?: number): ReturnType<typeof checkSpec> => {
  const { problems, spec } = parseSpec(text, { source: "a.stl" });
  expect(problems).toEqual([]);
  return checkSpec(spec, forecastSteps === undefined ? {} : { forecastSteps });
};
const told = (text: string): string[] =>
  check(text).problems.map(({ code, column, line, severity }) => `${line}:${column} ${severity} ${code}`);

describe("checkSpec", () => {
  it("finds unknown names and units that do not agree in a file alone", () => {
    expect(
      told("signal speed : real in km/h;\nrequire r: sped < 50 km/h;\nrequire q: speed < 50 ug/m3;"),
    ).toEqual(["1:8 warning unused", "2:12 error unknown-name", "3:12 error unit-mismatch"].slice(1));
  });

  it("warns of what nothing reads, but not in a file that is there to be imported", () => {
    const text = `signal x, y : real; param p : real = 3; sensors g = { a }; let high = x > 3;\n`;
    expect(told(`${text}require r: x[a] > 1;`)).toEqual([
      "1:11 warning unused",
      "1:27 warning unused",
      "1:49 warning unused",
      "1:64 warning unused",
    ]);
    expect(told(text)).toEqual([]);
    expect(told("signal x : real; param p : real = 2; param q : real = p + 1; require r: x > q;")).toEqual(
      [],
    );
    expect(
      told(
        "signal x : real; sensors g = { a, b }; group h = g except g2; sensors g2 = { a }; require r: forall s in h: x[s] > 1;",
      ),
    ).toEqual([]);
  });

  it("tells of a rule that looks further ahead or back than a forecast does", () => {
    const text = "sampling 1h; signal x : real; require r: once[0h, 5h] x > 3 and always[0h, 9h] x > 3;";
    const { spec } = parseSpec(text.replace("once", "(once").replace(" and", ") and"));
    const { site } = checkSpec(spec);
    const { problems } = checkSpec(spec, { site: { ...site, forecastSteps: 6, historySteps: 4 } });
    expect(problems.map(({ code, message }) => [code, message])).toEqual([
      ["horizon", "r looks ahead 9h (9 steps), a forecast reaches 6h (6 steps)"],
      ["history", "r looks back 5h (5 steps), a forecast is told of 4h (4 steps)"],
    ]);
    expect(checkSpec(spec, { site, forecastSteps: 9 }).problems).toEqual([]);
  });

  it("says what a rule needs and withstands", () => {
    const { facts } = check(`sampling 5min; signal x : real in km/h range [0, 100];
      require r (scale = 4 km/h): forall s in sensors: always[0min, 1h] abs(delta(x[s])) < 20 km/h;
      require never: forall s in sensors: eventually x[s] > 20 km/h;`);
    expect(facts.map(({ delay, lipschitz, tolerance }) => [delay, lipschitz, tolerance])).toEqual([
      [12, 2, 2],
      [undefined, 1, 1],
    ]);
    expect(facts[1]?.memory).toBeUndefined();
  });

  it("counts the numbers that a monitor keeps, for every sensor", () => {
    const formula = "always[0 samples, 9 samples] (x > 1 until[2 samples, 5 samples] x < 3)";
    const alone = monitor(parseFormula(formula)).memory;
    const { facts } = check(`signal x : real; require one: ${formula};`);
    expect(facts[0]?.memory).toBe(alone);
    const memoryOf = (sensors: string): number =>
      check(`signal x : real; sensors g = { ${sensors} };
        require all: forall s in g: ${formula.replaceAll("x ", "x[s] ")};`).facts[0]?.memory as number;
    // What each sensor more needs is what one alone needs, but for the constants, which all share.
    const [one, two, five] = ["a", "a, b", "a, b, c, d, e"].map(memoryOf) as [number, number, number];
    expect(five - two).toBe(3 * (two - one));
    expect(one).toBeGreaterThanOrEqual(alone);
    expect(two - one).toBeGreaterThan(alone / 2);
  });
});

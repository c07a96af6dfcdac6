/** Texts that are long in one way: none may exhaust the stack or take more than linear time. */
import { describe, expect, it } from "vitest";
import { checkSpec } from "../../../src/stl/checks/checkSpec.ts";
import { parseFormula, StlSyntaxError } from "../../../src/stl/compile/parseFormula.ts";
import { explain } from "../../../src/stl/evaluate/explain.ts";
import { robustness, robustnessInterval, satisfaction } from "../../../src/stl/evaluate/robustness.ts";
import { formatProblems } from "../../../src/stl/language/formatProblems.ts";
import { nearestName } from "../../../src/stl/language/nearestName.ts";
import { parseSpec } from "../../../src/stl/language/parseSpec.ts";
import { monitor } from "../../../src/stl/monitor/monitor.ts";

/** A million where the fuzzing takes one, else a tenth of it. */
const many = Number(process.env["ORDINANCE_FUZZ"] ?? 0) >= 1_000_000 ? 1_000_000 : 100_000;
const filled = (part: string, length = many): string => part.repeat(Math.ceil(length / part.length));

const problemsOf = (text: string, dialect: "ordinance" | "rtamt" = "ordinance"): readonly string[] => {
  try {
    parseFormula(text, { dialect, stepMs: 3_600_000 });
    return [];
  } catch (error) {
    if (!(error instanceof StlSyntaxError)) throw error;
    expect(error.message.length).toBeLessThan(10_000 + 100 * text.length);
    return error.problems.map((problem) => problem.message);
  }
};

describe(`${many} characters of`, () => {
  it.each([
    ["open parentheses", filled("("), /nests deeper/],
    ["open brackets", filled("["), /expected a formula/],
    ["open braces", filled("{"), /expected a formula/],
    ["closing parentheses", filled(")"), /expected a formula/],
    ["pairs of parentheses", `${filled("(")}x > 0${filled(")")}`, /nests deeper/],
    ["nots", filled("not "), /nests deeper/],
    ["exclamation marks", filled("!"), /nests deeper/],
    ["minuses", `${filled("-")}x > 0`, /nests deeper/],
    ["powers", `${filled("2^")}2 > x`, /nests deeper/],
    ["always", filled("always "), /nests deeper/],
    ["always with a bracket", filled("always["), /expected a formula/],
    ["always with a parenthesis", filled("always("), /nests deeper/],
    ["calls", filled("abs("), /nests deeper/],
    ["overs", `${filled("delta(x) over ")}1h > 0`, /nests deeper/],
    ["quantifiers", `${filled("forall s in g: ")}x > 0`, /nests deeper/],
    ["neighbourhoods", filled("forall s in near("), /nests deeper|expected/],
    ["commas", filled(","), /expected a formula/],
    ["untils", `${filled("x > 0 until ")}x > 0`, /chains more|follows another/],
    ["open comments", filled("/*"), /not closed/],
    ["unknown arguments", `f(${filled("x,")}x)`, /no function f/],
    ["double quotes", `"${filled("a")}`, /not closed/],
    ["pairs of quotes", filled('"" '), /expected the end/],
    ["lone surrogates", filled("\ud800"), /^unexpected characters "(\\ud800){20}" and more$/],
    ["zeros", filled("\0"), /^unexpected characters "(\\u0000){20}" and more$/],
    ["emoji", filled("💥"), /^unexpected characters "(💥){20}" and more$/],
    ["emoji apart", filled("💥 "), /^unexpected character "💥"$/],
    ["dots", filled("."), /^unexpected characters/],
    ["ampersands", filled("& "), /^unexpected character "&"$/],
    ["digits of hours", `always[0, ${filled("9")}h] x > 0`, /more than 30 digits/],
    ["digits of samples", `always[0, ${filled("9")} samples] x > 0`, /more than 30 digits/],
    ["hours", `always[0, ${filled("1h")}] x > 0`, /more than 20 parts/],
    ["fractions of hours", `always[0, ${filled("1.5h")}] x > 0`, /more than 20 parts/],
    ["hours and a letter", `${filled("1h")}_`, /no unit|expected the end/],
    ["halves of a unit", filled("1m"), /expected the end|no unit/],
  ])("%s is a problem", (_, text, message) => {
    expect(problemsOf(text)[0]).toMatch(message);
    expect(problemsOf(text, "rtamt").length).toBeGreaterThan(0);
  });

  it.each([
    ["nested comments", `${filled("/*")}${filled("*/")}x > 0`],
    ["line comments", `${filled("//\n")}x > 0`],
    ["line ends", `${filled("\r\n")}x > 0`],
    ["tabs", `${filled("\t")}x > 0`],
    ["byte order marks", `${filled("\ufeff")}x > 0`],
    ["digits", `${filled("9")} > x`],
    ["decimals", `0.${filled("9")} > x`],
    ["letters", `${filled("日")} > 0`],
    ["parts of a name", `${filled("a.")}a > 0`],
    ["arguments", `min(${filled("x,")}x) > 0`],
    ["constant arguments", `min(${filled("1,")}1) > x`],
  ])("%s is read", (_, text) => expect(problemsOf(text)).toEqual([]));

  it.each([
    ["parentheses around a group", `group g = ${filled("(")};`, 1],
    ["groups in a union", `group g = ${filled("a union ")}a;`, 1],
    ["sensors", `sensors g = { ${filled("a,")}a };`, 0],
    ["characters that are none", filled("§ "), many / 2],
    ["words that start no item", filled("x;"), many / 2],
    ["missing semicolons", filled("let a = x\n"), 2 * (many / 10) - 1],
    ["tags", `require r (tags = [${filled('"a",')}"a"]): x > 0;`, 0],
    ["parameters of a let", `let f(${filled("a,")}a) = x;`, 0],
    ["factors of a unit", `signal x : real in "${filled("km/")}h";`, 0],
    ["parentheses in a unit", `signal x : real in "${filled("(")}";`, 1],
  ])("%s in a file gives no more than its problems", (_, text, count) => {
    expect(parseSpec(text).problems.length).toBe(count);
  });

  it("signals in an imported file are taken over", () => {
    const read = (): string => `signal ${filled("a,", 400_000)}a : real;`;
    expect(parseSpec('import "other";', { read }).spec.signals.length).toBe(200_001);
  });
});

describe("nested limits", () => {
  it("count the bounds of windows, so that no walk over a formula goes deeper", () => {
    const sum = Array.from({ length: 990 }, () => "1").join(" + ");
    let text = "x > 0";
    for (let level = 0; level < 40; level++)
      text = `always[0, ${sum} + abs(${level === 0 ? "1" : `(${text})`})] x > 0`;
    expect(problemsOf(text).at(0)).toMatch(/chains more than 1000/);
  });

  it("let what is broad stand", () => {
    const balanced = (leaves: number): string =>
      leaves === 1 ? "x > 0" : `(${balanced(leaves >> 1)} and ${balanced(leaves - (leaves >> 1))})`;
    expect(problemsOf(balanced(10_000))).toEqual([]);
  });

  it.each(["1e999999999 h", "1e-999999999 h", "1e31 h"])(
    "refuse the duration %s instead of writing it out",
    (bound) => {
      expect(problemsOf(`always[0, ${bound}] x > 0`)).toEqual([
        "the duration has more than 20 parts or a number of more than 30 digits",
      ]);
    },
  );
});

describe("a plain formula", () => {
  it("reads no clock, of which samples know nothing", () => {
    expect(problemsOf("x > 1 and 2 >= hour()")).toEqual([
      "the formula reads the clock, and plain signals have none",
    ]);
  });

  it("tells what is wrong with its durations, not that another time has none", () => {
    expect(problemsOf("rollmean(x, 90min) > 1")).toEqual(["90min is no multiple of the sampling step 1h"]);
  });
});

describe("messages about long texts", () => {
  it("show twenty problems, count the others and keep all of them", () => {
    const text = filled("§ ", 60);
    expect(() => parseFormula(text)).toThrow(/^(?:(?!and \d+ more)[^])*\n\nand 11 more$/);
    expect(problemsOf(text).length).toBe(31);
  });

  it("cut a long line around the problem, the caret below what it marks", () => {
    const text = `${filled("x > 0 and ", 1000)}y > § and ${filled("x > 0 and ", 1000)}`;
    const { problems } = parseSpec(`let a = ${text}`, { source: "a.stl" });
    const stray = problems.filter((problem) => problem.code === "unexpected-character");
    const [, , , shown = "", carets = ""] = formatProblems(stray, { "a.stl": `let a = ${text}` }).split("\n");
    expect(shown.length).toBeLessThan(180);
    expect(shown[carets.indexOf("^")]).toBe("§");
  });

  it("compare no name of many letters with another", () => {
    expect(nearestName(filled("a"), [filled("b")])).toBeUndefined();
  });
});

describe("huge windows", () => {
  const x = Float64Array.from([1, 2, -1, 3, 5]);
  const signals = { x };
  const inf = Infinity;

  it.each(["2000000000", "2147483648", "1e15", "1e300"])(
    "of %s samples, nested thrice, are judged",
    (far) => {
      const nested = parseFormula(`always[0,${far}] eventually[0,${far}] always[0,${far}] x > 0`);
      expect(Array.from(robustness(nested, { signals }))).toEqual([5, 5, 5, 5, 5]);
      const { lower, upper } = robustnessInterval(nested, { signals });
      expect([lower[0], upper[0]]).toEqual([-inf, inf]);
      expect(Array.from(satisfaction(nested, { signals }))).toEqual([1, 1, 1, 1, 1]);
      expect(explain(nested, { signals }).verdict).toBe("unknown");
      expect(() => monitor(nested)).toThrow(/has to keep .* samples online, at most 16777216 are kept/);

      const past = parseFormula(`once[0,${far}] historically[${far},inf] once[${far},${far}] x > 0`);
      expect(Array.from(robustness(past, { signals }))).toEqual([inf, inf, inf, inf, inf]);
      expect(Array.from(robustnessInterval(past, { signals }).lower)).toEqual([inf, inf, inf, inf, inf]);

      const until = parseFormula(`(x > 0) until[${far},${far}] ((x > 0) until[0,${far}] (x > 1))`);
      expect(Array.from(robustness(until, { signals }))).toEqual([-inf, -inf, -inf, -inf, -inf]);
      expect(Array.from(robustnessInterval(until, { signals }).upper)).toEqual([-1, -1, -1, 3, 5]);
    },
  );

  it("are measured without the room that they would take", () => {
    const { problems, facts } = checkSpec(
      parseSpec("sampling 1s; signal x : real range [0, 9]; require r: always[0s, 3000d] x > 1;").spec,
    );
    expect(problems).toEqual([]);
    expect(facts[0]?.delay).toBe(3000 * 86_400);
    expect(facts[0]?.memory).toBeGreaterThan(3000 * 86_400);
  });

  it("that need more memory than there is are refused in words", () => {
    const lagged = parseFormula("always[0, 2000000000 samples] lag(x, 2000000000 samples) > 0");
    expect(() => robustnessInterval(lagged, { signals })).toThrow(
      "a part of the formula has to be known on 2000000005 steps, more than 67108864: shorten its windows",
    );
    expect(problemsOf("rollmean(x, 2000000000 samples) > 0")).toEqual([
      "rollmean keeps every sample of its window, here 2000000000, at most 16777216",
    ]);
  });
});

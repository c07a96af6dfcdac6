import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { checkSpec, parseFormula, parseSpec, robustness, satisfaction } from "../../../src/stl/index.ts";

const told = (formula: string, declaration = "signal x : real range [0, 50];"): string[] =>
  checkSpec(parseSpec(`${declaration}require r: ${formula};`).spec).problems.map(
    ({ code, column, message }) => `${column} ${code}: ${message}`,
  );

describe("deadPartCheck", () => {
  it("finds comparisons that the ranges settle, antecedents among them", () => {
    expect(told("x < 40 and (x > 60 implies eventually[0 samples, 3 samples] x < 10)")).toEqual([
      "54 dead-part: x[s1] <= 60 is always true within the declared ranges",
    ]);
    expect(told("always[0 samples, 2 samples] (x < 20 or x > 51)")).toEqual([
      "82 dead-part: x[s1] > 51 is never true within the declared ranges",
    ]);
    expect(told("x > 50")).toEqual([]);
    expect(told("x < 20 or x > 51", "signal x : real;")).toEqual([]);
  });

  it("leaves a rule that is settled as a whole to the check of that", () => {
    expect(told("x < 60 or x > 70")).toEqual([
      "39 tautology: r holds whatever the readings within their declared ranges",
    ]);
  });

  it("finds limits beside stricter ones, and those that no value or every value fulfils", () => {
    const free = "signal x, y : real;";
    expect(told("x < 5 and y > 2 and x < 7", free)).toEqual([
      "51 dead-part: x[s1] < 7 never decides beside x[s1] < 5",
    ]);
    expect(told("(x < 5 or x < 7) and y > 2", free)).toEqual([
      "32 dead-part: x[s1] < 5 never decides beside x[s1] < 7",
    ]);
    expect(told("y > 2 implies (x > 7 and x < 5)", free)).toEqual([
      "56 dead-part: no value fulfils both x[s1] > 7 and x[s1] < 5",
    ]);
    expect(told("y > 2 and (x > 3 or x <= 3)", free)).toEqual([
      "51 dead-part: every value fulfils x[s1] > 3 or x[s1] <= 3",
    ]);
    expect(told("x >= 3 and x <= 3 and y > 1", free)).toEqual([]);
    expect(told("x > 3 and x < 5 and y > 1", free)).toEqual([]);
  });

  it("tells a let once, however often it is used", () => {
    const declaration = "signal x, y : real range [0, 9]; let odd(s) = x[s] > 12 or y[s] > 3;";
    expect(
      told("forall s in sensors: odd(s) and always[0 samples, 2 samples] odd(s)", declaration),
    ).toHaveLength(1);
  });

  it("calls no limit dead that decides somewhere, and each one that does not among limits from one side", () => {
    const limit = fc.tuple(fc.constantFrom("<", "<=", ">", ">="), fc.integer({ min: 1, max: 8 }));
    const grid = Array.from({ length: 41 }, (_, i) => i / 4 - 0.5);
    fc.assert(
      fc.property(
        fc.array(limit, { minLength: 2, maxLength: 4 }),
        fc.constantFrom("and", "or"),
        (limits, operator) => {
          const parts = limits.map(([relation, threshold]) => `x ${relation} ${threshold}`);
          const oneWay = new Set(limits.map(([relation]) => relation[0])).size === 1;
          const distinct = Array.from(new Set(parts));
          const messages = told(distinct.join(` ${operator} `), "signal x : real;");
          const value = (kept: readonly string[]): string => {
            const formula = parseFormula(kept.join(` ${operator} `));
            return [robustness, satisfaction]
              .map((judge) => judge(formula, { signals: { x: grid } }).join())
              .join();
          };
          for (const part of distinct) {
            const others = distinct.filter((other) => other !== part);
            const decides = others.length === 0 || value(distinct) !== value(others);
            const dead = messages.some((message) =>
              message.includes(`: x[s1]${part.slice(1)} never decides`),
            );
            if (dead || oneWay) expect(dead).toBe(!decides);
          }
        },
      ),
      { numRuns: 200 },
    );
  });
});

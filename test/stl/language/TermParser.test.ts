import { readFileSync } from "node:fs";
import * as fc from "fast-check";
import peggy from "peggy";
import { describe, expect, it } from "vitest";
import { printTerm } from "../../../src/stl/language/printTerm.ts";
import type { Term } from "../../../src/stl/language/Syntax.ts";
import { TermParser } from "../../../src/stl/language/TermParser.ts";
import { tokenize } from "../../../src/stl/language/tokenize.ts";
import { SyntaxFault } from "../../../src/stl/language/TokenReader.ts";
import { parseFormula, StlSyntaxError } from "../../../src/stl/compile/parseFormula.ts";
import { parseSpec } from "../../../src/stl/language/parseSpec.ts";
import { formulasOver } from "../randomFormulas.ts";
import { ruleTexts } from "../randomRules.ts";
import { shape } from "./shape.ts";

/** The term of a text, or undefined where the parser has a problem with it. */
const parse = (text: string): Term | undefined => {
  const { tokens, problems } = tokenize(text, "text", "ordinance");
  const parser = new TermParser(tokens, "ordinance");
  try {
    const term = parser.term();
    const whole = parser.reader.peek().kind === "end";
    return whole && problems.length === 0 && parser.problems.length === 0 ? term : undefined;
  } catch (fault) {
    if (fault instanceof SyntaxFault) return undefined;
    throw fault;
  }
};

const grammar = readFileSync(new URL("formula.peggy", import.meta.url), "utf8");
const oracle = peggy.generate(grammar) as { parse: (text: string) => string };
const oracleShape = (text: string): string | undefined => {
  try {
    return oracle.parse(text);
  } catch (error) {
    if (error instanceof Error && error.name === "SyntaxError") return undefined;
    throw error;
  }
};

const vocabulary = (
  "x y q always eventually once historically next until release since unless and or implies iff xor not ! " +
  "-> && || ( ) [ ] , : < <= > >= == != + - * / ^ 0 1 2.5 3 5min 1h30min inf true forall exists atleast atmost in " +
  "where sensors near(q,3) mean( min( abs( delta( over rise( x[q] 80% 2% [0,5] [1:inf] (0,2]"
).split(" ");
const written = ["12 samples", "25 km/h", "3 ug/m3", "7 veh", ...vocabulary];

const anyFormula = fc.oneof(formulasOver(["<", "<=", ">", ">=", "==", "!="]), ruleTexts(false));
/** Words apart, and no sensor by the name of a unit, which it would become after a number. */
const spacedOut = (text: string): string =>
  text
    .replace(/([()[\],:])/g, " $1 ")
    .replace(/ +/g, " ")
    .replace(/\b[sbd]\b/g, "$&_");

/** A formula with a few words taken out, put in, doubled or swapped. */
const mutated = fc
  .tuple(
    anyFormula,
    fc.array(
      fc.record({
        at: fc.nat(),
        how: fc.constantFrom("drop", "insert", "double", "swap"),
        word: fc.constantFrom(...written),
      }),
      { maxLength: 3 },
    ),
  )
  .map(([text, edits]) => {
    // Numbers and their units stay together: what follows a number decides what it is.
    const words = spacedOut(text)
      .trim()
      .split(/ (?!samples|km)/);
    for (const { at, how, word } of edits) {
      const k = at % (words.length + 1);
      if (how === "insert") words.splice(k, 0, word);
      else if (how === "drop") words.splice(k, 1);
      else if (how === "double") words.splice(k, 0, words[k] ?? word);
      else words.splice(k, 2, ...words.slice(k, k + 2).reverse());
    }
    return words.join(" ");
  });

describe("TermParser", () => {
  it("reads what the grammar reads, refuses what it refuses", () => {
    let accepted = 0;
    fc.assert(
      fc.property(mutated, (text) => {
        const expected = oracleShape(text);
        const term = parse(text);
        if (expected !== undefined) accepted++;
        expect([text, term && shape(term)]).toEqual([text, expected]);
      }),
      { seed: 1, numRuns: 3000 },
    );
    expect(accepted).toBeGreaterThan(300);
  });

  it("reads what the printer writes as the same term", () => {
    fc.assert(
      fc.property(mutated, (text) => {
        const term = parse(text);
        if (term === undefined) return;
        const again = parse(printTerm(term));
        expect([text, again && shape(again)]).toEqual([text, shape(term)]);
        expect(printTerm(again as Term)).toBe(printTerm(term));
      }),
      { seed: 2, numRuns: 2000 },
    );
  });

  it("never breaks down, whatever the text, and gives every problem a place within it", () => {
    const alphabet = [
      ...Array.from("abxyGFU019.;:,'\"#/*%()[]{}<>=!&|+-^ \n\t\\ü💥"),
      ...written,
      "require",
      "signal",
      "let",
    ];
    const noise = fc.array(fc.constantFrom(...alphabet), { maxLength: 30 }).map((parts) => parts.join(""));
    const header = "signal x : real in km/h range [0, 9] missing hold 5min; param p : real in min = 5min;";
    const spec = fc
      .tuple(noise, mutated, noise)
      .map(([before, formula, after]) => `${header} let q(s) = ${before}; require r: ${formula}; ${after}`);
    fc.assert(
      fc.property(fc.oneof(noise, mutated, spec), (text) => {
        const lines = text.split("\n");
        const { problems } = parseSpec(text);
        for (const problem of problems) {
          expect(problem.line).toBeGreaterThan(0);
          expect(problem.line).toBeLessThanOrEqual(lines.length);
          expect(problem.column).toBeLessThanOrEqual((lines[problem.line - 1] as string).length + 2);
        }
        try {
          parseFormula(text);
        } catch (error) {
          expect(error).toBeInstanceOf(StlSyntaxError);
        }
      }),
      { seed: 4, numRuns: Number(process.env["STL_FUZZ_RUNS"] ?? 10_000) },
    );
  });

  it.each([
    ["parentheses", "(".repeat(100_000)],
    ["nots", "not ".repeat(100_000)],
    ["minuses", `${"-".repeat(100_000)}x > 0`],
    ["a chain of and", Array.from({ length: 100_000 }, () => "x > 0").join(" and ")],
    ["a chain of implies", Array.from({ length: 100_000 }, () => "x > 0").join(" implies ")],
    ["a sum", `${Array.from({ length: 100_000 }, () => "x").join(" + ")} > 0`],
    ["powers", `${Array.from({ length: 100_000 }, () => "x").join(" ^ ")} > 0`],
    ["calls", `${"abs(".repeat(100_000)}x`],
  ])("tells of nesting too deep: %s", (_, text) => {
    expect(() => parseFormula(text)).toThrow("nests deeper than");
  });
});

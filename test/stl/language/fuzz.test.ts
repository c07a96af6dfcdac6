/** Random and mutated texts: `ORDINANCE_FUZZ=1000000 npx vitest run test/stl/language/fuzz.test.ts` takes a million. */
import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { bindSpec } from "../../../src/stl/compile/bindSpec.ts";
import { type Formula, parseFormula, StlSyntaxError } from "../../../src/stl/compile/parseFormula.ts";
import type { Site } from "../../../src/stl/compile/Site.ts";
import { robustness, robustnessInterval } from "../../../src/stl/evaluate/robustness.ts";
import { formatProblems } from "../../../src/stl/language/formatProblems.ts";
import { parseSpec } from "../../../src/stl/language/parseSpec.ts";
import type { Problem } from "../../../src/stl/language/Problem.ts";
import { monitor } from "../../../src/stl/monitor/monitor.ts";
import { type Choose, chooser, formula, mutate, noise, rtamtFormula, specText } from "./fuzzTexts.ts";

const runs = Number(process.env["ORDINANCE_FUZZ"] ?? 30_000);
const shipped = resolve(import.meta.dirname, "../../../specs");
const specs = readdirSync(shipped)
  .filter((file) => file.endsWith(".stl"))
  .map((file) => readFileSync(join(shipped, file), "utf8"));

/** Problems of a source that do not point into its text, or that say nothing. */
const astray = (problems: readonly Problem[], source: string, text: string): readonly Problem[] => {
  const widths = text.split("\n").map((line) => line.length);
  const isWithin = (line: number, column: number): boolean =>
    line >= 1 && line <= widths.length && column >= 1 && column <= (widths[line - 1] as number) + 1;
  return problems.filter(
    (problem) =>
      problem.source === source &&
      !(
        isWithin(problem.line, problem.column) &&
        isWithin(problem.endLine, problem.endColumn) &&
        (problem.endLine > problem.line || problem.endColumn >= problem.column) &&
        problem.message !== "" &&
        problem.remedy !== ""
      ),
  );
};

interface Found {
  readonly accepted: boolean;
  readonly astray: readonly Problem[];
}

const refused = (error: unknown, text: string): Found => {
  if (!(error instanceof StlSyntaxError)) throw error;
  expect(error.problems.length).toBeGreaterThan(0);
  return { accepted: false, astray: astray(error.problems, "formula", text) };
};

const samples = [1, 3, -2, Number.NaN, 5];

/** Judges an accepted formula, offline and online; a window may be refused, in words. */
const judge = (parsed: Formula): void => {
  const signals = Object.fromEntries(parsed.signals.map((name) => [name, samples]));
  const { length } = robustness(parsed, { signals });
  expect(robustnessInterval(parsed, { signals }).upper.length).toBe(length);
  try {
    const watch = monitor(parsed);
    for (const x of samples) watch.push(Object.fromEntries(parsed.signals.map((name) => [name, x])));
  } catch (error) {
    if (error instanceof StlSyntaxError) throw error;
    expect(error).toBeInstanceOf(RangeError);
    expect((error as RangeError).message).toMatch(/looks ahead without end|to keep .* samples online/);
  }
};

const tryFormula = (text: string, choose: Choose, dialect: "ordinance" | "rtamt"): Found => {
  try {
    judge(parseFormula(text, choose(2) === 0 ? { dialect } : { dialect, stepMs: 1000 }));
  } catch (error) {
    return refused(error, text);
  }
  return { accepted: true, astray: [] };
};

const site: Site = {
  sensors: ["a", "12", "b c"],
  channels: ["x", "y", "z", "a name"].map((name) => ({ name })),
  stepMs: 300_000,
  zone: "UTC",
  positions: [{ latitude: 0, longitude: 0 }, { latitude: 0, longitude: 0.01 }, undefined],
  tags: { school: ["a"] },
};

const trySpec = (text: string): Found => {
  const { spec, problems } = parseSpec(text, { source: "file", read: () => "let q = x > 1;" });
  const bound = bindSpec(spec, site);
  const told = [...problems, ...bound.problems];
  expect(formatProblems(told, spec.texts) === "").toBe(told.length === 0);
  return { accepted: problems.length === 0, astray: astray(told, "file", text) };
};

const pickSpec = (choose: Choose): string =>
  choose(12) === 0 ? (specs[choose(specs.length)] as string) : specText(choose);

const kinds = ["formula", "rtamt", "spec"] as const;

/** The text of a seed: grown or noise, mostly mutated. */
const textOf = (kind: (typeof kinds)[number], choose: Choose): string => {
  const grown = (): string =>
    kind === "spec" ? pickSpec(choose) : (kind === "formula" ? formula : rtamtFormula)(choose, choose(5));
  const base = choose(8) === 0 ? noise(choose) : grown();
  return choose(6) === 0 ? base : mutate(choose, base, choose(2) === 0 ? noise(choose) : grown());
};

const tryText = (kind: (typeof kinds)[number], text: string, choose: Choose): Found =>
  kind === "spec" ? trySpec(text) : tryFormula(text, choose, kind === "formula" ? "ordinance" : "rtamt");

describe("the parser", () => {
  it.each(kinds)(
    `takes any text, and refuses it only with problems at places within it: ${Math.ceil(runs / 3)} of kind %s`,
    (kind) => {
      let accepted = 0;
      const count = Math.ceil(runs / kinds.length);
      for (let seed = 0; seed < count; seed++) {
        const choose = chooser(seed);
        const text = textOf(kind, choose);
        let found: Found;
        try {
          found = tryText(kind, text, choose);
        } catch (error) {
          throw new Error(`seed ${seed}: ${JSON.stringify(text)}`, { cause: error });
        }
        if (found.astray.length > 0) {
          throw new Error(`seed ${seed}: ${JSON.stringify(text)}: ${JSON.stringify(found.astray)}`);
        }
        if (found.accepted) accepted++;
      }
      // Texts that are all refused at their first word would try little.
      expect(accepted).toBeGreaterThan(count / 12);
      expect(accepted).toBeLessThan(count / 2);
    },
    3_600_000,
  );
});

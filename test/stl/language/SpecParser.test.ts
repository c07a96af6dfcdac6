import { readFileSync } from "node:fs";
import * as fc from "fast-check";
import peggy from "peggy";
import { describe, expect, it } from "vitest";
import type { GroupExpression } from "../../../src/stl/language/Spec.ts";
import { SpecParser } from "../../../src/stl/language/SpecParser.ts";
import { tokenize } from "../../../src/stl/language/tokenize.ts";
import { shape } from "./shape.ts";

const grammar = ["spec.peggy", "formula.peggy"].map((name) =>
  readFileSync(new URL(name, import.meta.url), "utf8"),
);
// The preamble of the formulas' grammar must come first.
const preamble = /\{\{[\s\S]*?\}\}/.exec(grammar[1] as string)?.[0] ?? "";
const oracle = peggy.generate(`${preamble}${grammar[0]}${grammar[1]?.replace(preamble, "")}`, {
  allowedStartRules: ["spec"],
}) as { parse: (text: string) => string[] };

const expectedItems = (text: string): string[] | undefined => {
  try {
    return oracle.parse(text).toSorted();
  } catch (error) {
    if (error instanceof Error && error.name === "SyntaxError") return undefined;
    throw error;
  }
};

const list = (...parts: readonly string[]): string => `(${parts.join(" ")})`;

const groupShape = (group: GroupExpression): string => {
  switch (group.kind) {
    case "list":
      return group.sensors.map((sensor) => sensor.name).join(" ");
    case "tag":
      return list("tag", group.tag);
    case "near":
      return list("near", group.sensor.name, shape(group.distance));
    case "name":
      return group.name;
    case "union":
    case "intersection":
    case "difference": {
      const word = { union: "union", intersection: "intersect", difference: "except" }[group.kind];
      return list(word, groupShape(group.left), groupShape(group.right));
    }
  }
};

/** Faults of meaning, which the grammar does not see. */
const meaning = new Set(["duplicate", "empty-range", "bad-weight", "bad-date", "bad-count"]);

/** What the items of a text declare, in the notation of spec.peggy; undefined where it has a fault of form. */
const parsedItems = (text: string): string[] | undefined => {
  const { problems, tokens } = tokenize(text, "text", "ordinance");
  const parser = new SpecParser(tokens, "ordinance");
  parser.file();
  const faults = [...problems, ...parser.problems].filter(({ code }) => !meaning.has(code));
  if (faults.length > 0) return undefined;
  const { items } = parser;
  return [
    ...items.imports.map(({ alias, path }) => list("import", path, alias ?? "")),
    ...items.signals.map(({ name, range, unit }) =>
      list("signal", name, unit ?? "", range === undefined ? "" : `${range.lower}..${range.upper}`),
    ),
    ...items.parameters.map(({ learnable, name, range, unit, value }) =>
      list(
        "param",
        name,
        unit ?? "",
        shape(value),
        range === undefined ? "" : `${shape(range.lower)}..${shape(range.upper)}`,
        learnable ? "learnable" : "",
      ),
    ),
    ...items.groups.map(({ name, value }) =>
      list(value.kind === "list" ? "sensors" : "group", name, groupShape(value)),
    ),
    ...items.days.map(({ name }) => list("days", name)),
    ...items.lets.map(({ name, parameters, value }) =>
      list("let", name, ...parameters.map((parameter) => parameter.name), shape(value)),
    ),
    ...items.rules.map((rule) =>
      list(
        "require",
        rule.name,
        ...[
          rule.severity === "major" ? "" : `severity=${rule.severity}`,
          rule.weight === 1 ? "" : `weight=${rule.weight}`,
          rule.tags.length === 0 ? "" : `tags=${rule.tags.join()}`,
          rule.scale === undefined ? "" : `scale=${shape(rule.scale)}`,
          rule.owner === undefined ? "" : `owner=${rule.owner}`,
          rule.because === undefined ? "" : `because=${rule.because}`,
          rule.at === "every" ? "" : `at=${rule.at}`,
        ].filter((part) => part !== ""),
        shape(rule.formula),
      ),
    ),
  ].toSorted();
};

const name = fc.constantFrom("alpha", "beta", "gamma", "x_1");
const number = fc.integer({ min: 0, max: 99 }).map(String);
const quoted = fc.constantFrom('"a"', '"school"', '"2026-12-25"');
const formula = fc.constantFrom(
  "alpha > 3",
  "always [ 5min , 1h ] ( alpha > 3 and beta < 2 )",
  "forall s_ in gamma : alpha [ s_ ] >= 2.5",
  "3 km",
  "20min",
);
const optional = (part: fc.Arbitrary<string>): fc.Arbitrary<string> => fc.option(part, { nil: "" });
const joined = (...parts: readonly (string | fc.Arbitrary<string>)[]): fc.Arbitrary<string> =>
  fc
    .tuple(...parts.map((part) => (typeof part === "string" ? fc.constant(part) : part)))
    .map((words) => words.filter((word) => word !== "").join(" "));
const listed = (part: fc.Arbitrary<string>): fc.Arbitrary<string> =>
  fc.array(part, { minLength: 1, maxLength: 3 }).map((parts) => parts.join(" , "));

const unit = optional(fc.constantFrom("in km/h", "in ug/m3", "in veh"));
const groupOperand = fc.oneof(name, joined("tag (", quoted, ")"), joined("near (", name, ", 3 km )"));
// Each attribute once and none as it is by default, so that the declaration shows what was written.
const attributes = fc
  .subarray([
    "severity = minor",
    "weight = 2",
    'tags = [ "a" , "b" ]',
    "scale = 5 km/h",
    'owner = "a"',
    'because = "b"',
    "at = start",
  ])
  .map((chosen) => (chosen.length === 0 ? "" : `( ${chosen.join(" , ")} )`));

const item = fc.oneof(
  joined("import", quoted, optional(joined("as", name)), ";"),
  joined("sampling", fc.constantFrom("5min", "irregular hold", "1h tolerance 10 %"), ";"),
  joined(
    "signal",
    listed(name),
    ": real",
    unit,
    optional(joined("range [", number, ",", number, "]")),
    optional(fc.constantFrom("missing hold", "missing hold 5min", "missing unknown")),
    ";",
  ),
  joined(
    "param",
    name,
    ":",
    fc.constantFrom("real", "int"),
    unit,
    "=",
    formula,
    optional(joined("range [", number, ",", number, "]")),
    optional(fc.constant("learnable")),
    ";",
  ),
  joined("sensors", name, "= {", listed(fc.oneof(name, number)), "} ;"),
  joined(
    "group",
    name,
    "=",
    groupOperand,
    optional(joined(fc.constantFrom("union", "intersect", "except"), groupOperand)),
    ";",
  ),
  joined("days", name, "= {", listed(fc.constantFrom('"2026-12-25"', '"2026-12-25/2026-12-31"')), "} ;"),
  joined("let", name, optional(joined("(", optional(listed(name)), ")")), "=", formula, ";"),
  joined("require", name, attributes, ":", formula, ";"),
  joined("spec", name, optional(quoted), "{", optional(joined(name, "=", number, ";")), "}"),
);

const words = [
  "always",
  "alpha",
  "(",
  ")",
  "[",
  "]",
  "{",
  "}",
  ",",
  ";",
  ":",
  "=",
  "3",
  '"a"',
  "in",
  "range",
  "real",
  "require",
  "let",
];
const mutated = fc
  .tuple(
    fc.array(item, { minLength: 1, maxLength: 4 }),
    fc.array(
      fc.record({
        at: fc.nat(),
        how: fc.constantFrom("drop", "insert", "double"),
        word: fc.constantFrom(...words),
      }),
      { maxLength: 2 },
    ),
  )
  .map(([items, edits]) => {
    const text = items.join(" ").split(/ (?!samples|km)/);
    for (const { at, how, word } of edits) {
      const k = at % (text.length + 1);
      if (how === "insert") text.splice(k, 0, word);
      else if (how === "drop") text.splice(k, 1);
      else text.splice(k, 0, text[k] ?? word);
    }
    return text.join(" ");
  });

describe("SpecParser", () => {
  it("reads the items that the grammar reads, refuses what it refuses", () => {
    let accepted = 0;
    fc.assert(
      fc.property(mutated, (text) => {
        const expected = expectedItems(text);
        if (expected !== undefined) accepted++;
        expect([text, parsedItems(text)]).toEqual([text, expected]);
      }),
      { seed: 6, numRuns: 3000 },
    );
    expect(accepted).toBeGreaterThan(500);
  });
});

import { SchemaAST } from "effect";
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { Pipeline } from "../../src/jobs/Pipeline.ts";
import { Schema } from "effect";

const page = readFileSync(new URL("../../docs/pipelines.md", import.meta.url), "utf8");

/** Keys and defaults of the tables, by section. */
const documented = (section: string): Map<string, string> => {
  const from = page.indexOf(`\n## ${section}\n`);
  expect(from, `a section ${section}`).toBeGreaterThan(0);
  const text = page.slice(from + 1).split("\n## ")[0]!;
  const rows = text.split("\n").filter((line) => line.startsWith("| `"));
  return new Map(
    rows.flatMap((row) => {
      const [keys, fallback] = row
        .split("|")
        .slice(1)
        .map((cell) => cell.trim());
      return keys!.split(", ").map((key): [string, string] => [key.replaceAll("`", ""), fallback!]);
    }),
  );
};

const keysOf = (ast: SchemaAST.AST): string[] => {
  const type = SchemaAST.toType(ast);
  return SchemaAST.isObjects(type) ? type.propertySignatures.map(({ name }) => String(name)) : [];
};

const smallest = Schema.decodeUnknownSync(Pipeline)({
  name: "a",
  data: "a",
  rules: "a",
  forecast: { targets: ["a"], history: "1h", horizon: "1h" },
});

/** Defaults that are told in words. */
const inWords = new Set(["(required)", "the history", "–"]);

describe("docs/pipelines.md", () => {
  it.each([
    ["The file", Object.keys(Pipeline.fields), smallest],
    ["`forecast`", keysOf(Pipeline.fields.forecast.ast), smallest.forecast],
    ["`model`", keysOf(Pipeline.fields.model.ast), smallest.model],
    ["`training`", keysOf(Pipeline.fields.training.ast), smallest.training],
    ["`proof`", keysOf(Pipeline.fields.proof.ast), smallest.proof],
    ["`release`", keysOf(Pipeline.fields.release.ast), smallest.release],
  ] as const)("names every key of %s with its default", (section, keys, defaults) => {
    const rows = documented(section);
    const groups = new Set(["forecast", "model", "training", "proof", "release"]);
    expect([...rows.keys()].toSorted()).toEqual(
      keys.filter((key) => section !== "The file" || !groups.has(key)).toSorted(),
    );
    for (const [key, fallback] of rows) {
      const value = (defaults as unknown as Record<string, unknown>)[key];
      if (value === undefined) expect(inWords, key).toContain(fallback);
      else if (fallback !== "(required)") {
        expect(fallback, key).toBe(
          typeof value === "string" ? value : JSON.stringify(value).replaceAll(",", ", "),
        );
      }
    }
  });
});

import { Schema, SchemaAST } from "effect";
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { EventPipeline } from "../../../src/jobs/events/EventPipeline.ts";

const page = readFileSync(new URL("../../../docs/events.md", import.meta.url), "utf8");

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

const smallest = Schema.decodeUnknownSync(EventPipeline)({
  name: "a",
  kind: "events",
  data: "a",
  events: [{ when: "rise(a > 1)" }],
});

describe("docs/events.md", () => {
  it.each([
    ["The file", Object.keys(EventPipeline.fields), smallest],
    ["`forecast`", keysOf(EventPipeline.fields.forecast.ast), smallest.forecast],
    ["`model`", keysOf(EventPipeline.fields.model.ast), smallest.model],
    ["`training`", keysOf(EventPipeline.fields.training.ast), smallest.training],
  ] as const)("names every key of %s with its default", (section, keys, defaults) => {
    const rows = documented(section);
    const groups = new Set(["forecast", "model", "training"]);
    expect([...rows.keys()].toSorted()).toEqual(
      keys.filter((key) => section !== "The file" || !groups.has(key)).toSorted(),
    );
    for (const [key, fallback] of rows) {
      const value = (defaults as unknown as Record<string, unknown>)[key];
      if (value === undefined) expect(fallback, key).toBe("–");
      else if (fallback !== "(required)")
        expect(fallback, key).toBe(typeof value === "string" ? value : JSON.stringify(value));
    }
  });
});

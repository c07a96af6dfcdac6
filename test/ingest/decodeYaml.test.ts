import { Result, Schema } from "effect";
import { describe, expect, it } from "vitest";
import { decodeYaml } from "../../src/ingest/decodeYaml.ts";

const Feed = Schema.Struct({
  sources: Schema.Array(
    Schema.Union([
      Schema.Struct({ kind: Schema.Literal("csv"), path: Schema.String }),
      Schema.Struct({ kind: Schema.Literal("parquet"), path: Schema.String }),
      Schema.Struct({ kind: Schema.Literal("mqtt"), url: Schema.String }),
    ]),
  ),
});

const problemsOf = (text: string): string[] => {
  const decoded = decodeYaml(Feed, text);
  return Result.isFailure(decoded)
    ? decoded.failure.map(({ column, line, message }) => `${line}:${column} ${message}`)
    : [];
};

describe("decodeYaml", () => {
  it("takes a node of any of its kinds", () => {
    expect(problemsOf("sources:\n  - { kind: csv, path: a }\n  - { kind: mqtt, url: b }\n")).toEqual([]);
  });

  it("names a kind that there is not, where it stands, with the nearest", () => {
    expect(
      problemsOf("sources:\n  - path: a\n    kind: csvv\n  - { kind: 7, path: a }\n  - { path: a }\n"),
    ).toEqual([
      '3:5 `sources.0.kind` is "csvv"; did you mean `csv`?',
      "4:7 `sources.1.kind` is 7; there are csv, parquet, mqtt",
      "5:5 `sources.2.kind` is missing; add it, there are csv, parquet, mqtt.",
    ]);
  });

  it("names what is wrong within a kind", () => {
    expect(problemsOf("sources:\n  - { kind: mqtt, path: a }\n")).toEqual([
      "2:5 `sources.0.url` is missing; add it.",
      "2:19 Unknown key `path`; known are kind, url",
    ]);
  });

  it("says what no YAML is", () => {
    expect(problemsOf("sources: [")[0]).toMatch(/^1:11 /);
    expect(problemsOf("- 1\n")[0]).toMatch(/^1:1 The file: expected/);
  });
});

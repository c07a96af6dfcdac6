import { Schema } from "effect";
import { describe, expect, it } from "vitest";
import { describeEmbedding, embeddingConflicts, embeddingOf } from "../../src/jobs/embeddingOf.ts";
import { Pipeline } from "../../src/jobs/Pipeline.ts";

const decode = Schema.decodeUnknownSync(Pipeline);
const pipelineWith = (embedding: unknown): Pipeline =>
  decode({
    name: "a",
    data: "a",
    rules: "a",
    forecast: { targets: ["a"], history: "1h", horizon: "1h" },
    model: { embedding },
  });

describe("embeddingOf", () => {
  it.each([
    [6, { size: 6 }, "embedding of 6"],
    [0, { size: 0 }, "no embedding"],
    [{ kind: "full", size: 6 }, { size: 6 }, "embedding of 6"],
    [
      { kind: "table", size: 6 },
      { size: 6, choice: { kind: "table", start: "profile", reallocate: true } },
      "embedding of 6, a row's and a column's vector added, the table by daily profile, reallocated",
    ],
    [
      { kind: "table", size: 6, start: "random", reallocate: false },
      { size: 6, choice: { kind: "table", start: "random", reallocate: false } },
      "embedding of 6, a row's and a column's vector added, the table at random",
    ],
    [
      { kind: "hashed", size: 6 },
      { size: 6, choice: { kind: "hashed", rows: 26 } },
      "embedding of 6, one of 26 vectors by hash",
    ],
    [
      { kind: "hashed", size: 6, rows: 9 },
      { size: 6, choice: { kind: "hashed", rows: 9 } },
      "embedding of 6, one of 9 vectors by hash",
    ],
    [
      { kind: "quotient", size: 6 },
      { size: 6, choice: { kind: "quotient" } },
      "embedding of 6, of quotient times of remainder",
    ],
    [
      { kind: "features", size: 6 },
      { size: 6, choice: { kind: "features" } },
      "embedding of 6, made of mean, deviation and day",
    ],
  ])("%j of 101 sensors", (embedding, expected, words) => {
    const pipeline = pipelineWith(embedding);
    expect(embeddingOf(pipeline, 101)).toEqual(expected);
    expect(describeEmbedding(embeddingOf(pipeline, 101))).toBe(words);
    expect(embeddingConflicts(pipeline)).toEqual([]);
  });

  it("refuses keys of another kind and vectors without numbers, all at once", () => {
    const conflicts = embeddingConflicts(
      pipelineWith({ kind: "quotient", size: 0, rows: 3, start: "random", reallocate: true }),
    );
    expect(conflicts.map(({ path }) => path.at(-1))).toEqual(["rows", "start", "reallocate", "size"]);
    expect(conflicts[0]!.message).toBe(
      "model.embedding.rows is for the kind hashed, and the kind is quotient; leave it out",
    );
  });
});

import { describe, expect, it } from "vitest";
import { parseTerm } from "../../../src/stl/language/parseTerm.ts";

describe("parseTerm", () => {
  it("calls the text by its name in what is wrong, and gives no term then", () => {
    const { problems, term } = parseTerm("rise(speed <= ) 3", "events[0].when");
    expect(term).toBeUndefined();
    expect(problems.map(({ column, severity, source }) => [source, column, severity])).toContainEqual([
      "events[0].when",
      15,
      "error",
    ]);
  });

  it("wants the whole text to be one term", () => {
    expect(parseTerm("x < 1 y", "t").term).toBeUndefined();
    expect(parseTerm("x < 1", "t")).toMatchObject({ term: { kind: "comparison" }, problems: [] });
  });
});

import { describe, expect, it } from "vitest";
import { parseSpec } from "../../../src/stl/language/parseSpec.ts";
import { printTerm } from "../../../src/stl/language/printTerm.ts";
import type { Term } from "../../../src/stl/language/Syntax.ts";
import { shape } from "./shape.ts";

const termOf = (text: string): Term => parseSpec(`let a = ${text};`).spec.lets[0]?.value as Term;

describe("printTerm", () => {
  it.each([
    ["5 km ^ 2", "(5 km)^2"],
    ["5 km^2", "5 km^2"],
    ["5%^2", "(5%)^2"],
    ["5 km / h[s]", "5 km / h[s]"],
    ["5 km * s", "5 km * s"],
    ["2 ^ 5 km", "2^5 km"],
    ["(1h) ^ 2", "1h^2"],
    ["x ^ -2", "x^-2"],
    ["(-x) ^ 2", "(-x)^2"],
  ])("writes %s as %s, which is the same term", (text, printed) => {
    expect(printTerm(termOf(text))).toBe(printed);
    expect(shape(termOf(printed))).toBe(shape(termOf(text)));
  });
});

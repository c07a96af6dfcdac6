import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseNumber } from "../../src/ingest/parseNumber.ts";

const parse = (text: string, point = ".") => {
  const bytes = new TextEncoder().encode(`x${text}x`);
  return parseNumber(bytes, 1, bytes.length - 1, point.charCodeAt(0));
};

describe("parseNumber", () => {
  it("gives the same double as the engine", () => {
    const number = fc.oneof(
      fc.double({ noNaN: true, noDefaultInfinity: true }).map(String),
      fc.tuple(fc.integer(), fc.nat(999_999)).map(([whole, fraction]) => `${whole}.${fraction}`),
      fc.tuple(fc.integer(), fc.integer({ min: -330, max: 300 })).map(([m, e]) => `${m}e${e}`),
    );
    fc.assert(
      fc.property(number, (text) => {
        const expected = Number(text);
        if (Number.isFinite(expected)) expect(Object.is(parse(text), expected)).toBe(true);
      }),
      { seed: 5, numRuns: 3000 },
    );
  });

  it.each([
    ["0", 0],
    ["-0.5", -0.5],
    ["+7", 7],
    [".5", 0.5],
    ["5.", 5],
    ["  12.25 ", 12.25],
    ["9007199254740993", 9007199254740992],
    ["1e3", 1000],
    ["1E-2", 0.01],
  ])("%j", (text, value) => {
    expect(parse(text)).toBe(value);
  });

  it.each(["", " ", "-", ".", "NA", "NaN", "Infinity", "1e", "1e+", "12a", "1 2", "1,5", "0x10", "1e999"])(
    "%j is no number",
    (text) => {
      expect(parse(text)).toBeNaN();
    },
  );

  it("takes a decimal comma", () => {
    expect(parse("1,5", ",")).toBe(1.5);
    expect(parse("1234567890123456,75", ",")).toBe(1234567890123456.75);
    expect(parse("1.5", ",")).toBeNaN();
  });
});

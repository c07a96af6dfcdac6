import { describe, expect, it } from "vitest";
import { everySensorAt, originsOf } from "../../src/train/originWindows.ts";
import { wavyData } from "./smallData.ts";

describe("originsOf", () => {
  const data = wavyData(40);

  it.each<[string, { from: number; to: number }, number, number, number[]]>([
    ["a span's last origin leaves room for the whole horizon of 3", { from: 30, to: 36 }, 5, 1, [30, 31, 32]],
    ["the context reaches back before the span, not before the panel", { from: 0, to: 10 }, 5, 1, [4, 5, 6]],
    ["a stride counts from the first origin", { from: 10, to: 20 }, 5, 3, [10, 13, 16]],
    ["a span as long as the horizon has none", { from: 10, to: 13 }, 5, 1, []],
    ["one more step has one", { from: 10, to: 14 }, 5, 1, [10]],
    ["an empty span has none", { from: 10, to: 10 }, 5, 1, []],
  ])("%s", (_, span, context, stride, expected) => {
    expect(Array.from(originsOf(data, span, context, stride))).toEqual(expected);
  });
});

describe("everySensorAt", () => {
  it("has every sensor at an origin before the next origin", () => {
    const { originOf, sensorOf } = everySensorAt(wavyData(40), Int32Array.of(7, 3));
    expect(Array.from(originOf)).toEqual([7, 7, 7, 3, 3, 3]);
    expect(Array.from(sensorOf)).toEqual([0, 1, 2, 0, 1, 2]);
  });
});

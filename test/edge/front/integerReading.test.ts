import { describe, expect, it } from "vitest";
import { integerReading } from "../../../src/edge/front/IntegerReadings.ts";
import { MISSING_READING, READING_LIMIT } from "../../../src/edge/front/IntegerFrontEnd.ts";
import { readingQuantum } from "../../../src/edge/front/readingQuanta.ts";
import { uniform } from "../fixture.ts";

describe("integerReading", () => {
  it("is within half a 256th of the reading, and one where it must not fall on a quantum", () => {
    const random = uniform(2);
    for (let trial = 0; trial < 20_000; trial++) {
      const quantum = [0.1, 1, 0.01, 0.25][trial % 4]!;
      const reading = (random() - 0.5) * 4000 * quantum;
      const found = integerReading(reading, quantum);
      const exact = (256 * reading) / quantum;
      expect(Math.abs(found - exact)).toBeLessThanOrEqual([1, 255].includes(Math.abs(found % 256)) ? 1 : 0.5);
      if (found % 256 !== 0) {
        expect(Math.floor(found / 256)).toBe(Math.floor(reading / quantum));
        expect(Math.ceil(found / 256)).toBe(Math.ceil(reading / quantum));
      }
    }
  });

  it.each([
    [0, 0.1, 0],
    [0.3, 0.1, 768],
    [47.3, 0.1, 121_088],
    [47.300_01, 0.1, 121_089],
    [47.299_99, 0.1, 121_087],
    [-47.300_01, 0.1, -121_089],
    [Number.NaN, 1, MISSING_READING],
    [Infinity, 1, READING_LIMIT + 1],
    [-Infinity, 1, -READING_LIMIT - 1],
    [2 ** 21, 1, READING_LIMIT],
    [2 ** 21 + 0.5, 1, READING_LIMIT + 1],
  ])("of %d by %d is %d", (reading, quantum, expected) => {
    expect(integerReading(reading, quantum)).toBe(expected);
  });
});

describe("readingQuantum", () => {
  const of = (transform: "identity" | "log1p", mean: number, deviation: number) =>
    readingQuantum({ channel: "c", transform, mean, deviation, fallback: 0 });

  it("is a hundredth, a power of ten below a small deviation, or coarse enough to reach large readings", () => {
    expect(of("identity", 15, 10)).toBe(0.01);
    expect(of("identity", 0.5, 0.004)).toBe(0.001);
    expect(of("identity", 101_325, 800)).toBe(1);
    expect(of("identity", 1013, 8)).toBe(0.01);
    expect(of("log1p", 0.3, 0.5)).toBe(0.01);
    expect(of("log1p", 9, 1)).toBe(10);
  });
});

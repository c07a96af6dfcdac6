import { describe, expect, it } from "vitest";
import { random } from "../../../src/series/random.ts";
import { blockBootstrap } from "../../../src/stl/learn/blockBootstrap.ts";

const uniformOf = (seed: number) => {
  const source = random(seed);
  return () => source.uniform();
};

const counts = (held: readonly number[], broken: readonly number[]) => ({
  held: Float64Array.from(held),
  broken: Float64Array.from(broken),
  unknown: 0,
  doubtful: 0,
});

describe("blockBootstrap", () => {
  it("is as wide as independent days make it", () => {
    const uniform = uniformOf(3);
    const days = Array.from({ length: 400 }, () =>
      Array.from({ length: 24 }, () => (uniform() < 0.9 ? 1 : 0)).reduce<number>((sum, one) => sum + one, 0),
    );
    const { lower, upper } = blockBootstrap(
      counts(
        days,
        days.map((held) => 24 - held),
      ),
      uniformOf(1),
      4000,
      0.95,
    );
    const rate = days.reduce((sum, held) => sum + held, 0) / (24 * 400);
    const deviation = Math.sqrt((rate * (1 - rate)) / (24 * 400));
    expect(lower / (-1.96 * deviation)).toBeGreaterThan(0.85);
    expect(lower / (-1.96 * deviation)).toBeLessThan(1.15);
    expect(upper / (1.96 * deviation)).toBeGreaterThan(0.85);
    expect(upper / (1.96 * deviation)).toBeLessThan(1.15);
  });

  it("counts days that hold or break as a whole as one observation each", () => {
    const whole = counts(
      Array.from({ length: 100 }, (_, day) => (day % 5 === 0 ? 0 : 24)),
      Array.from({ length: 100 }, (_, day) => (day % 5 === 0 ? 24 : 0)),
    );
    const { lower, upper } = blockBootstrap(whole, uniformOf(1), 4000, 0.95);
    // Of a binomial of 100 trials at 0.8, 3.4 % lie at 72 or below, 97.5 % (nearly) at 87 or below.
    expect(lower).toBeCloseTo(-0.08, 10);
    expect([0.07, 0.08]).toContainEqual(Number(upper.toFixed(6)));
  });

  it("is nothing where all days are alike, and not a number where none is judged", () => {
    expect(blockBootstrap(counts([9, 9, 9], [1, 1, 1]), uniformOf(1), 100, 0.95)).toEqual({
      lower: 0,
      upper: 0,
    });
    expect(blockBootstrap(counts([0, 0], [0, 0]), uniformOf(1), 100, 0.95).lower).toBeNaN();
  });

  it("passes over days without an instant, and is the same for one seed", () => {
    const sparse = counts([0, 0, 3, 0, 0, 5, 0], [0, 0, 1, 0, 0, 0, 0]);
    const once = blockBootstrap(sparse, uniformOf(9), 500, 0.9);
    expect(blockBootstrap(sparse, uniformOf(9), 500, 0.9)).toEqual(once);
    expect([once.lower, once.upper].map((end) => Number((end + 8 / 9).toFixed(6)))).toEqual([0.75, 1]);
  });
});

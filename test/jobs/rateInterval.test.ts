import { describe, expect, it } from "vitest";
import { rateInterval } from "../../src/jobs/rateInterval.ts";
import { random } from "../../src/series/random.ts";

const counts = (held: readonly number[], all: number) => ({
  held: Float64Array.from(held),
  broken: Float64Array.from(held, (each) => all - each),
  unknown: 0,
  doubtful: 0,
});

/** P(X <= successes) of a binomial distribution, term by term. */
const binomialTail = (successes: number, trials: number, rate: number): number => {
  let term = (1 - rate) ** trials;
  let sum = term;
  for (let count = 1; count <= successes; count++) {
    term *= ((trials - count + 1) / count) * (rate / (1 - rate));
    sum += term;
  }
  return sum;
};

describe("rateInterval", () => {
  it("leaves 2.5 % on either side of a binomial of as many trials as there are blocks", () => {
    // Blocks that hold or break as a whole: 40 of 50, each worth one trial but for one that the mean costs.
    const { lower, upper } = rateInterval(
      counts(
        Array.from({ length: 50 }, (_, block) => (block % 5 === 0 ? 0 : 24)),
        24,
      ),
    );
    // 49 trials at 0.8: at most ceil(9.8) broken, at most ceil(39.2) held.
    expect(binomialTail(10, 49, 1 - lower)).toBeCloseTo(0.025, 9);
    expect(binomialTail(40, 49, upper)).toBeCloseTo(0.025, 9);
    expect(lower).toBeLessThan(0.8);
    expect(upper).toBeGreaterThan(0.8);
  });

  it("covers the true rate where the instants of a block are alike", () => {
    const source = random(8);
    let covered = 0;
    const runs = 200;
    for (let run = 0; run < runs; run++) {
      const held = Array.from({ length: 60 }, () => {
        const level = source.uniform() < 0.5 ? 0.98 : 0.82;
        let sum = 0;
        for (let hour = 0; hour < 24; hour++) sum += source.uniform() < level ? 1 : 0;
        return sum;
      });
      const { lower, upper } = rateInterval(counts(held, 24));
      if (lower <= 0.9 && 0.9 <= upper) covered++;
    }
    expect(covered / runs).toBeGreaterThan(0.92);
  });

  it("ends at 0 and 1 where all broke, all held or none was judged", () => {
    expect(rateInterval(counts([24, 24, 24], 24)).upper).toBe(1);
    expect(rateInterval(counts([24, 24, 24], 24)).lower).toBeCloseTo(0.025 ** (1 / 3), 9);
    expect(rateInterval(counts([0, 0, 0], 24)).lower).toBe(0);
    expect(rateInterval(counts([], 24))).toEqual({ lower: 0, upper: 1 });
  });
});

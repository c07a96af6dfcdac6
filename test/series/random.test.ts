import { describe, expect, it } from "vitest";
import { random } from "../../src/series/random.ts";

const draw = (seed: number, stream?: number): number[] => {
  const source = random(seed, stream);
  return Array.from({ length: 8 }, () => source.uniform());
};

const low = (x: bigint): bigint => x & 0xffffffffn;

describe("random", () => {
  it("repeats from its seed, and differs by seed and by stream", () => {
    expect(draw(7)).toEqual(draw(7));
    const others = [draw(7), draw(8), draw(7, 1), draw(-7), draw(7 + 2 ** 32)].map((values) => values.join());
    expect(new Set(others).size).toBe(5);
  });

  it("follows the recurrence of sfc32", () => {
    // Written out in 64-bit arithmetic, apart from the implementation.
    const source = random(123);
    const words = Array.from(source.state, (word) => BigInt(word >>> 0));
    for (let k = 0; k < 100; k++) {
      const [a, b, c, counter] = words as [bigint, bigint, bigint, bigint];
      const out = low(a + b + counter);
      const turned = low(c << 21n) | (c >> 11n);
      words.splice(0, 4, b ^ (b >> 9n), low(c + (c << 3n)), low(turned + out), low(counter + 1n));
      expect(source.uniform()).toBe(Number(out) / 2 ** 32);
    }
  });

  it("draws normals of mean 0, deviation 1, little skew, kurtosis near 3, lag correlation near 0", () => {
    const source = random(42);
    const n = 200_000;
    const moments = [0, 0, 0, 0];
    let lagged = 0;
    let last = 0;
    for (let k = 0; k < n; k++) {
      const z = source.normal();
      for (let power = 0; power < 4; power++) moments[power]! += z ** (power + 1) / n;
      lagged += (z * last) / n;
      last = z;
    }
    expect(Math.abs(moments[0]!)).toBeLessThan(0.01);
    expect(moments[1]).toBeCloseTo(1, 1);
    expect(Math.abs(moments[2]!)).toBeLessThan(0.03);
    expect(moments[3]).toBeGreaterThan(2.85);
    expect(moments[3]).toBeLessThan(3.05);
    expect(Math.abs(lagged)).toBeLessThan(0.01);
  });

  it("resumes from a copied state", () => {
    const source = random(1, 2);
    source.normal();
    const saved = source.state.slice();
    const ahead = [source.normal(), source.uniform()];
    source.state.set(saved);
    expect([source.normal(), source.uniform()]).toEqual(ahead);
  });

  it("refuses seeds that it would have to round", () => {
    expect(() => random(0.5)).toThrow(RangeError);
    expect(() => random(2 ** 60)).toThrow(/2\^53/);
    expect(() => random(1, 2 ** 33)).toThrow(/32 bits/);
  });
});

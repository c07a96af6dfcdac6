import { describe, expect, it } from "vitest";
import { productBand } from "../../../src/verify/intervals/productBand.ts";
import { uniform } from "../../edge/fixture.ts";

describe("product band", () => {
  it("holds the product at every corner and at points between, and is never wider than the product of the radii", () => {
    const random = uniform(11);
    const band = { middle: 0, spread: 0 };
    let outside = 0;
    let narrower = 0;
    for (let trial = 0; trial < 300; trial++) {
      const symbols = 1 + Math.floor(random() * 6);
      const p = Float64Array.from({ length: symbols }, () => random() - 0.5);
      const q = Float64Array.from({ length: symbols }, () => (random() - 0.5) * 20);
      const [pOther, qOther] = [random() * 0.2, random()];
      const radius = (values: Float64Array, other: number): number =>
        values.reduce((sum, value) => sum + Math.abs(value), other);
      const [pRadius, qRadius] = [radius(p, pOther), radius(q, qOther)];
      productBand(p, 0, pOther, pRadius, q, 0, qOther, qRadius, symbols, band);
      expect(band.spread).toBeLessThanOrEqual(pRadius * qRadius);
      if (Math.abs(band.middle) + band.spread < pRadius * qRadius * 0.999) narrower++;
      for (let corner = 0; corner < 2 ** (symbols + 2); corner++) {
        const scale = corner % 3 === 0 ? random() : 1;
        const sign = (place: number): number => scale * ((corner >> place) & 1 ? 1 : -1);
        let left = pOther * sign(symbols);
        let right = qOther * sign(symbols + 1);
        for (let s = 0; s < symbols; s++) {
          left += p[s]! * sign(s);
          right += q[s]! * sign(s);
        }
        if (Math.abs(left * right - band.middle) > band.spread * (1 + 1e-12)) outside++;
      }
    }
    expect(outside).toBe(0);
    expect(narrower).toBeGreaterThan(150);
  });
});

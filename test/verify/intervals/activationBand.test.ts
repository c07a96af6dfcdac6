import { describe, expect, it } from "vitest";
import { integerSigmoid, integerTanh, tanhTable } from "../../../src/edge/fixedPoint.ts";
import {
  type ActivationBand,
  activationBand,
  TABLE_ERROR,
} from "../../../src/verify/intervals/activationBand.ts";
import { uniform } from "../../edge/fixture.ts";

const table = tanhTable();
const LARGEST = 2 ** 18 - 1;

describe("activation band", () => {
  it("rests on tables that are off by no more than it says, at every pre-activation", () => {
    let worst = 0;
    for (let a = -LARGEST; a <= LARGEST; a++) {
      const tanh = integerTanh(table, a) - 2 ** 15 * Math.tanh(a / 2 ** 14);
      const sigmoid = integerSigmoid(table, a) - 2 ** 16 / (1 + Math.exp(-a / 2 ** 14));
      worst = Math.max(worst, Math.abs(tanh), Math.abs(sigmoid));
    }
    expect(worst).toBeLessThan(TABLE_ERROR);
    expect(worst).toBeGreaterThan(TABLE_ERROR / 2);
  });

  it.each(["sigmoid", "tanh"] as const)("holds %s within band and bounds on every range", (kind) => {
    const read = kind === "tanh" ? integerTanh : integerSigmoid;
    const random = uniform(5);
    const band: ActivationBand = { slope: 0, middle: 0, spread: 0, lower: 0, upper: 0 };
    let outside = 0;
    for (let trial = 0; trial < 3000; trial++) {
      const middle = Math.floor((random() - 0.5) * 2 ** 18);
      const size = Math.floor(2 ** (random() * 17));
      const [lower, upper] = [Math.max(-LARGEST, middle - size), Math.min(LARGEST, middle + size)];
      activationBand(kind, table, lower, upper, band);
      for (let point = 0; point <= 40; point++) {
        const a = Math.round(lower + ((upper - lower) * point) / 40);
        const value = read(table, a);
        if (Math.abs(value - band.slope * a - band.middle) > band.spread) outside++;
        if (value < band.lower || value > band.upper) outside++;
      }
    }
    expect(outside).toBe(0);
  });

  it("is narrower than the range by the square of its size where the curve is smooth", () => {
    const band: ActivationBand = { slope: 0, middle: 0, spread: 0, lower: 0, upper: 0 };
    activationBand("tanh", table, 8192, 8192 + 2048, band);
    const curve = 2 ** 15 * 2 * Math.tanh(0.5625) * (1 - Math.tanh(0.5625) ** 2);
    expect(band.spread - TABLE_ERROR).toBeCloseTo((curve * 0.0625 ** 2) / 4, -0.5);
    expect(band.spread).toBeLessThan((band.upper - band.lower) / 30);
  });
});

import { describe, expect, it } from "vitest";
import { integerPowerOfTwo, powerTable } from "../../../src/edge/fixedPoint.ts";
import { POWER_SHARE } from "../../../src/verify/intervals/intervalHead.ts";

describe("power of two", () => {
  it("is within the share that bands allow, and half a unit, at every fraction", () => {
    const table = powerTable();
    let worst = 0;
    for (const whole of [-8, -1, 0, 5, 12, 20]) {
      for (let fraction = 0; fraction < 2 ** 20; fraction++) {
        const exponent = whole * 2 ** 20 + fraction;
        const exact = 2 ** (8 + exponent / 2 ** 20);
        const error = Math.abs(integerPowerOfTwo(table, exponent) - exact);
        worst = Math.max(worst, (error - 0.5) / exact);
      }
    }
    expect(worst).toBeLessThan(POWER_SHARE);
    expect(worst).toBeGreaterThan(POWER_SHARE / 10);
  });
});

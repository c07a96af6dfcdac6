import { describe, expect, it } from "vitest";
import { RoadsideAir } from "../../../src/series/arterial/RoadsideAir.ts";
import { random } from "../../../src/series/random.ts";

/** NO2 that traffic adds at a detector once it no longer changes, in ug/m3. */
const settle = (vehPerSecond: number, slowness: number, wind: number): number => {
  const air = new RoadsideAir(random(1), 2);
  for (let k = 0; k < 500; k++) air.advanceKerb(1, vehPerSecond, slowness, wind);
  const emptied = new RoadsideAir(random(1), 2);
  emptied.advanceKerb(1, 0, 0, wind);
  return air.no2[1]! - emptied.no2[1]!;
};

describe("RoadsideAir", () => {
  it("settles where emission equals exchange and loss", () => {
    const [flow, wind] = [0.4, 3];
    const expected = (flow * 330) / (28 * (0.1 + 0.07 * wind) + (28 * 18) / 10_800);
    expect(settle(flow, 0, wind)).toBeCloseTo(expected, 6);
  });

  it("is proportional to flow, triples at a standstill and falls with wind", () => {
    expect(settle(0.8, 0, 3) / settle(0.4, 0, 3)).toBeCloseTo(2, 9);
    expect(settle(0.4, 1, 3) / settle(0.4, 0, 3)).toBeCloseTo(3, 9);
    expect(settle(0.4, 0, 6)).toBeLessThan(settle(0.4, 0, 3));
  });
});

import { describe, expect, it } from "vitest";
import { Weather } from "../../../src/series/arterial/Weather.ts";
import { random } from "../../../src/series/random.ts";

describe("Weather", () => {
  it("has wind above calm, more of it in the afternoon, and rain some of the time", () => {
    const weather = new Weather(random(9));
    const wind = [0, 0];
    let rainy = 0;
    let calmest = Infinity;
    let narrowest = Infinity;
    let widest = 0;
    const days = 400;
    for (let k = 0; k < 288 * days; k++) {
      const minute = (k % 288) * 5;
      weather.advance(minute);
      calmest = Math.min(calmest, weather.wind);
      narrowest = Math.min(narrowest, weather.capacityShare);
      widest = Math.max(widest, weather.capacityShare);
      if (minute === 180) wind[0]! += weather.wind / days;
      if (minute === 840) wind[1]! += weather.wind / days;
      if (weather.rain > 0) rainy++;
    }
    expect([calmest, widest]).toEqual([0.4, 1]);
    expect(narrowest).toBeGreaterThan(0.9);
    expect(narrowest).toBeLessThan(0.95);
    expect(wind[1]! - wind[0]!).toBeGreaterThan(0.8);
    expect(rainy / (288 * days)).toBeGreaterThan(0.04);
    expect(rainy / (288 * days)).toBeLessThan(0.14);
  });
});

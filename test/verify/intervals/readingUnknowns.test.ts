import { describe, expect, it } from "vitest";
import { MISSING_READING, READING_LIMIT } from "../../../src/edge/front/IntegerFrontEnd.ts";
import type { IntegerReadings } from "../../../src/edge/front/IntegerReadings.ts";
import { quantiseFrontEnd } from "../../../src/edge/front/quantiseFrontEnd.ts";
import { levelOf, scaledReading } from "../../../src/edge/front/scaledReading.ts";
import { readingUnknowns } from "../../../src/verify/intervals/readingUnknowns.ts";
import { fixturePlan, uniform } from "../../edge/fixture.ts";

const front = quantiseFrontEnd(fixturePlan({ sensors: 1 }), [0.1, 1, 0.01, 0.01]);

/** Three channels and an angle of one sensor. */
const readingsOf = (series: readonly number[]): IntegerReadings => ({
  values: Int32Array.from([0, 1, 2, 3].flatMap(() => series)),
  steps: series.length,
  clock: {
    minuteOfDay: new Int16Array(series.length),
    weekday: new Int8Array(series.length),
    dayNumber: new Int32Array(series.length),
  },
});

describe("unknowns of readings", () => {
  // 50 km/h + 64 * 15 km/h, where the level of the first channel is cut off, is 2,585,600; 2^29 ends all readings.
  const places = [0, 50_000, 128_000, 2_585_600, READING_LIMIT, -READING_LIMIT, -7];

  it.each([1, 40, 5000, 3_000_000])("hold every scaled reading and level within %i of a place", (radius) => {
    const random = uniform(radius);
    const low = readingsOf(places.map((place) => place - radius));
    const high = readingsOf(places.map((place) => place + radius));
    const { level, scaled, source } = readingUnknowns(front, low, high);
    expect([...source]).toEqual(Array.from(source, (_, place) => place));
    let outside = 0;
    let cut = 0;
    [...front.targets, ...front.covariates].forEach((scaling, channel) => {
      places.forEach((place, step) => {
        const at = channel * places.length + step;
        if (level.input[at] !== scaled.input[at]) cut++;
        for (let point = 0; point < 200; point++) {
          const share = 2 * random() - 1;
          const moved = place + Math.round(radius * (point % 2 === 0 ? share : Math.sign(share)));
          const value = scaledReading(scaling, front.logarithms, moved);
          const own = levelOf(scaling, value);
          if (value < scaled.lower[at]! || value > scaled.upper[at]!) outside++;
          if (own < level.lower[at]! || own > level.upper[at]!) outside++;
          const half = scaled.half[at]!;
          const position = half === 0 ? 0 : (value - scaled.centre[at]!) / half;
          if (Math.abs(position) > 1) outside++;
          const shared = level.input[at] === scaled.input[at];
          const middle = level.centre[at]! + (shared ? position * level.half[at]! : 0);
          const spread = level.rounding[at]! + (shared ? 0 : Math.abs(level.half[at]!)) + 1e-6;
          if (Math.abs(own - middle) > spread) outside++;
        }
      });
    });
    expect(outside).toBe(0);
    expect(cut).toBeGreaterThan(0);
  });

  it("hold a reading over a gap, then take the fallback", () => {
    const missing = MISSING_READING;
    const series = [missing, 500, missing, missing, missing, 900];
    const { level, scaled, source } = readingUnknowns(front, readingsOf(series), readingsOf(series));
    expect([...source.subarray(0, 6)]).toEqual([0, 1, 1, 1, 4, 5]);
    const fallback = front.targets[0]!.fallback;
    expect([...scaled.lower.subarray(0, 6)]).toEqual([fallback, 500, 500, 500, fallback, 900]);
    expect(level.lower).toEqual(level.upper);
  });
});

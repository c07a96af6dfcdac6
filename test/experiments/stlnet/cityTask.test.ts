import { expect, it } from "vitest";
import { cityTask, firstHours, keptLimit, splitDays } from "../../../experiments/stlnet/cityTask.ts";
import type { CityDays } from "../../../experiments/stlnet/loadCityDays.ts";
import { parseFormula, satisfaction } from "../../../src/stl/index.ts";

/** Station and day stand in the value, and the hour behind the point. */
const days: CityDays = {
  days: 100,
  stations: 3,
  values: Float64Array.from({ length: 100 * 3 * 24 }, (_, k) => {
    const [day, station, hour] = [Math.floor(k / 72), Math.floor(k / 24) % 3, k % 24];
    return 1000 * station + day + hour / 100;
  }),
};

it("draws 19 days for the test by the seed, and takes the first hours of each", () => {
  const { test, training } = splitDays(days, 10, 3);
  const daysOf = (traces: Float64Array): number[] =>
    Array.from({ length: traces.length / 30 }, (_, k) => traces[k * 30]!);
  const all = [...daysOf(training), ...daysOf(test)];
  expect(daysOf(test)).toHaveLength(19);
  expect(all.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 100 }, (_, k) => k));
  expect(all).not.toEqual([
    ...daysOf(splitDays(days, 10, 4).training),
    ...daysOf(splitDays(days, 10, 4).test),
  ]);
  const expected = [0, 1, 2].flatMap((station) =>
    Array.from({ length: 10 }, (_, hour) => 1000 * station + 7 + hour / 100),
  );
  expect(Array.from(firstHours(days, 10, [7]))).toEqual(expected);
});

it("takes the limit that 95 % of the days stay within, where measured and from the sixth hour on", () => {
  const steps = 6;
  const traces = new Float64Array(20 * 2 * steps);
  for (let day = 0; day < 20; day++) {
    // The given hours and the level of the first station do not count, nor does what is missing.
    traces.fill(900, day * 12, day * 12 + 11);
    traces[day * 12 + 11] = day === 4 ? NaN : -10 * day + 3;
  }
  // Days 0..18 but the fourth are within 177, the last is 187 away.
  expect(keptLimit(traces, 2, steps)).toBe(180);
});

it("asks each station within the limit of the first, and scales by what was measured", () => {
  const training = Float64Array.of(1, 1, 1, 1, 1, 3, 4, 4, 4, 4, NaN, 4);
  const task = cityTask("two", training, 2, 6, 80);
  expect(task.centre[0]).toBeCloseTo(8 / 6, 12);
  expect(task.centre[1]).toBe(4);
  expect(task.scale[0]).toBeCloseTo(Math.sqrt((5 * (1 / 3) ** 2 + (5 / 3) ** 2) / 6), 12);
  const formula = parseFormula(task.rule);
  expect(formula.signals).toEqual(task.signals);
  const verdict = (level: number, difference: number): number =>
    satisfaction(formula, {
      signals: { x0: [-9, -9, -9, -9, -9, level], x1: [900, 0, 0, 0, 0, difference] },
    })[0]!;
  expect([verdict(0, 80), verdict(5, -80), verdict(-0.1, 0), verdict(5, 80.1), verdict(5, -81)]).toEqual([
    1, 1, 0, 0, 0,
  ]);
});

import { describe, expect, it } from "vitest";
import {
  describeHostile,
  type HostileReadings,
  setHostileReadings,
} from "../../src/verify/HostileReadings.ts";
import { fixtureModel, fixturePlan } from "../edge/fixture.ts";

const plan = fixturePlan({ sensors: 2 });
const { targets } = fixtureModel(plan);
const steps = 5;
const [SPEED, FLOW, RAIN, WIND] = [0, 1, 2, 3] as const;

/** Readings of one series, 0 1 2 3 4 where nothing was set. */
const after = (hostile: HostileReadings, channel: number, sensor: number): number[] => {
  const values = Float64Array.from({ length: 4 * 2 * steps }, (_, index) => index % steps);
  setHostileReadings({ values, steps }, hostile, plan, targets);
  const from = (channel * 2 + sensor) * steps;
  return [...values.subarray(from, from + steps)];
};

const untouched = [0, 1, 2, 3, 4];

describe("setHostileReadings", () => {
  it("holds levels within the range of the channel and outside it", () => {
    expect(after({ kind: "level", level: 0 }, SPEED, 0)).toEqual([0, 0, 0, 0, 0]);
    expect(after({ kind: "level", level: 1000 }, SPEED, 0)).toEqual([150, 150, 150, 150, 150]);
    expect(after({ kind: "level", level: 1000 }, FLOW, 1)[0]).toBe(4000);
    expect(after({ kind: "level", level: 250 }, SPEED, 0)[0]).toBe(37.5);
    expect(after({ kind: "level", level: -2000 }, SPEED, 0)[0]).toBe(-300);
    expect(after({ kind: "level", level: 500 }, WIND, 0)[0]).toBe(180);
    // The mean of rain on the log scale is 0.3, its deviation 0.5.
    expect(after({ kind: "level", level: 0 }, RAIN, 0)[0]).toBeCloseTo(-Math.expm1(1.7), 9);
    expect(after({ kind: "level", level: 1000 }, RAIN, 0)[0]).toBeCloseTo(Math.expm1(2.3), 9);
  });

  it("acts on one series, a channel, a sensor or all", () => {
    const touched = (hostile: HostileReadings): string =>
      [SPEED, FLOW]
        .flatMap((channel) => [0, 1].map((sensor) => (after(hostile, channel, sensor)[0] === 0 ? "." : "x")))
        .join("");
    expect(touched({ kind: "level", level: 1000, channel: SPEED, sensor: 1 })).toBe(".x..");
    expect(touched({ kind: "level", level: 1000, channel: FLOW })).toBe("..xx");
    expect(touched({ kind: "level", level: 1000, sensor: 0 })).toBe("x.x.");
    expect(touched({ kind: "level", level: 1000 })).toBe("xxxx");
  });

  it("alternates backwards from the origin", () => {
    const place = { kind: "alternating", first: 1000, second: 0, channel: SPEED } as const;
    expect(after({ ...place, every: 1 }, SPEED, 0)).toEqual([150, 0, 150, 0, 150]);
    expect(after({ ...place, every: 2 }, SPEED, 0)).toEqual([150, 0, 0, 150, 150]);
    expect(after({ ...place, every: 9 }, SPEED, 0)).toEqual([150, 150, 150, 150, 150]);
    expect(after({ ...place, every: 1 }, FLOW, 0)).toEqual(untouched);
  });

  it("takes readings away: all, the origin's, or all but the origin's", () => {
    const { NaN: gone } = Number;
    expect(after({ kind: "missing", where: "everywhere" }, RAIN, 1)).toEqual([gone, gone, gone, gone, gone]);
    expect(after({ kind: "missing", where: "at the origin" }, RAIN, 1)).toEqual([0, 1, 2, 3, gone]);
    expect(after({ kind: "missing", where: "before the origin" }, RAIN, 1)).toEqual([
      gone,
      gone,
      gone,
      gone,
      4,
    ]);
  });
});

it("says what was set", () => {
  const words = (hostile: HostileReadings): string => describeHostile(hostile, ["speed", "flow"], ["a", "b"]);
  expect(words({ kind: "alternating", channel: 1, first: 0, second: 12_500, every: 3 })).toBe(
    "flow of every sensor alternates between its smallest value, at the origin, and 1250 % of its range, every 3 steps",
  );
  expect(words({ kind: "level", sensor: 1, level: 1000 })).toBe(
    "every channel of b stays at its largest value",
  );
  expect(words({ kind: "missing", where: "before the origin" })).toBe(
    "every channel of every sensor is missing before the origin",
  );
});

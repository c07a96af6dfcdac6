import { describe, expect, it } from "vitest";
import type { Readings } from "../../src/series/features.ts";
import { describeWindow, type Perturbation } from "../../src/verify/PerturbedWindow.ts";
import { applyPerturbations } from "../../src/verify/windows.ts";
import { fixtureModel, fixturePlan } from "../edge/fixture.ts";

const plan = fixturePlan({ sensors: 2 });
const { targets } = fixtureModel(plan);
const steps = 4;
const window: Readings = {
  values: Float64Array.from({ length: 4 * 2 * steps }, (_, index) => 10 + index),
  steps,
  clock: { minuteOfDay: new Int16Array(8), weekday: new Int8Array(8), dayNumber: new Int32Array(8) },
};

/** One series after a perturbation, all others being untouched. */
const after = (perturbation: Perturbation, channel: number, sensor: number): number[] => {
  const { values } = applyPerturbations(window, [perturbation], plan, targets);
  const from = (channel * 2 + sensor) * steps;
  values.forEach((value, index) => {
    if (index < from || index >= from + steps) expect(value).toBe(window.values[index]);
  });
  return [...values.subarray(from, from + steps)];
};

describe("applyPerturbations", () => {
  it("acts on one series, counted back from the origin", () => {
    const place = { channel: 0, sensor: 1 };
    expect(after({ kind: "gap", ...place, ago: 1, length: 2 }, 0, 1)).toEqual([
      14,
      Number.NaN,
      Number.NaN,
      17,
    ]);
    expect(after({ kind: "stuck", ...place, ago: 0, length: 3 }, 0, 1)).toEqual([14, 15, 15, 15]);
    expect(after({ kind: "stuck", ...place, ago: 0, length: 99 }, 0, 1)).toEqual([14, 14, 14, 14]);
    expect(after({ kind: "spike", ...place, ago: 2, tenths: 20 }, 0, 1)).toEqual([14, 45, 16, 17]);
    expect(after({ kind: "shift", ...place, ago: 1, tenths: 10 }, 0, 1)).toEqual([14, 15, 31, 32]);
  });

  it("keeps noise and shifts within the range, not spikes, and turns angles", () => {
    expect(after({ kind: "shift", channel: 0, sensor: 0, ago: 3, tenths: -50 }, 0, 0)).toEqual([0, 0, 0, 0]);
    expect(after({ kind: "spike", channel: 0, sensor: 0, ago: 0, tenths: -50 }, 0, 0)).toEqual([
      10,
      11,
      12,
      13 - 75,
    ]);
    expect(after({ kind: "shift", channel: 3, sensor: 0, ago: 0, tenths: -50 }, 3, 0)).toEqual([
      34,
      35,
      36,
      37 - 450 + 720,
    ]);
    const flow = after({ kind: "shift", channel: 1, sensor: 0, ago: 0, tenths: 10 }, 1, 0);
    expect(flow[3]).toBeCloseTo(22 * Math.exp(0.8) - 1, 9);
    const noise: Perturbation = { kind: "noise", channel: 0, sensor: 0, tenths: 5, seed: 3 };
    expect(after(noise, 0, 0)).toEqual(after(noise, 0, 0));
    expect(after(noise, 0, 0)).not.toEqual(after({ ...noise, seed: 4 }, 0, 0));
  });

  it("does not change the window that it was given, and makes hostile ones", () => {
    const copy = window.values.slice();
    const all = (perturbation: Perturbation): Set<number> =>
      new Set(applyPerturbations(window, [perturbation], plan, targets).values.subarray(0, 2 * steps));
    expect(all({ kind: "all missing" })).toEqual(new Set([Number.NaN]));
    expect(all({ kind: "saturated", channel: 0, high: true })).toEqual(new Set([150]));
    expect(all({ kind: "constant", channel: 0, tenths: -10 })).toEqual(new Set([35]));
    expect(window.values).toEqual(copy);
  });
});

describe("describeWindow", () => {
  it("says what was done in words", () => {
    const words = describeWindow(
      {
        index: 7,
        perturbations: [
          { kind: "gap", channel: 0, sensor: 1, ago: 0, length: 1 },
          { kind: "spike", channel: 1, sensor: 0, ago: 3, tenths: -25 },
          { kind: "saturated", channel: 0, high: false },
        ],
      },
      ["speed", "flow"],
      ["a", "b"],
    );
    expect(words).toEqual([
      "window 7 of the data",
      "speed of b is missing for 1 step up to the origin",
      "flow of a jumps by -2.5 deviations 3 steps before the origin for that step alone",
      "speed of every sensor stays at its smallest value",
    ]);
  });
});

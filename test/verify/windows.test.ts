import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Readings } from "../../src/series/features.ts";
import { describeWindow, type Perturbation, type PerturbedWindow } from "../../src/verify/PerturbedWindow.ts";
import { clockEdges } from "../../src/verify/ClockEdge.ts";
import { WINDOW_KINDS, type WindowKind } from "../../src/verify/WindowKind.ts";
import { applyPerturbations, windowsOfKind } from "../../src/verify/windows.ts";
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
  const { values } = applyPerturbations(window, { perturbations: [perturbation] }, plan, targets);
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

  it("does not change the window that it was given", () => {
    const copy = window.values.slice();
    const hostile: PerturbedWindow["perturbations"] = [{ kind: "missing", where: "everywhere" }];
    expect(applyPerturbations(window, { perturbations: hostile }, plan, targets).values).toEqual(
      copy.map(() => Number.NaN),
    );
    expect(window.values).toEqual(copy);
    expect(applyPerturbations(window, { perturbations: [] }, plan, targets).clock).toBe(window.clock);
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
          { kind: "level", channel: 0, level: 0 },
        ],
        clock: { reason: "the clocks go back", atMs: Date.UTC(2026, 9, 25, 1), step: 1 },
      },
      ["speed", "flow"],
      ["a", "b"],
    );
    expect(words).toEqual([
      "window 7 of the data",
      "speed of b is missing for 1 step up to the origin",
      "flow of a jumps by -2.5 deviations 3 steps before the origin for that step alone",
      "speed of every sensor stays at its smallest value",
      "the clocks go back 1 step after the origin, at 2026-10-25T01:00:00Z",
    ]);
  });
});

describe("windowsOfKind", () => {
  const edges = clockEdges("Europe/Berlin", Date.UTC(2026, 0, 1), [420]);
  const source = { plan, count: 5, contextSteps: 12, edges };
  const sampled = (kind: WindowKind): PerturbedWindow[] =>
    fc.sample(windowsOfKind(kind, source), { seed: 4, numRuns: 400 });
  const kindsIn = (windows: readonly PerturbedWindow[]): Set<string> =>
    new Set(windows.flatMap(({ perturbations }) => perturbations.map(({ kind }) => kind)));
  const plausible = ["gap", "noise", "shift", "spike", "stuck"];
  const hostile = ["alternating", "level", "missing"];

  it("keeps the kinds apart", () => {
    expect([...kindsIn(sampled("plausible"))].sort()).toEqual(plausible);
    expect([...kindsIn(sampled("hostile"))].sort()).toEqual(hostile);
    expect([...kindsIn(sampled("clock"))].sort()).toEqual([...plausible, ...hostile].sort());
    expect(sampled("hostile").every(({ clock }) => clock === undefined)).toBe(true);
    expect(new Set(sampled("clock").map(({ clock }) => clock!.reason))).toEqual(
      new Set(edges.map(({ reason }) => reason)),
    );
  });

  it.each(WINDOW_KINDS)("makes the same %s windows from a seed, fewer being the first of more", (kind) => {
    const fewer = fc.sample(windowsOfKind(kind, source), { seed: 4, numRuns: 50 });
    expect(sampled(kind).slice(0, 50)).toEqual(fewer);
    expect(fc.sample(windowsOfKind(kind, source), { seed: 5, numRuns: 50 })).not.toEqual(fewer);
  });

  it.each([
    ["plausible", { index: 0, perturbations: [] }],
    ["hostile", { index: 0, perturbations: [{ kind: "level", level: 0 }] }],
    ["clock", { index: 0, perturbations: [], clock: { ...edges[0]!, step: 0 } }],
  ] as const)("shrinks %s windows to the smallest", (kind, smallest) => {
    let last: PerturbedWindow | undefined;
    fc.check(
      fc.property(windowsOfKind(kind, source), (window) => {
        last = window;
        return false;
      }),
      { seed: 1 },
    );
    expect(last).toEqual(smallest);
  });
});

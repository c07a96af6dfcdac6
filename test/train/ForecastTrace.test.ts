import { describe, expect, it } from "vitest";
import type { BoundRule } from "../../src/stl/index.ts";
import {
  clockOfTrace,
  createForecastTrace,
  writeForecast,
  writeHistory,
} from "../../src/train/ForecastTrace.ts";
import { dataOf, panelOf } from "./smallData.ts";

const missing = Number.NaN;

/** One target, one covariate, two sensors; horizon 2. */
const data = dataOf(
  panelOf(
    [
      [
        [1, missing, 3, 4, 5, 6],
        [11, 12, 13, 14, 15, 16],
      ],
      [
        [21, 22, 23, 24, 25, 26],
        [31, missing, 33, 34, 35, 36],
      ],
    ],
    ["flow", "rain"],
  ),
  { targets: ["flow"], covariates: ["rain"], horizonSteps: 2, trainSteps: 6 },
);

/** The part of a rule that a trace asks for: how far back it reads, and how long its signals hold over a gap. */
const reading = (historySteps: number, ...holds: readonly (number | null)[]): BoundRule =>
  ({ historySteps, plan: { nodes: holds.map((holdSteps) => ({ kind: "signal", holdSteps })) } }) as never;

describe("a forecast trace", () => {
  it.each<[string, BoundRule[], number]>([
    ["no rule", [], 0],
    ["the longest of the rules", [reading(1), reading(4), reading(2)], 4],
    ["and what a gap before it is held from", [reading(1, 2, 3, 0), reading(3)], 4],
    // Window 6, longest lag 3, hold 2: a forecast reads 11 steps, the origin included.
    ["never more than a forecast reads", [reading(9, 5)], 10],
    ["also where a signal holds without limit", [reading(1, null)], 10],
    ["or a rule looks back for ever", [reading(Infinity)], 10],
  ])("reaches back as far as the rules read: %s", (_, rules, expected) => {
    const trace = createForecastTrace(data, rules);
    expect(trace.historySteps).toBe(expected);
    expect(trace.steps).toBe(expected + 1 + 2);
    expect(trace.values).toHaveLength(2 * 2 * trace.steps);
  });

  it("is the history of the origin, then the forecast; what is not forecast is missing past the origin", () => {
    const trace = createForecastTrace(data, [reading(2)]);
    expect(trace.steps).toBe(5);
    writeHistory(trace, data, 3);
    writeForecast(trace, data, 0, [41, 42]);
    writeForecast(trace, data, 1, Float64Array.of(51, missing));
    const rows = [
      [missing, 3, 4, 41, 42],
      [12, 13, 14, 51, missing],
      [22, 23, 24, missing, missing],
      [missing, 33, 34, missing, missing],
    ];
    expect(Array.from(trace.values)).toEqual(rows.flat());
  });

  it("with held readings fills the gaps of targets, not those of other channels", () => {
    const trace = createForecastTrace(data, [reading(2)]);
    writeHistory(trace, data, 3, data.held);
    expect(Array.from(trace.values.subarray(0, 3))).toEqual([1, 3, 4]);
    expect(Array.from(trace.values.subarray(15, 18))).toEqual([missing, 33, 34]);
  });

  it("is missing before the recording starts, and forgets the forecast of the origin before", () => {
    const trace = createForecastTrace(data, [reading(2)]);
    writeHistory(trace, data, 5);
    writeForecast(trace, data, 0, [41, 42]);
    writeHistory(trace, data, 0);
    expect(Array.from(trace.values.subarray(0, 5))).toEqual([missing, missing, 1, missing, missing]);
  });

  it("without history has the origin alone before the forecast", () => {
    const trace = createForecastTrace(data, [reading(0)]);
    writeHistory(trace, data, 4);
    expect(Array.from(trace.values.subarray(0, 3))).toEqual([5, missing, missing]);
  });

  it("has the clock of its own steps, also past the last reading", () => {
    const trace = createForecastTrace(data, [reading(2)]);
    // Steps of 15 min from 01:00 local time.
    const clock = clockOfTrace(trace, data.readings.clock, 5);
    expect(Array.from(clock.minuteOfDay)).toEqual([105, 120, 135, 150, 165]);
    expect(Array.from(clock.weekday)).toEqual([1, 1, 1, 1, 1]);
    expect(clock.dayNumber).toHaveLength(5);
  });
});

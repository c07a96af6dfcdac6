import { describe, expect, it } from "vitest";
import { durationParts, durationSteps, formatDuration } from "../../../src/stl/language/Duration.ts";
import { nearestName } from "../../../src/stl/language/nearestName.ts";
import { convertUnit, parseUnit, type Unit, unitsAgree } from "../../../src/stl/language/Unit.ts";

const unit = (text: string): Unit => {
  const parsed = parseUnit(text);
  if (typeof parsed === "string") throw new Error(parsed);
  return parsed;
};

describe("Unit", () => {
  // Factors from the definitions of the units.
  it.each([
    [1, "mi/h", "km/h", 1.609344],
    [1, "mph", "m/s", 0.44704],
    [1, "kmh", "m/s", 1 / 3.6],
    [1, "ug/m3", "g/m^3", 1e-6],
    [1, "µg/m³", "ug/m3", 1],
    [1, "mg/m3", "ug/m3", 1000],
    [60, "veh/h", "vehicles/min", 1],
    [1, "ped/s", "pedestrians/h", 3600],
    [1, "ppb", "ppm", 1e-3],
    [50, "%", "1", 0.5],
    [1, "percent", "1", 0.01],
    [1, "d", "h", 24],
    [86, "degF", "degC", 30],
    [0, "degC", "K", 273.15],
    [9, "degF/h", "degC/h", 5],
    [1, "h^-1", "1/min", 1 / 60],
  ])("%d %s = %s %d", (value, from, to, expected) => {
    expect(unitsAgree(unit(from), unit(to))).toBe(true);
    expect(convertUnit(value, unit(from), unit(to))).toBeCloseTo(expected, 12);
  });

  it.each([
    ["ug/m3", "ppb"],
    ["km/h", "km"],
    ["veh/h", "ped/h"],
    ["dB", "1"],
  ])("%s and %s do not agree", (a, b) => expect(unitsAgree(unit(a), unit(b))).toBe(false));

  it("tells what it cannot read", () => {
    expect(parseUnit("kmm/h")).toContain("unknown unit kmm");
    expect(parseUnit("in")).toContain("unknown unit in");
    expect(parseUnit("km//h")).toContain("cannot read the unit");
  });
});

describe("Duration", () => {
  const steps = (text: string, stepMs: number): unknown => {
    const place = { source: "", line: 1, column: 1, endLine: 1, endColumn: 1 };
    return durationSteps({ kind: "duration", parts: durationParts(text), place }, stepMs);
  };

  it.each([
    ["1h30min", 300_000, 18],
    ["0.1s", 100, 1],
    ["0.3s", 100, 3],
    ["1.5h", 60_000, 90],
    ["2d", 3_600_000, 48],
    ["250us", 0.25, 1],
    ["7ns", 0.000001, 7],
    ["0s", 5, 0],
  ])("%s at a step of %d ms is %d steps, without rounding", (text, stepMs, expected) => {
    expect(steps(text, stepMs)).toEqual({ steps: expected });
  });

  it("names the neighbours of a duration that is no multiple", () => {
    expect(steps("12min", 300_000)).toEqual({ below: "10min", above: "15min", period: "5min", exact: 2.4 });
    expect(steps("1s", 300_000)).toMatchObject({ below: "0s", above: "5min" });
  });

  it.each([
    [5_400_000, "1h30min"],
    [90_061_001, "1d1h1min1s1ms"],
    [-300_000, "-5min"],
    [0, "0s"],
    [0.5, "0.5ms"],
  ])("%d ms is written %s", (ms, text) => expect(formatDuration(ms)).toBe(text));
});

describe("nearestName", () => {
  it.each([
    ["sped", ["flow", "speed"], "speed"],
    ["spede", ["speed", "spade"], "speed"],
    ["no2", ["NO2", "pm25"], "NO2"],
    ["xyz", ["speed"], undefined],
    ["a", [], undefined],
  ])("%s of %j is %s", (name, candidates, expected) => expect(nearestName(name, candidates)).toBe(expected));
});

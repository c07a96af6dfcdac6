import { describe, expect, it } from "vitest";
import { detectLayout, type LayoutNames } from "../../../src/ingest/trace/detectLayout.ts";

const names: LayoutNames = {
  signals: ["speed", "flow"],
  units: new Map([
    ["speed", "km/h"],
    ["flow", "veh/h"],
  ]),
  sensors: [],
  onlySensor: "",
};

const found = (columns: readonly string[], own: Partial<LayoutNames> = {}) => {
  const detected = detectLayout(columns, { ...names, ...own });
  if ("fault" in detected) return detected.fault;
  const { kind, sensor, sensors, signal, signals, time, unread, values } = detected.layout;
  return {
    kind,
    time,
    sensor,
    signal,
    values: values.map((value) => [
      columns[value.column],
      value.signal < 0 ? "*" : signals[value.signal]!.name,
      value.sensor < 0 ? "*" : sensors[value.sensor],
      ...(value.signal >= 0 && signals[value.signal]!.unit !== undefined
        ? [signals[value.signal]!.unit]
        : []),
    ]),
    unread,
  };
};

describe("detectLayout", () => {
  it.each([
    [
      "long",
      ["time", "sensor", "speed", "flow", "note"],
      [
        ["speed", "speed", "*"],
        ["flow", "flow", "*"],
      ],
      ["note"],
    ],
    ["long", ["speed", "Station", "Timestamp"], [["speed", "speed", "*"]], []],
    ["tall", ["date", "detector", "variable", "value"], [["value", "*", "*"]], []],
    [
      "wide",
      ["time", "speed", "flow"],
      [
        ["speed", "speed", ""],
        ["flow", "flow", ""],
      ],
      [],
    ],
    [
      "wide",
      ["time", "a.speed", "b.speed"],
      [
        ["a.speed", "speed", "a"],
        ["b.speed", "speed", "b"],
      ],
      [],
    ],
    [
      "wide",
      ["time", "speed.a", "st.1.flow"],
      [
        ["speed.a", "speed", "a"],
        ["st.1.flow", "flow", "st.1"],
      ],
      [],
    ],
    [
      "wide",
      ["time", "speed[m]", "speed[h]"],
      [
        ["speed[m]", "speed", "m"],
        ["speed[h]", "speed", "h"],
      ],
      [],
    ],
    [
      "wide",
      ["speed (mph)", "flow [veh/h]"],
      [
        ["speed (mph)", "speed", "", "mph"],
        ["flow [veh/h]", "flow", "", "veh/h"],
      ],
      [],
    ],
    ["wide", ["time", "speed[a] [mph]"], [["speed[a] [mph]", "speed", "a", "mph"]], []],
    ["wide", ["time", "speed[main road]"], [["speed[main road]", "speed", "main road"]], []],
  ] as const)("reads a %s header %j", (kind, columns, values, unread) => {
    expect(found(columns)).toMatchObject({ kind, values, unread });
  });

  it("takes other columns for sensors where the rules read one signal", () => {
    const one = { signals: ["speed"] };
    expect(found(["time", "d1", "d2"], one)).toMatchObject({
      values: [
        ["d1", "speed", "d1"],
        ["d2", "speed", "d2"],
      ],
    });
    expect(found(["time", "d1", "d2", "note"], { ...one, sensors: ["d1", "d2"] })).toMatchObject({
      unread: ["note"],
    });
  });

  it("takes a column without a name for no sensor", () => {
    expect(found(["", "time", "d1", "d2"], { signals: ["speed"] })).toMatchObject({
      values: [
        ["d1", "speed", "d1"],
        ["d2", "speed", "d2"],
      ],
      unread: [""],
    });
  });

  it("does not take a slip or another quantity for a sensor", () => {
    expect(found(["time", "sped"], { signals: ["speed"] })).toMatch(/is "sped" speed\?/);
    expect(found(["time", "occupancy"], { signals: ["speed"] })).toMatch(/the file has occupancy/);
    expect(found(["time", "d1"], { signals: ["speed"], sensors: ["d1"] })).toMatchObject({
      values: [["d1", "speed", "d1"]],
    });
  });

  it("lets a signal be named as a column of time or of sensors commonly is", () => {
    expect(found(["timestamp", "time", "id"], { signals: ["time", "id"] })).toMatchObject({
      time: 0,
      sensor: undefined,
      values: [
        ["time", "time", ""],
        ["id", "id", ""],
      ],
    });
  });

  it.each([
    [["time", "speed", "speed"], /"speed" stands here twice/],
    [["time", "speed[a]", "a.speed"], /is a second column of speed/],
    [["time", "speed", "speed[a]"], /"speed" names no sensor, others do/],
    [["time", "speed[a] (mph)", "speed[b] (km/h)"], /differ in their unit/],
    [["sensor", "speed"], /no column is the time/],
    [["date", "time", "speed"], /"date" and "time" could each be the time/],
    [["time"], /the file has no other column/],
    [["", "speed"], /the first column has no name; call it time/],
  ] as const)("refuses %j", (columns, message) => {
    expect(found(columns)).toMatch(message);
  });

  it("takes the column of time that it is told", () => {
    expect(found(["date", "time", "speed"], { timeColumn: "time" })).toMatchObject({
      time: 1,
      unread: ["date"],
    });
    expect(found(["when", "speed"], { timeColumn: "whn" })).toMatch(/no column "whn".*did you mean when\?/);
  });
});

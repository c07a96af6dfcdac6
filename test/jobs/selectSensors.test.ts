import { describe, expect, it } from "vitest";
import { selectSensors } from "../../src/jobs/selectSensors.ts";
import type { Panel } from "../../src/series/Panel.ts";

const panel: Panel = {
  name: "test",
  zone: "UTC",
  startMs: 0,
  stepMs: 60_000,
  steps: 2,
  sensors: ["a", "b", "c"],
  channels: [
    { name: "flow", unit: "1" },
    { name: "speed", unit: "1" },
  ],
  values: Float64Array.of(1, 2, 11, 12, 21, 22, 101, 102, 111, 112, 121, 122),
  positions: [{ latitude: 0, longitude: 0 }, undefined, { latitude: 2, longitude: 2 }],
  tags: { north: ["a", "c"], south: ["b"] },
};

describe("selectSensors", () => {
  it("keeps readings, positions and tags of the chosen sensors, in the order asked for", () => {
    expect(selectSensors(panel, [2, 1])).toEqual({
      ...panel,
      sensors: ["c", "b"],
      values: Float64Array.of(21, 22, 11, 12, 121, 122, 111, 112),
      positions: [{ latitude: 2, longitude: 2 }, undefined],
      tags: { north: ["c"], south: ["b"] },
    });
  });
});

import * as NodeFileSystem from "@effect/platform-node-shared/NodeFileSystem";
import { Effect, Layer } from "effect";
import { describe, expect, it } from "vitest";
import { DataPlace } from "../../src/ingest/DataPlace.ts";
import { loadPanel } from "../../src/ingest/loadPanel.ts";
import { readCard } from "../../src/ingest/readCard.ts";
import { seriesOf } from "../../src/series/Panel.ts";

const absent = (process.env["ORDINANCE_DATA"] ?? "") === "";
if (absent) console.log("skipped: real data sets are read only where ORDINANCE_DATA names their folder");

const load = (name: string) =>
  Effect.runPromise(
    readCard(name).pipe(
      Effect.flatMap((card) => loadPanel({ card })),
      Effect.provide(Layer.mergeAll(NodeFileSystem.layer, DataPlace.layer)),
    ),
  );

/** Readings and their mean of each channel, in the order of the card. */
const figures = async (name: string) => {
  const { panel } = await load(name);
  return panel.channels.map((channel, index) => {
    let count = 0;
    let sum = 0;
    for (let sensor = 0; sensor < panel.sensors.length; sensor++) {
      for (const value of seriesOf(panel, index, sensor)) {
        if (!Number.isNaN(value)) {
          count++;
          sum += value;
        }
      }
    }
    return [channel.name, count, Number((sum / count).toPrecision(10))];
  });
};

// Counted by the csv module of Python.
describe("real data sets", () => {
  it("the embedded sample is whole", async () => {
    const { panel, report } = await load("arterial");
    expect([panel.sensors.length, panel.steps, panel.zone]).toEqual([24, 8064, "Europe/Berlin"]);
    expect(report.files.every((file) => file.pinned)).toBe(true);
    expect(report.deadSensors).toEqual([]);
  });

  it.skipIf(absent)("beijing-air", async () => {
    expect(await figures("beijing-air")).toEqual([
      ["pm25", 412029, 79.79342813],
      ["pm10", 414319, 104.6026175],
      ["so2", 411747, 15.8308347],
      ["no2", 408652, 50.63858559],
      ["co", 400067, 1230.766454],
      ["o3", 407491, 57.37227128],
      ["temperature", 420370, 13.53897583],
      ["dew_point", 420365, 2.490822024],
      ["pressure", 420375, 1010.746982],
      ["rain", 420378, 0.06447578132],
      ["wind_direction", 418946, 157.4647687],
      ["wind", 420450, 1.729710548],
    ]);
  });

  it.skipIf(absent)("melbourne-pedestrians, without the two hours that do not exist", async () => {
    expect(await figures("melbourne-pedestrians")).toEqual([["pedestrians", 870577, 275.7256831]]);
  });

  it.skipIf(absent)("los-loop", async () => {
    expect(await figures("los-loop")).toEqual([["speed", 417312, 58.89144251]]);
  });
});

import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { beforeAll, describe, expect, it } from "vitest";
import { ARTERIAL_SAMPLE } from "../../../src/series/arterial/arterialSample.ts";
import { panelToCsv } from "../../../src/series/arterial/panelToCsv.ts";
import { simulateArterial } from "../../../src/series/arterial/simulateArterial.ts";
import { localClock, type LocalClock } from "../../../src/series/LocalClock.ts";
import { channelIndex, seriesOf, type Panel } from "../../../src/series/Panel.ts";

const FILE = new URL("../../../datasets/arterial/arterial.csv.gz", import.meta.url);
const sha256 = (bytes: string | Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

describe("the embedded sample", () => {
  let panel: Panel;
  let clock: LocalClock;
  const channel = (name: string): Float64Array[] =>
    panel.sensors.map((_, sensor) => seriesOf(panel, channelIndex(panel, name), sensor));
  /** Mean of the present readings at the steps that are wanted. */
  const mean = (name: string, wanted: (step: number) => boolean): number => {
    let total = 0;
    let count = 0;
    for (const series of channel(name)) {
      for (const [step, value] of series.entries()) {
        if (Number.isNaN(value) || !wanted(step)) continue;
        total += value;
        count++;
      }
    }
    return total / count;
  };
  const isWorkday = (step: number): boolean => clock.weekday[step]! <= 5;
  const isWithin = (step: number, fromHour: number, toHour: number): boolean =>
    clock.minuteOfDay[step]! >= fromHour * 60 && clock.minuteOfDay[step]! < toHour * 60;
  const isPeak = (step: number): boolean => isWorkday(step) && isWithin(step, 7, 9);

  beforeAll(() => {
    [panel] = [...simulateArterial(ARTERIAL_SAMPLE)] as [Panel];
    clock = localClock(panel.zone, panel.startMs, panel.stepMs, panel.steps);
  });

  it("is rebuilt byte for byte, and stays under 2 MB", () => {
    const packed = readFileSync(FILE);
    expect(packed.length).toBeLessThan(2_000_000);
    expect(sha256(panelToCsv(panel))).toBe(sha256(gunzipSync(packed)));
  });

  it("has 24 detectors and four weeks of 5 min", () => {
    expect([panel.sensors.length, panel.steps, panel.stepMs]).toEqual([24, 28 * 288, 300_000]);
    expect(panel.channels.map((c) => `${c.name} ${c.unit}`)).toEqual([
      "speed km/h",
      "flow 1/h",
      "occupancy %",
      "no2 ug/m3",
      "wind m/s",
    ]);
  });

  it("keeps the limits that the devices have", () => {
    const ranges: [string, number, number, number][] = [
      ["speed", 0, 90, 2],
      ["flow", 0, 3612, 1 / 12],
      ["occupancy", 0, 100, 2],
      ["no2", 0, 200, 2],
      ["wind", 0, 12, 10],
    ];
    for (const [name, low, high, parts] of ranges) {
      for (const series of channel(name)) {
        const present = series.filter((value) => !Number.isNaN(value));
        expect(present.every((value) => value >= low && value <= high)).toBe(true);
        expect(present.every((value) => Math.abs(value * parts - Math.round(value * parts)) < 1e-9)).toBe(
          true,
        );
      }
    }
  });

  it("misses between 1 and 3 % of each channel", () => {
    for (const { name } of panel.channels) {
      const missing = channel(name).reduce((n, series) => n + series.filter(Number.isNaN).length, 0);
      const share = missing / (panel.sensors.length * panel.steps);
      expect(share).toBeGreaterThan(0.01);
      expect(share).toBeLessThan(0.03);
    }
  });

  it("has rush hours on working days, and quiet nights", () => {
    const morning = mean("speed", (step) => isWorkday(step) && isWithin(step, 7.5, 8.5));
    const noon = mean("speed", (step) => isWorkday(step) && isWithin(step, 11, 13));
    const weekend = mean("speed", (step) => !isWorkday(step) && isWithin(step, 7.5, 8.5));
    expect(noon - morning).toBeGreaterThan(5);
    expect(weekend - morning).toBeGreaterThan(5);
    const evening = mean("flow", (step) => isWorkday(step) && isWithin(step, 16.5, 17.5));
    const peak = mean("flow", (step) => isWorkday(step) && isWithin(step, 7.5, 8.5));
    const night = mean("flow", (step) => isWithin(step, 1, 3));
    expect(peak).toBeGreaterThan(evening);
    expect(evening).toBeGreaterThan(1.3 * mean("flow", (step) => isWorkday(step) && isWithin(step, 11, 13)));
    expect(night).toBeLessThan(peak / 8);
  });

  it("has NO2 that follows traffic and falls with wind", () => {
    const wind = channel("wind");
    const windAt = (step: number): number => wind.find((series) => !Number.isNaN(series[step]!))![step]!;
    const calm = mean("no2", (step) => isPeak(step) && windAt(step) < 2);
    const windy = mean("no2", (step) => isPeak(step) && windAt(step) > 4);
    expect(calm).toBeGreaterThan(1.5 * windy);
    expect(mean("no2", isPeak)).toBeGreaterThan(2 * mean("no2", (step) => isWithin(step, 1, 3)));
  });

  it("recovers from a jam within 50 min in 95 of 100 cases", () => {
    let jammed = 0;
    let recovered = 0;
    for (const series of channel("speed")) {
      for (let step = 0; step + 10 < panel.steps; step++) {
        if (!(series[step]! < 20)) continue;
        jammed++;
        if (series.subarray(step + 1, step + 11).some((speed) => speed > 25)) recovered++;
      }
    }
    expect(jammed).toBeGreaterThan(1000);
    expect(recovered / jammed).toBeGreaterThan(0.95);
  });
});

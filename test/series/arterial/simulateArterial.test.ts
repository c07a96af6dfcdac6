import { describe, expect, it } from "vitest";
import { simulateArterial, type ArterialOptions } from "../../../src/series/arterial/simulateArterial.ts";
import { simulateRoad } from "../../../src/series/arterial/simulateRoad.ts";
import { localClock } from "../../../src/series/LocalClock.ts";
import { channelIndex, seriesOf, type Panel } from "../../../src/series/Panel.ts";

const options: ArterialOptions = {
  seed: 3,
  detectorsPerRoad: 10,
  days: 1,
  startMs: Date.UTC(2025, 8, 1),
  zone: "Europe/Berlin",
};
const first = (changed: Partial<ArterialOptions>): Panel =>
  simulateArterial({ ...options, ...changed }).next().value!;

describe("simulateArterial", () => {
  it("gives the same bits from the same seed, and others from another", () => {
    expect(first({}).values).toEqual(first({}).values);
    expect(first({}).values).not.toEqual(first({ seed: 4 }).values);
  });

  it("yields road after road, each the same however many follow", () => {
    const three = [...simulateArterial({ ...options, roads: 3 })];
    const two = [...simulateArterial({ ...options, roads: 2 })];
    expect(three.map((panel) => panel.sensors[0])).toEqual(["r1a01", "r2a01", "r3a01"]);
    expect(three.slice(0, 2).map((panel) => panel.values)).toEqual(two.map((panel) => panel.values));
    expect(three[0]!.values).toEqual(first({}).values);
    expect(three[0]!.values).not.toEqual(three[1]!.values);
  });

  it("draws the next road only when it is asked for", () => {
    const roads = simulateArterial({ ...options, roads: 1_000_000 });
    expect(roads.next().value?.sensors.length).toBe(10);
  });

  it("takes odd and single numbers of detectors", () => {
    for (const detectorsPerRoad of [1, 3]) {
      const panel = first({ detectorsPerRoad });
      expect(panel.values.length).toBe(5 * detectorsPerRoad * 288);
      expect(panel.positions?.length).toBe(detectorsPerRoad);
    }
  });

  it("refuses what is not a count, and says what to give", () => {
    expect(() => first({ roads: 0 })).toThrow("roads 0: give an integer in 1..1000000");
    expect(() => first({ detectorsPerRoad: 2.5 })).toThrow(/detectorsPerRoad 2.5/);
    expect(() => first({ days: -1 })).toThrow(/days -1/);
    expect(() => first({ seed: Number.NaN })).toThrow(/seed NaN/);
  });

  it("places detectors along one line, 100 to 600 m apart", () => {
    const positions = first({ detectorsPerRoad: 24 }).positions!;
    for (let k = 1; k < positions.length; k++) {
      const [from, to] = [positions[k - 1]!, positions[k]!];
      const radians = Math.PI / 180;
      const north = (to.latitude - from.latitude) * radians * 6_371_000;
      const east = (to.longitude - from.longitude) * radians * 6_371_000 * Math.cos(from.latitude * radians);
      expect(Math.hypot(north, east)).toBeGreaterThan(100);
      expect(Math.hypot(north, east)).toBeLessThan(600);
      expect(east).toBeGreaterThan(0);
    }
  });
});

describe("simulateRoad", () => {
  const startMs = Date.UTC(2025, 8, 1);
  const record = simulateRoad({
    seed: 11,
    road: 0,
    detectors: 24,
    detectorPrefix: "a",
    zone: "Europe/Berlin",
    startMs,
    clock: localClock("Europe/Berlin", startMs, 300_000, 288 * 14),
  });
  const { panel, faults, incidents } = record;

  it("misses what a gap covers, and no more than gaps and empty intervals cover", () => {
    const covered = new Uint8Array(panel.sensors.length * panel.steps);
    for (const fault of faults) {
      if (fault.kind === "stuck") continue;
      const name = fault.kind === "air" ? "no2" : "speed";
      const series = seriesOf(panel, channelIndex(panel, name), fault.detector);
      expect(series.subarray(fault.from, fault.from + fault.steps).every(Number.isNaN)).toBe(true);
      if (fault.kind === "air") continue;
      const start = fault.detector * panel.steps;
      covered.fill(1, start + fault.from, start + Math.min(panel.steps, fault.from + fault.steps));
    }
    for (const sensor of panel.sensors.keys()) {
      const flow = seriesOf(panel, channelIndex(panel, "flow"), sensor);
      const isMissing = Array.from(flow, (value) => (Number.isNaN(value) ? 1 : 0));
      expect(isMissing).toEqual(
        Array.from(covered.subarray(sensor * panel.steps, (sensor + 1) * panel.steps)),
      );
    }
  });

  it("holds a stuck speed at its first value", () => {
    const stuck = faults.filter((fault) => fault.kind === "stuck");
    expect(stuck.length).toBeGreaterThan(0);
    for (const fault of stuck) {
      const speed = seriesOf(panel, channelIndex(panel, "speed"), fault.detector);
      const reported = speed.subarray(fault.from, fault.from + fault.steps);
      expect(new Set(reported.filter((value) => !Number.isNaN(value))).size).toBeLessThanOrEqual(1);
    }
  });

  it("draws incidents of 15 to 60 min on the road", () => {
    expect(incidents.length).toBeGreaterThan(2);
    for (const incident of incidents) {
      expect(incident.steps).toBeGreaterThanOrEqual(3);
      expect(incident.steps).toBeLessThanOrEqual(12);
      expect(incident.cell).toBeLessThan(record.plan.linkStart.at(-1)!);
      expect(incident.capacityShare).toBeGreaterThan(0);
      expect(incident.capacityShare).toBeLessThan(1);
    }
  });
});

import { seriesOf, type Channel, type Panel } from "../Panel.ts";
import type { Random } from "../random.ts";
import type { CellTransmission } from "./CellTransmission.ts";
import type { Fault } from "./faults.ts";
import { STEP_SECONDS, type RoadPlan } from "./RoadPlan.ts";

/** What each detector reports, in the order of a panel's channels. */
export const ARTERIAL_CHANNELS: readonly Channel[] = [
  { name: "speed", unit: "km/h" },
  { name: "flow", unit: "1/h" },
  { name: "occupancy", unit: "%" },
  { name: "no2", unit: "ug/m3" },
  { name: "wind", unit: "m/s" },
];
const SPEED = 0;
const FLOW = 1;
const OCCUPANCY = 2;
const NO2 = 3;
const WIND = 4;

const INTERVALS_PER_HOUR = 12;
const KMH_PER_METRE_SECOND = 3.6;
const FASTEST_REPORT_KMH = 90;
/** Length of a vehicle and of the loop that it covers, in metres. */
const COVERED_METRES = 6.5;
const TENTHS = 10;
const HALVES = 2;

/** How far one vehicle's speed is from the mean of its 5 min: wider in free traffic. */
const SPREAD_JAMMED_KMH = 2;
const SPREAD_FREE_KMH = 5;
const FREE_KMH = 60;

const clamp = (value: number, low: number, high: number): number => Math.min(high, Math.max(low, value));
const roundTo = (value: number, parts: number): number => Math.round(value * parts) / parts;

/** Turns the traffic of the cells into what devices would have reported, and applies their faults. */
export class DetectorReadings {
  /** Length channels x detectors x steps, time fastest; NaN where missing. */
  readonly values: Float64Array;
  /** Flow of the last interval at each detector, in vehicles a second, before any rounding. */
  readonly vehPerSecond: Float64Array;
  /** Mean speed of the last interval at each detector, in km/h, before any noise; NaN where none passed. */
  readonly speedKmh: Float64Array;

  private readonly random: Random;
  private readonly plan: RoadPlan;
  private readonly steps: number;
  private readonly crossedBefore: Float64Array;
  private readonly exposureBefore: Float64Array;
  private readonly calibration: Float64Array;

  constructor(random: Random, plan: RoadPlan, steps: number) {
    const detectors = plan.detectorCell.length;
    this.random = random;
    this.plan = plan;
    this.steps = steps;
    this.values = new Float64Array(ARTERIAL_CHANNELS.length * detectors * steps);
    this.vehPerSecond = new Float64Array(detectors);
    this.speedKmh = new Float64Array(detectors);
    this.crossedBefore = new Float64Array(detectors);
    this.exposureBefore = new Float64Array(detectors);
    this.calibration = Float64Array.from({ length: detectors }, () => 1 + 0.02 * random.normal());
  }

  /** Reads the traffic of the interval that `traffic` has just finished; `step` < 0 reports nothing. */
  readTraffic(step: number, traffic: CellTransmission, intervalSeconds: number): void {
    const { plan, random, steps, values } = this;
    const detectors = plan.detectorCell.length;
    const modelSteps = intervalSeconds / STEP_SECONDS;
    for (let detector = 0; detector < detectors; detector++) {
      const cell = plan.detectorCell[detector]!;
      const crossed = traffic.crossed[cell]!;
      const exposure = traffic.exposure[cell]!;
      const vehicles = crossed - this.crossedBefore[detector]!;
      const present = (exposure - this.exposureBefore[detector]!) / modelSteps;
      // A loop counts whole vehicles; what is left of one counts in the next interval.
      const count = Math.floor(crossed) - Math.floor(this.crossedBefore[detector]!);
      this.crossedBefore[detector] = crossed;
      this.exposureBefore[detector] = exposure;
      // Edie's generalised definition: distance driven over time spent in the cell.
      const speed = ((vehicles / intervalSeconds) * plan.cellMetres * KMH_PER_METRE_SECOND) / present;
      this.vehPerSecond[detector] = vehicles / intervalSeconds;
      this.speedKmh[detector] = speed;
      if (step < 0) continue;
      const spread = SPREAD_JAMMED_KMH + SPREAD_FREE_KMH * (speed / FREE_KMH);
      const reported = this.calibration[detector]! * speed + (spread * random.normal()) / Math.sqrt(count);
      const perLane = present / plan.lanes / plan.cellMetres;
      const occupancy = 100 * COVERED_METRES * perLane * (1 + 0.04 * random.normal());
      const at = (channel: number): number => (channel * detectors + detector) * steps + step;
      // Without a vehicle there is no speed to report.
      values[at(SPEED)] = count === 0 ? Number.NaN : roundTo(clamp(reported, 0, FASTEST_REPORT_KMH), HALVES);
      values[at(FLOW)] = count * INTERVALS_PER_HOUR;
      values[at(OCCUPANCY)] = roundTo(clamp(occupancy, 0, 100), HALVES);
    }
  }

  /** Reads the air of the interval at `step`. */
  readAir(step: number, no2: Float64Array, wind: number): void {
    const { random, steps, values } = this;
    const detectors = no2.length;
    for (let detector = 0; detector < detectors; detector++) {
      const at = (channel: number): number => (channel * detectors + detector) * steps + step;
      const level = no2[detector]!;
      values[at(NO2)] = roundTo(
        Math.max(0, level * (1 + 0.03 * random.normal()) + 0.6 * random.normal()),
        HALVES,
      );
      values[at(WIND)] = roundTo(Math.max(0, wind + 0.05 * random.normal()), TENTHS);
    }
  }
}

/** Applies faults to the values of a panel, in place: stuck speeds first, then what is missing. */
export const applyFaults = (panel: Panel, faults: readonly Fault[]): void => {
  const each = (fault: Fault, channels: readonly number[], value: (series: Float64Array) => number): void => {
    for (const channel of channels) {
      const series = seriesOf(panel, channel, fault.detector);
      series.fill(value(series), fault.from, Math.min(panel.steps, fault.from + fault.steps));
    }
  };
  const missing = {
    traffic: [SPEED, FLOW, OCCUPANCY],
    air: [NO2, WIND],
    all: [SPEED, FLOW, OCCUPANCY, NO2, WIND],
  };
  for (const fault of faults) {
    if (fault.kind === "stuck") each(fault, [SPEED], (series) => series[fault.from]!);
  }
  for (const fault of faults) {
    if (fault.kind !== "stuck") each(fault, missing[fault.kind], () => Number.NaN);
  }
};

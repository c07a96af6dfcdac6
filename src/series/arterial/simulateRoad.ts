import type { LocalClock } from "../LocalClock.ts";
import type { Panel } from "../Panel.ts";
import { random } from "../random.ts";
import { CellTransmission } from "./CellTransmission.ts";
import { Demand } from "./Demand.ts";
import { applyFaults, ARTERIAL_CHANNELS, DetectorReadings } from "./DetectorReadings.ts";
import { drawFaults, type Fault } from "./faults.ts";
import { drawIncidents, type Incident } from "./incidents.ts";
import { RoadsideAir } from "./RoadsideAir.ts";
import { QueueControl } from "./QueueControl.ts";
import { detectorPositions, drawRoadPlan, STEP_SECONDS, type RoadPlan } from "./RoadPlan.ts";
import { Weather } from "./Weather.ts";

/** One simulated road: what its detectors report, and the truth that they do not. */
export interface RoadRecord {
  readonly panel: Panel;
  readonly plan: RoadPlan;
  readonly incidents: readonly Incident[];
  readonly faults: readonly Fault[];
}

export interface RoadOptions {
  readonly seed: number;
  /** Number of the road: roads of one seed are independent. */
  readonly road: number;
  readonly detectors: number;
  /** Names of the detectors are this and their number, from 01. */
  readonly detectorPrefix: string;
  readonly zone: string;
  readonly startMs: number;
  /** The clock of the zone at each step of 5 min; its length is the number of steps. */
  readonly clock: LocalClock;
}

/** Distance between two readings. */
export const INTERVAL_MS = 300_000;
const INTERVAL_SECONDS = INTERVAL_MS / 1000;
const MODEL_STEPS = INTERVAL_SECONDS / STEP_SECONDS;
/** Intervals that fill the empty road and the town's air before the first reading. */
const WARM_UP_INTERVALS = 24;
/** Random streams a road: each part has its own, so that a change of one leaves the others as they were. */
const STREAMS_PER_ROAD = 8;

/** 0 in free traffic .. 1 at a standstill. */
const slowness = (speedKmh: number, plan: RoadPlan): number => {
  const freeKmh = (plan.cellMetres / STEP_SECONDS) * 3.6;
  return Number.isNaN(speedKmh) ? 0 : Math.max(0, 1 - speedKmh / freeKmh);
};

/** Simulates one road and its detectors; the same options give the same values to the last bit. */
export const simulateRoad = (options: RoadOptions): RoadRecord => {
  const { clock, detectors, road } = options;
  const stream = (part: number) => random(options.seed, road * STREAMS_PER_ROAD + part);
  const plan = drawRoadPlan(stream(0), detectors);
  const cells = plan.linkStart.at(-1)!;
  const steps = clock.minuteOfDay.length;
  const incidents = drawIncidents(stream(1), cells, (cells * plan.cellMetres) / 1000, clock);
  const faults = drawFaults(stream(2), detectors, steps);
  const weather = new Weather(stream(3));
  const demand = new Demand(stream(4), plan);
  const air = new RoadsideAir(stream(5), detectors);
  const readings = new DetectorReadings(stream(6), plan, steps);
  const traffic = new CellTransmission(plan);
  const control = new QueueControl(plan);
  const capacityShare = new Float64Array(cells);
  const active: Incident[] = [];
  let nextIncident = 0;
  for (let step = -WARM_UP_INTERVALS; step < steps; step++) {
    const at = Math.max(0, step);
    const minute = clock.minuteOfDay[at]!;
    const weekday = clock.weekday[at]!;
    weather.advance(minute);
    demand.advance(minute, weekday, clock.dayNumber[at]!);
    capacityShare.fill(weather.capacityShare);
    while (incidents[nextIncident]?.from === step) active.push(incidents[nextIncident++]!);
    for (let k = active.length - 1; k >= 0; k--) {
      const incident = active[k]!;
      if (step >= incident.from + incident.steps) active.splice(k, 1);
      else capacityShare[incident.cell] = Math.min(capacityShare[incident.cell]!, incident.capacityShare);
    }
    traffic.setCapacity(capacityShare);
    traffic.advance(
      MODEL_STEPS,
      demand.entryArrivals,
      demand.sideArrivals,
      control.greenSteps,
      weather.speedShare,
    );
    readings.readTraffic(step, traffic, INTERVAL_SECONDS);
    control.advance(readings.speedKmh);
    air.advanceTown(minute, weekday, weather);
    for (let detector = 0; detector < detectors; detector++) {
      const slow = slowness(readings.speedKmh[detector]!, plan);
      air.advanceKerb(detector, readings.vehPerSecond[detector]!, slow, weather.wind);
    }
    if (step >= 0) readings.readAir(step, air.no2, weather.wind);
  }
  const panel: Panel = {
    name: "arterial",
    zone: options.zone,
    startMs: options.startMs,
    stepMs: INTERVAL_MS,
    steps,
    sensors: Array.from(
      { length: detectors },
      (_, k) => options.detectorPrefix + String(k + 1).padStart(2, "0"),
    ),
    channels: ARTERIAL_CHANNELS,
    values: readings.values,
    positions: detectorPositions(plan, road),
  };
  applyFaults(panel, faults);
  return { panel, plan, incidents, faults };
};

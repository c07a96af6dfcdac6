import type { Random } from "../random.ts";
import type { Position } from "../Panel.ts";
import { laneCapacity, URBAN_ARTERIAL } from "./FundamentalDiagram.ts";

/** Seconds that one step of the traffic model covers. */
export const STEP_SECONDS = 5;

/** One signal at the end of each link; its plan is fixed. */
export interface SignalPlan {
  readonly cycleSteps: number;
  /** Steps of green a cycle for the road, per link. */
  readonly greenSteps: Int32Array;
  /** Step of the cycle at which green starts, per link. */
  readonly offsetSteps: Int32Array;
}

/** One carriageway: links of equal cells, a signal and a side street at the end of each link. */
export interface RoadPlan {
  readonly lanes: number;
  readonly cellMetres: number;
  /** First cell of each link, and the number of cells as last entry. */
  readonly linkStart: Int32Array;
  /** Cells that free traffic passes a step, per link; at most 1 (Courant, Friedrichs, Lewy). */
  readonly freeRatio: Float64Array;
  /** Cells that a jam's wave passes a step. */
  readonly waveRatio: number;
  /** Vehicles that fill a cell. */
  readonly cellStorage: number;
  /** Vehicles that an open cell boundary passes a step. */
  readonly cellCapacity: number;
  readonly signals: SignalPlan;
  /** Share of the traffic at each stop line that turns off the road; the last is 1 (the end). */
  readonly turnShare: Float64Array;
  /** Traffic from the side street at each stop line, in shares of the traffic at the road's entry. */
  readonly sideShare: Float64Array;
  /** Cell of each detector, in driving order. */
  readonly detectorCell: Int32Array;
}

const LANES = 2;
const CYCLE_STEPS = 15;
const SHORTEST_LINK_CELLS = 5;
const LINK_CELL_CHOICES = 3;
const KMH_PER_METRE_SECOND = 3.6;
/** 2^-24: multiples of it are added without rounding, see CellTransmission. */
const VEHICLE_QUANTUM = 1 / 16777216;

/** Green of an ordinary and of a narrow signal, in steps of the cycle's 15. */
const WIDE_GREEN_STEPS = 9;
const NARROW_GREEN_STEPS = 7;
/** Every so many links one signal is narrow, because a large road crosses there. */
const NARROW_SIGNAL_PERIOD = 5;

const quantise = (vehicles: number): number => Math.round(vehicles / VEHICLE_QUANTUM) * VEHICLE_QUANTUM;

/**
 * Draws a road with the wanted number of detectors: two a link, one after the last stop line and one before
 * the next. Cells are as long as free traffic drives in a step (83 m), links have 5 to 7 cells.
 */
export const drawRoadPlan = (random: Random, detectors: number): RoadPlan => {
  const diagram = URBAN_ARTERIAL;
  const links = Math.ceil(detectors / 2);
  const cellMetres = (diagram.freeSpeedKmh / KMH_PER_METRE_SECOND) * STEP_SECONDS;
  const linkStart = new Int32Array(links + 1);
  const freeRatio = new Float64Array(links);
  const greenSteps = new Int32Array(links);
  const offsetSteps = new Int32Array(links);
  const turnShare = new Float64Array(links);
  const sideShare = new Float64Array(links);
  const detectorCell = new Int32Array(detectors);
  const narrowPhase = 2 + Math.floor(random.uniform() * 2);
  let travelSteps = 0;
  for (let link = 0; link < links; link++) {
    const cells = SHORTEST_LINK_CELLS + Math.floor(random.uniform() * LINK_CELL_CHOICES);
    const first = linkStart[link]!;
    linkStart[link + 1] = first + cells;
    freeRatio[link] = 0.86 + 0.14 * random.uniform();
    greenSteps[link] = link % NARROW_SIGNAL_PERIOD === narrowPhase ? NARROW_GREEN_STEPS : WIDE_GREEN_STEPS;
    travelSteps += cells / freeRatio[link]!;
    // A green wave, kept within two steps.
    offsetSteps[link] = Math.round(travelSteps + 2 * random.uniform()) % CYCLE_STEPS;
    turnShare[link] = link === links - 1 ? 1 : 0.08 + 0.08 * random.uniform();
    sideShare[link] = link === links - 1 ? 0 : 0.08 + 0.08 * random.uniform();
    detectorCell[2 * link] = first + 1;
    if (2 * link + 1 < detectors) detectorCell[2 * link + 1] = first + cells - 2;
  }
  const cellKm = cellMetres / 1000;
  return {
    lanes: LANES,
    cellMetres,
    linkStart,
    freeRatio,
    waveRatio: diagram.waveSpeedKmh / diagram.freeSpeedKmh,
    cellStorage: quantise(diagram.jamDensityVehPerKm * LANES * cellKm),
    cellCapacity: quantise((laneCapacity(diagram) * LANES * STEP_SECONDS) / 3600),
    signals: { cycleSteps: CYCLE_STEPS, greenSteps, offsetSteps },
    turnShare,
    sideShare,
    detectorCell,
  };
};

/** Where the first road starts: a made-up town, whose coordinates serve distances only. */
const START: Position = { latitude: 52.3, longitude: 12.9 };
const METRES_PER_DEGREE_LATITUDE = 111_200;
const METRES_PER_DEGREE_LONGITUDE = 68_000;
/** The road heads 0.8 east, 0.6 north. */
const EAST = 0.8;
const NORTH = 0.6;
const ROADS_A_COLUMN = 50;
const ROAD_SPACING_DEGREES = 0.02;
const COLUMN_SPACING_DEGREES = 0.2;

const roundDegrees = (degrees: number): number => Math.round(degrees * 1e5) / 1e5;

/** Where each detector of road number `road` stands; roads lie side by side on a made-up map. */
export const detectorPositions = (plan: RoadPlan, road: number): Position[] => {
  const latitude = START.latitude + (road % ROADS_A_COLUMN) * ROAD_SPACING_DEGREES;
  const longitude = START.longitude + Math.floor(road / ROADS_A_COLUMN) * COLUMN_SPACING_DEGREES;
  return Array.from(plan.detectorCell, (cell) => {
    const metres = (cell + 0.5) * plan.cellMetres;
    return {
      latitude: roundDegrees(latitude + (metres * NORTH) / METRES_PER_DEGREE_LATITUDE),
      longitude: roundDegrees(longitude + (metres * EAST) / METRES_PER_DEGREE_LONGITUDE),
    };
  });
};

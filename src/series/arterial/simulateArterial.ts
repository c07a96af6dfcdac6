import { localClock } from "../LocalClock.ts";
import type { Panel } from "../Panel.ts";
import { INTERVAL_MS, simulateRoad } from "./simulateRoad.ts";

export interface ArterialOptions {
  readonly seed: number;
  /** Independent roads; 1 unless given. */
  readonly roads?: number;
  readonly detectorsPerRoad: number;
  readonly days: number;
  /** Instant of the first reading, in milliseconds since 1970-01-01T00:00Z. */
  readonly startMs: number;
  /** IANA zone whose clock people drive by. */
  readonly zone: string;
}

const STEPS_PER_DAY = 86_400_000 / INTERVAL_MS;

const requireCount = (name: string, value: number, most: number): void => {
  if (!Number.isInteger(value) || value < 1 || value > most)
    throw new RangeError(`${name} ${value}: give an integer in 1..${most}`);
};

/**
 * Simulates signalised arterial roads and yields one panel a road, so that only one road is in memory.
 *
 * Channels: speed (km/h, 0..90), flow (vehicles an hour), occupancy (%, 0..100), no2 (ug/m3), wind (m/s), each
 * 5 min; NaN where a detector reported nothing. Only + - * / and square roots are used, so the same options
 * give the same values to the last bit on every conforming engine. Physics and limits: datasets/arterial/README.md.
 *
 * @throws RangeError where a count is not a positive integer, or the zone is unknown.
 *
 * @example
 * const options = { seed: 1, detectorsPerRoad: 24, days: 1, startMs: Date.UTC(2025, 8, 1), zone: "Europe/Berlin" };
 * const [panel] = simulateArterial(options);
 * [panel.sensors[0], panel.steps]; // => ["a01", 288]
 */
export function* simulateArterial(options: ArterialOptions): Generator<Panel, void, void> {
  const { seed, roads = 1, detectorsPerRoad, days, startMs, zone } = options;
  requireCount("roads", roads, 1_000_000);
  requireCount("detectorsPerRoad", detectorsPerRoad, 1000);
  requireCount("days", days, 3660);
  const clock = localClock(zone, startMs, INTERVAL_MS, days * STEPS_PER_DAY);
  for (let road = 0; road < roads; road++) {
    const detectorPrefix = roads === 1 ? "a" : `r${road + 1}a`;
    yield simulateRoad({ seed, road, detectors: detectorsPerRoad, detectorPrefix, zone, startMs, clock })
      .panel;
  }
}

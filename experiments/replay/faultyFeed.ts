import { random } from "../../src/series/random.ts";
import { type Panel, seriesOf } from "../../src/series/Panel.ts";

/** A reading on its way. */
export interface SentReading {
  readonly sentMs: number;
  readonly instantMs: number;
  readonly sensor: string;
  readonly value: number;
}

/** What a receiver can see by the order of arrival alone. */
export interface ArrivalFaults {
  /** Sent twice. */
  readonly repeated: number;
  /** Sent after a later one of the same sensor. */
  readonly outOfOrder: number;
  /** Sent for the first time more than `lateMs` after their instant, of values that can be. */
  readonly late: number;
  /** Values that cannot be. */
  readonly impossible: number;
}

export interface FaultyFeed {
  /** In the order in which they are sent. */
  readonly readings: readonly SentReading[];
  /** Falls silent for good in the middle of the recording. */
  readonly deadSensor: string;
}

const SHARES = {
  missing: 0.01,
  impossible: 0.0005,
  repeated: 0.01,
  disordered: 0.005,
  late: 0.0005,
} as const;
const IMPOSSIBLE = 999;
const MINUTE_MS = 60_000;
const OUTAGE_MS = 120 * MINUTE_MS;
const LATE_BY_MS = 480 * MINUTE_MS;

/**
 * A reading later than this is late: hours more than an outage and less than what is held back, because a receiver that
 * is busy for a second takes what came meanwhile for up to half an hour older.
 */
export const lateMs = 300 * MINUTE_MS;

/**
 * The readings of a panel's first channel as a bad line would bring them: some missing, some twice, some after later ones,
 * some hours late, some impossible, one sensor dead from the middle on, and for two hours nothing at all, after which what
 * was held back comes at once. What would be sent from `untilMs` on is not.
 */
export const faultyFeed = (panel: Panel, seed: number, untilMs: number): FaultyFeed => {
  const source = random(seed);
  const spanMs = panel.steps * panel.stepMs;
  const outageFrom = panel.startMs + Math.floor(0.7 * panel.steps) * panel.stepMs;
  const deadPlace = Math.floor(source.uniform() * panel.sensors.length);
  const deadFrom = panel.startMs + spanMs / 2;
  const readings: SentReading[] = [];
  for (let step = 0; step < panel.steps; step++) {
    const instantMs = panel.startMs + step * panel.stepMs;
    for (const [place, sensor] of panel.sensors.entries()) {
      const value = seriesOf(panel, 0, place)[step]!;
      const [drawn, kind] = [source.uniform(), source.uniform()];
      if (place === deadPlace && instantMs >= deadFrom) continue;
      if (Number.isNaN(value) || drawn < SHARES.missing) continue;
      const wrong = kind < SHARES.impossible;
      let sentMs = instantMs;
      let left = kind - SHARES.impossible;
      const falls = (share: number): boolean => {
        const isIn = left >= 0 && left < share;
        left -= share;
        return isIn;
      };
      const twice = falls(SHARES.repeated);
      if (falls(SHARES.disordered)) sentMs += 2.5 * panel.stepMs;
      if (falls(SHARES.late)) sentMs += LATE_BY_MS;
      if (sentMs >= outageFrom && sentMs < outageFrom + OUTAGE_MS) sentMs = outageFrom + OUTAGE_MS;
      const reading = { sentMs, instantMs, sensor, value: wrong ? IMPOSSIBLE : value };
      readings.push(reading);
      if (twice) readings.push({ ...reading, sentMs: sentMs + MINUTE_MS });
    }
  }
  const sent = readings.filter(({ sentMs }) => sentMs < untilMs).sort((a, b) => a.sentMs - b.sentMs);
  return {
    readings: sent,
    deadSensor: panel.sensors[deadPlace]!,
  };
};

/** The faults of readings in the order in which they are sent. */
export const arrivalFaults = (readings: readonly SentReading[]): ArrivalFaults => {
  const latest = new Map<string, number>();
  const seen = new Set<string>();
  let [repeated, outOfOrder, late, impossible] = [0, 0, 0, 0];
  for (const { instantMs, sensor, sentMs, value } of readings) {
    if (value === IMPOSSIBLE) {
      impossible++;
      continue;
    }
    const key = `${sensor} ${instantMs}`;
    if (seen.has(key)) {
      repeated++;
      continue;
    }
    seen.add(key);
    if (sentMs - instantMs > lateMs) late++;
    if (instantMs < (latest.get(sensor) ?? -Infinity)) outOfOrder++;
    else latest.set(sensor, instantMs);
  }
  return { repeated, outOfOrder, late, impossible };
};

import type { Readings } from "../series/features.ts";
import type { RuleChannel } from "./CompiledRule.ts";
import { READING_LIMIT, READING_ONE } from "./front/IntegerFrontEnd.ts";
import { integerReading } from "./front/IntegerReadings.ts";
import type { PastQuanta } from "./RuleSystem.ts";

/** Reads the past of one origin into quanta; the result is reused by the next call. */
export type PastReader = (readings: Readings, origin: number) => PastQuanta;

/**
 * Makes a reader of the `pastSteps` steps up to and including an origin, for the channels that rules read.
 *
 * A missing reading is the last one where that is at most `holdSteps` of its channel old. A reading between two quanta
 * is kept as both; one that is still missing, and one beyond 2^21 quanta, is unknown.
 */
export const createPastReader = (
  ruleChannels: readonly RuleChannel[],
  channelsOfPlan: readonly string[],
  sensors: number,
  pastSteps: number,
): PastReader => {
  const size = ruleChannels.length * sensors * pastSteps;
  const past: PastQuanta = {
    lower: new Int32Array(size),
    upper: new Int32Array(size),
    known: new Uint8Array(size),
  };
  const columns = ruleChannels.map(({ channel }) => channelsOfPlan.indexOf(channel));
  return (readings, origin) => {
    ruleChannels.forEach(({ holdSteps, quantum }, index) => {
      for (let sensor = 0; sensor < sensors; sensor++) {
        const series = (columns[index]! * sensors + sensor) * readings.steps;
        const row = (index * sensors + sensor) * pastSteps;
        const oldest = origin - pastSteps + 1;
        let held = lastReading(readings.values, series, oldest - 1, holdSteps);
        for (let step = 0; step < pastSteps; step++) {
          const at = oldest + step;
          if (at >= 0 && !Number.isNaN(readings.values[series + at]!)) held = at;
          const isHeld = held >= 0 && at - held <= holdSteps;
          const reading = integerReading(isHeld ? readings.values[series + held]! : Number.NaN, quantum);
          // What is missing is below the range too.
          const known = Math.abs(reading) <= READING_LIMIT;
          past.known[row + step] = known ? 1 : 0;
          past.lower[row + step] = known ? Math.floor(reading / READING_ONE) : 0;
          past.upper[row + step] = known ? Math.ceil(reading / READING_ONE) : 0;
        }
      }
    });
    return past;
  };
};

/** Latest step from `from` back to `from - holdSteps` that has a reading, or -1. */
const lastReading = (values: Float64Array, series: number, from: number, holdSteps: number): number => {
  for (let step = from; step >= 0 && step >= from - holdSteps; step--) {
    if (!Number.isNaN(values[series + step]!)) return step;
  }
  return -1;
};

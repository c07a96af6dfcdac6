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
 * A missing reading, and one beyond 2^21 quanta counts as missing, is the last one where that is at most `holdSteps` of
 * its channel old, else unknown. A reading between two quanta is kept as both.
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
        let held = lastReading(readings.values, series, oldest - 1, holdSteps, quantum);
        for (let step = 0; step < pastSteps; step++) {
          const at = oldest + step;
          if (at >= 0 && isReading(readings.values[series + at]!, quantum)) held = at;
          const known = held >= 0 && at - held <= holdSteps;
          const reading = known ? integerReading(readings.values[series + held]!, quantum) : 0;
          past.known[row + step] = known ? 1 : 0;
          past.lower[row + step] = Math.floor(reading / READING_ONE);
          past.upper[row + step] = Math.ceil(reading / READING_ONE);
        }
      }
    });
    return past;
  };
};

/** Whether rules can read a value: it is not missing, nor beyond 2^21 quanta. */
const isReading = (value: number, quantum: number): boolean =>
  Math.abs(integerReading(value, quantum)) <= READING_LIMIT;

/** Latest step from `from` back to `from - holdSteps` that has a reading, or -1. */
const lastReading = (
  values: Float64Array,
  series: number,
  from: number,
  holdSteps: number,
  quantum: number,
): number => {
  for (let step = from; step >= 0 && step >= from - holdSteps; step--) {
    if (isReading(values[series + step]!, quantum)) return step;
  }
  return -1;
};

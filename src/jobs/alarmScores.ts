import type { Readout } from "../edge/index.ts";
import type { AlarmReader, AlarmSummary } from "../report/RunSummary.ts";
import type { TrainingData } from "../train/TrainingData.ts";
import { type Alarm, passes } from "./Alarm.ts";
import { cellQuantiles } from "./cellQuantiles.ts";
import type { ConformalOffsets } from "./conformalOffsets.ts";
import type { ForecastSet } from "./ForecastSet.ts";

const READERS: readonly AlarmReader[] = ["quantile", "median", "persistence"];

/** Hits, misses and false alarms of one reader. */
interface Count {
  hits: number;
  misses: number;
  falseAlarms: number;
}

/**
 * What each alarm would have done on the test span, by lead: read from its quantile, from the median, and from the
 * last reading; on the points that the errors of the run are judged on.
 *
 * @param forecasts the forecasts that are issued; learned quantiles are read where they have them
 */
export const alarmScores = (
  data: TrainingData,
  origins: Int32Array,
  alarms: readonly Alarm[],
  forecasts: ForecastSet,
  conformal: ConformalOffsets,
  readouts: readonly Readout[],
  leads: readonly number[],
): AlarmSummary[] =>
  alarms.map((alarm) => {
    const { level, missCost, name, side, target, threshold } = alarm;
    const { channel, unit } = readouts[target]!;
    return {
      name,
      channel,
      unit,
      side,
      threshold,
      missCost,
      level,
      source: level === 0.5 ? "median" : forecasts.quantiles === undefined ? "conformal" : "learned",
      rows: leads.map((leadSteps) => ({
        leadSteps,
        ...countsAt(data, origins, alarm, forecasts, conformal, readouts[target]!, leadSteps),
      })),
    };
  });

const countsAt = (
  data: TrainingData,
  origins: Int32Array,
  alarm: Alarm,
  forecasts: ForecastSet,
  conformal: ConformalOffsets,
  readout: Readout,
  lead: number,
): Omit<AlarmSummary["rows"][number], "leadSteps"> => {
  const { horizonSteps, targets } = data.plan;
  const levels = conformal.quantiles;
  const width = targets.length * horizonSteps;
  const output = alarm.target * horizonSteps + lead - 1;
  const quantile = levels.indexOf(alarm.level);
  const values = new Float64Array(levels.length);
  const counts = READERS.map((): Count => ({ hits: 0, misses: 0, falseAlarms: 0 }));
  let judged = 0;
  let events = 0;
  origins.forEach((origin, index) => {
    for (let sensor = 0; sensor < data.sensors; sensor++) {
      const series = (alarm.target * data.sensors + sensor) * data.steps + origin;
      const truth = data.truth[series + lead]!;
      const reading = data.truth[series]!;
      if (Number.isNaN(truth) || Number.isNaN(reading)) continue;
      const row = index * data.sensors + sensor;
      const median = forecasts.values[row * width + output]!;
      const learned = forecasts.quantiles && {
        values: forecasts.quantiles,
        first: row * levels.length * width + output,
        stride: width,
      };
      cellQuantiles(data, conformal, output, readout, median, learned, values);
      const happens = passes(alarm, truth);
      judged++;
      if (happens) events++;
      tally(counts[0]!, happens, passes(alarm, quantile < 0 ? median : values[quantile]!));
      tally(counts[1]!, happens, passes(alarm, median));
      tally(counts[2]!, happens, passes(alarm, reading));
    }
  });
  return {
    judged,
    events,
    readers: READERS.map((reader, k) => {
      const { falseAlarms, hits, misses } = counts[k]!;
      return {
        reader,
        hits,
        misses,
        falseAlarms,
        recall: hits / (hits + misses),
        precision: hits / (hits + falseAlarms),
        cost: alarm.missCost * misses + falseAlarms,
      };
    }),
  };
};

const tally = (count: Count, happens: boolean, raised: boolean): void => {
  if (happens && raised) count.hits++;
  else if (happens) count.misses++;
  else if (raised) count.falseAlarms++;
};

import { type Panel, seriesOf } from "../../series/Panel.ts";
import { longestSame } from "./sameReadings.ts";
import { binsOf, chanceIndex, stabilityIndex } from "./stabilityIndex.ts";
import { brief, type Distribution, type InputBlocks, type WatchReference } from "./WatchReference.ts";

const DAY_MS = 86_400_000;
/** Lengths of a block; those are kept of which the recording holds enough. */
const BLOCK_DAYS = [1, 7, 28];
const FEWEST_BLOCKS = 4;

/**
 * How the readings lay in the training span, and how far blocks of the whole recording lie from it.
 *
 * @param panel the recording of a run, with the channels of the model
 * @param trainingSteps length of the training span, from the first step on
 */
export const inputReference = (panel: Panel, trainingSteps: number): WatchReference["inputs"] => {
  const channels = panel.channels.map(({ name, unit }, channel) => {
    const whole = panel.sensors.map((_, sensor) => seriesOf(panel, channel, sensor));
    const training = whole.map((row) => row.subarray(0, trainingSteps));
    const sensors = training.map((row, sensor) => distributionOf(row, longestSame(whole[sensor]!).steps));
    return {
      name,
      unit,
      all: distributionOf(
        concatenated(training),
        Math.max(0, ...sensors.map(({ longestRun }) => longestRun)),
      ),
      sensors,
    };
  });
  const stepsPerDay = Math.round(DAY_MS / panel.stepMs);
  const blocks = BLOCK_DAYS.filter((days) => panel.steps >= FEWEST_BLOCKS * days * stepsPerDay).map((days) =>
    blocksOf(panel, channels, days, stepsPerDay),
  );
  return { channels, blocks };
};

const distributionOf = (values: Float64Array, longestRun: number): Distribution => ({
  ...binsOf(values),
  missing: brief(missingShare(values)),
  longestRun,
});

/** Share of readings that are missing, 0..1; 0 of none. */
export const missingShare = (values: Float64Array): number =>
  values.length === 0
    ? 0
    : values.reduce((sum, value) => sum + (Number.isNaN(value) ? 1 : 0), 0) / values.length;

/** Rows one after another. */
export const concatenated = (rows: readonly Float64Array[]): Float64Array => {
  const values = new Float64Array(rows.reduce((sum, row) => sum + row.length, 0));
  let at = 0;
  for (const row of rows) {
    values.set(row, at);
    at += row.length;
  }
  return values;
};

/** What blocks of some days show, a block beginning at every day. */
const blocksOf = (
  panel: Panel,
  channels: WatchReference["inputs"]["channels"],
  days: number,
  stepsPerDay: number,
): InputBlocks => {
  const length = days * stepsPerDay;
  const starts: number[] = [];
  for (let from = panel.steps - length; from >= 0; from -= stepsPerDay) starts.push(from);
  const judged = channels.map(({ all, sensors }, channel) => {
    const whole: number[] = [];
    const single: number[][] = sensors.map(() => []);
    let missingLimit = 0;
    let missingSensorLimit = 0;
    for (const from of starts) {
      const rows = sensors.map((_, sensor) => seriesOf(panel, channel, sensor).subarray(from, from + length));
      const together = concatenated(rows);
      whole.push(stabilityIndex(all, together));
      missingLimit = Math.max(missingLimit, missingShare(together) - all.missing);
      rows.forEach((row, sensor) => {
        single[sensor]!.push(stabilityIndex(sensors[sensor]!, row));
        missingSensorLimit = Math.max(missingSensorLimit, missingShare(row) - sensors[sensor]!.missing);
      });
    }
    return { whole, single, missingLimit, missingSensorLimit };
  });
  // Never below what chance makes of so few readings: a quiet history would turn every block into an alarm.
  const typical = judged.map(({ whole }, channel) =>
    Math.max(middleOf(whole), chanceIndex(channels[channel]!.all, length * panel.sensors.length)),
  );
  const typicalOfSensors = judged.map(({ single }, channel) =>
    single.map((indices, sensor) =>
      Math.max(middleOf(indices), chanceIndex(channels[channel]!.sensors[sensor]!, length)),
    ),
  );
  const over = (indices: readonly number[], middle: number): number =>
    indices.reduce((most, index) => (index / middle > most ? index / middle : most), 1);
  return {
    days,
    blocks: Math.floor(panel.steps / length),
    typical: typical.map(brief),
    typicalOfSensors: typicalOfSensors.map((row) => row.map(brief)),
    limit: brief(Math.max(1, ...judged.map(({ whole }, channel) => over(whole, typical[channel]!)))),
    sensorLimit: brief(
      judged.reduce(
        (most, { single }, channel) =>
          single.reduce(
            (found, indices, sensor) => Math.max(found, over(indices, typicalOfSensors[channel]![sensor]!)),
            most,
          ),
        1,
      ),
    ),
    missingLimit: judged.map((each) => brief(each.missingLimit)),
    missingSensorLimit: judged.map((each) => brief(each.missingSensorLimit)),
  };
};

/** The median of numbers, NaN left out; 0 of none. */
const middleOf = (values: readonly number[]): number => {
  const sorted = values.filter((value) => !Number.isNaN(value)).sort((a, b) => a - b);
  return sorted.length === 0 ? 0 : sorted[Math.floor(sorted.length / 2)]!;
};

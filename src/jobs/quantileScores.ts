import type { QuantileMethod, QuantileSummary } from "../report/RunSummary.ts";
import type { Readout } from "../edge/index.ts";
import type { TrainingData } from "../train/TrainingData.ts";
import { cellQuantiles } from "./cellQuantiles.ts";
import type { ConformalOffsets } from "./conformalOffsets.ts";
import type { ForecastSet } from "./ForecastSet.ts";

/** One way to come by quantiles, to be judged. */
export interface QuantileCandidate {
  readonly method: QuantileMethod;
  /** Learned quantiles are read where the set has them. */
  readonly forecasts: ForecastSet;
  readonly conformal: ConformalOffsets;
}

/**
 * Coverage and width of the band between the issued quantiles, mean pinball loss over all levels, and the share of
 * readings at or below each quantile, by target and lead; on the points that the errors of the run are judged on.
 *
 * The band reaches from the lowest to the highest level issued, or to the median where none lies on that side.
 */
export const quantileScores = (
  data: TrainingData,
  origins: Int32Array,
  candidates: readonly QuantileCandidate[],
  issued: readonly number[],
  readouts: readonly Readout[],
  leads: readonly number[],
): QuantileSummary["scores"] => {
  const { horizonSteps, targets } = data.plan;
  return targets.flatMap(({ channel }, target) =>
    leads.flatMap((leadSteps) =>
      candidates.map((candidate) => ({
        channel,
        unit: readouts[target]!.unit,
        leadSteps,
        model: candidate.forecasts.model,
        method: candidate.method,
        ...scoreAt(
          data,
          origins,
          candidate,
          issued,
          readouts[target]!,
          target,
          target * horizonSteps + leadSteps - 1,
        ),
      })),
    ),
  );
};

const scoreAt = (
  data: TrainingData,
  origins: Int32Array,
  { conformal, forecasts }: QuantileCandidate,
  issued: readonly number[],
  readout: Readout,
  target: number,
  output: number,
) => {
  const levels = conformal.quantiles;
  const { horizonSteps, targets } = data.plan;
  const width = targets.length * horizonSteps;
  const lead = (output % horizonSteps) + 1;
  const lowest = issued[0] !== undefined && issued[0] < 0.5 ? levels.indexOf(issued[0]) : -1;
  const last = issued.at(-1);
  const highest = last !== undefined && last > 0.5 ? levels.indexOf(last) : -1;
  const values = new Float64Array(levels.length);
  const below = new Float64Array(levels.length);
  let count = 0;
  let covered = 0;
  let bandWidth = 0;
  let pinball = 0;
  origins.forEach((origin, index) => {
    for (let sensor = 0; sensor < data.sensors; sensor++) {
      const series = (target * data.sensors + sensor) * data.steps + origin;
      const truth = data.truth[series + lead]!;
      if (Number.isNaN(truth) || Number.isNaN(data.truth[series]!)) continue;
      const row = index * data.sensors + sensor;
      const median = forecasts.values[row * width + output]!;
      const learned = forecasts.quantiles && {
        values: forecasts.quantiles,
        first: row * levels.length * width + output,
        stride: width,
      };
      cellQuantiles(data, conformal, output, readout, median, learned, values);
      const lower = lowest < 0 ? median : values[lowest]!;
      const upper = highest < 0 ? median : values[highest]!;
      count++;
      if (truth >= lower && truth <= upper) covered++;
      bandWidth += upper - lower;
      for (let k = 0; k < levels.length; k++) {
        const error = truth - values[k]!;
        pinball += (error < 0 ? levels[k]! - 1 : levels[k]!) * error;
        if (error <= 0) below[k]!++;
      }
    }
  });
  return {
    count,
    coverage: covered / count,
    width: bandWidth / count,
    pinball: pinball / (count * levels.length),
    below: Array.from(below, (each) => each / count),
  };
};

import type { ModelName } from "../report/RunSummary.ts";

/** Forecasts of one model at a run of origins, in physical units: [origin][sensor][target][lead]. */
export interface ForecastSet {
  readonly model: ModelName;
  readonly values: Float32Array;
  /**
   * What quantile heads say, ascending and around the median: [origin][sensor][level][target][lead]; absent without
   * such heads.
   */
  readonly quantiles?: Float32Array;
}

/** The forecast of one sensor at one origin, [target][lead], as a view of {@link ForecastSet.values}. */
export const forecastOf = (
  values: Float32Array,
  sensors: number,
  outputs: number,
  originIndex: number,
  sensor: number,
): Float32Array => {
  const offset = (originIndex * sensors + sensor) * outputs;
  return values.subarray(offset, offset + outputs);
};

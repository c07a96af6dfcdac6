/** Runs an artefact over a span of origins. */
import { Effect } from "effect";
import type { DeviceForecast, Runtime } from "../edge/index.ts";
import type { TrainingData } from "../train/TrainingData.ts";
import type { ForecastSet } from "./ForecastSet.ts";

export interface DeviceForecasts {
  readonly raw: ForecastSet;
  readonly shielded: ForecastSet;
  /** Origins at which the shield could not restore an enforced rule, or could not judge one. */
  readonly failedOrigins: number;
  readonly unjudgedOrigins: number;
  /** Origins at which the shield moved anything. */
  readonly movedOrigins: number;
}

/** Origins between two chances to be interrupted and to show progress. */
const ORIGINS_AT_ONCE = 128;

/**
 * Forecasts of the device at consecutive origins `origins[0]..origins.at(-1)`, raw and shielded.
 *
 * @param visit is shown each forecast with its origin
 */
export const deviceForecasts = Effect.fn("deviceForecasts")(function* (
  runtime: Runtime,
  data: TrainingData,
  origins: Int32Array,
  progress: (done: number) => void,
  visit: (forecast: DeviceForecast, origin: number) => void = () => undefined,
) {
  const outputs = data.plan.targets.length * data.plan.horizonSteps;
  const raw = new Float32Array(origins.length * data.sensors * outputs);
  const shielded = new Float32Array(raw.length);
  const levels = runtime.quantiles.length;
  const rawQuantiles = new Float32Array(levels * raw.length);
  const shieldedQuantiles = new Float32Array(levels * raw.length);
  let failedOrigins = 0;
  let unjudgedOrigins = 0;
  let movedOrigins = 0;
  const place = (forecast: DeviceForecast, index: number): void => {
    copyBySensor(data, forecast.physical(forecast.raw), raw, index, 0, 1);
    copyBySensor(data, forecast.physical(forecast.shielded), shielded, index, 0, 1);
    forecast.quantiles.forEach((quantile, k) => {
      copyBySensor(data, forecast.physical(quantile.raw), rawQuantiles, index, k, levels);
      copyBySensor(data, forecast.physical(quantile.shielded), shieldedQuantiles, index, k, levels);
    });
    const enforced = forecast.rules.filter((rule) => rule.enforced);
    if (enforced.some((rule) => rule.flag === "failed")) failedOrigins++;
    if (enforced.some((rule) => rule.flag === "unjudged")) unjudgedOrigins++;
    if (forecast.shielded.some((value, k) => value !== forecast.raw[k])) movedOrigins++;
  };
  for (let from = 0; from < origins.length; from += ORIGINS_AT_ONCE) {
    const to = Math.min(origins.length, from + ORIGINS_AT_ONCE);
    let index = from;
    runtime.forecastSpan(data.readings, origins[from]!, origins[to - 1]! + 1, (forecast, origin) => {
      place(forecast, index++);
      visit(forecast, origin);
    });
    progress(to / origins.length);
    yield* Effect.sleep(0);
  }
  return {
    raw: { model: "ternary", values: raw, ...(levels > 0 && { quantiles: rawQuantiles }) },
    shielded: {
      model: "ternary, shielded",
      values: shielded,
      ...(levels > 0 && { quantiles: shieldedQuantiles }),
    },
    failedOrigins,
    unjudgedOrigins,
    movedOrigins,
  } satisfies DeviceForecasts;
});

/** The device orders by [target][sensor][lead], a forecast set by [sensor][block][target][lead]. */
const copyBySensor = (
  data: TrainingData,
  values: Float64Array,
  into: Float32Array,
  originIndex: number,
  block: number,
  blocks: number,
): void => {
  const { horizonSteps, targets } = data.plan;
  const outputs = targets.length * horizonSteps;
  for (let sensor = 0; sensor < data.sensors; sensor++) {
    const row = ((originIndex * data.sensors + sensor) * blocks + block) * outputs;
    for (let target = 0; target < targets.length; target++) {
      const from = (target * data.sensors + sensor) * horizonSteps;
      into.set(values.subarray(from, from + horizonSteps), row + target * horizonSteps);
    }
  }
};

import type { PlannedReadings } from "../../train/TrainingData.ts";
import type { IssuedValues } from "./issuedForecasts.ts";
import type { JudgedForecasts } from "./originScores.ts";

/** Issued forecasts laid beside the readings that came. */
export interface WatchedForecasts extends JudgedForecasts {
  readonly planned: PlannedReadings;
  readonly origins: Int32Array;
  readonly median: Float64Array;
  readonly startMs: number;
  /** For each origin the enforced rules that the forecast did not keep. */
  readonly broken: readonly (readonly string[])[];
}

/** @param startMs instant of the first step of the readings */
export const watchedForecasts = (
  planned: PlannedReadings,
  startMs: number,
  issued: readonly IssuedValues[],
): WatchedForecasts => {
  const { plan, readings, sensors, steps } = planned;
  const row = sensors * plan.targets.length * plan.horizonSteps;
  const width = plan.targets.length * plan.horizonSteps;
  const median = new Float64Array(issued.length * row);
  issued.forEach((forecast, index) => median.set(forecast.median, index * row));
  const banded = issued.length > 0 && issued.every(({ band }) => band !== undefined);
  return {
    planned,
    plan,
    sensors,
    steps,
    startMs,
    // Targets are the first channels.
    truth: readings.values,
    origins: Int32Array.from(issued, ({ issuedAtMs }) => Math.round((issuedAtMs - startMs) / plan.stepMs)),
    median,
    broken: issued.map(({ broken }) => broken),
    ...(banded && {
      bandAt: (index: number, sensor: number, output: number, into: Float64Array): void => {
        const { high, low } = issued[index]!.band!;
        into[0] = low[sensor * width + output]!;
        into[1] = high[sensor * width + output]!;
      },
    }),
  };
};

import type { DeviceVerdict, Runtime } from "../edge/index.ts";
import { cellQuantiles } from "./cellQuantiles.ts";
import type { ConformalOffsets } from "./conformalOffsets.ts";
import type { IssueBasis } from "./IssueBasis.ts";

/** The forecast from the last reading, at the median and at every level that is asked for. */
export interface IssuedQuantiles {
  /** Step of the last reading. */
  readonly origin: number;
  /** The shielded forecast, [sensor][target][lead]. */
  readonly median: Float64Array;
  readonly levels: readonly number[];
  /** One a level, each [sensor][target][lead]. */
  readonly quantiles: readonly Float64Array[];
}

/** Runs the artefact on the last readings and calibrates its quantiles; with what the shield says of each rule. */
export const issueQuantiles = (
  { data }: Pick<IssueBasis, "data">,
  runtime: Runtime,
  conformal: ConformalOffsets,
): { readonly issued: IssuedQuantiles; readonly verdicts: readonly DeviceVerdict[] } => {
  const { horizonSteps, targets } = data.plan;
  const width = targets.length * horizonSteps;
  const forecast = runtime.forecast(data.readings);
  const shielded = forecast.physical(forecast.shielded);
  const learned = forecast.quantiles.map((quantile) => forecast.physical(quantile.shielded));
  const levels = conformal.quantiles;
  const median = new Float64Array(data.sensors * width);
  const quantiles = levels.map(() => new Float64Array(data.sensors * width));
  const bases = new Float64Array(levels.length);
  const cell = new Float64Array(levels.length);
  for (let sensor = 0; sensor < data.sensors; sensor++) {
    for (let output = 0; output < width; output++) {
      const target = Math.floor(output / horizonSteps);
      const from = (target * data.sensors + sensor) * horizonSteps + (output % horizonSteps);
      learned.forEach((values, k) => (bases[k] = values[from]!));
      const base = learned.length === 0 ? undefined : { values: bases, first: 0, stride: 1 };
      cellQuantiles(data, conformal, output, runtime.targets[target]!, shielded[from]!, base, cell);
      const at = sensor * width + output;
      median[at] = shielded[from]!;
      quantiles.forEach((values, k) => (values[at] = cell[k]!));
    }
  }
  return { issued: { origin: data.steps - 1, median, levels, quantiles }, verdicts: forecast.rules };
};

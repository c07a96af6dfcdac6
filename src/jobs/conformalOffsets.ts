import { invertTransform, transformReading } from "../series/transform.ts";
import type { PlannedReadings, TrainingData } from "../train/TrainingData.ts";
import type { ForecastSet } from "./ForecastSet.ts";

/** Offsets that turn a forecast into its quantiles, on the learned scale: [target][lead][quantile]. */
export interface ConformalOffsets {
  readonly quantiles: readonly number[];
  readonly offsets: Float64Array;
}

/**
 * Split-conformal quantiles (Vovk 2005): the ceil((n + 1) q)-th smallest of the n calibration residuals (the
 * floor of it for q < 1/2), by target and lead, on the learned scale. Quantiles in ascending order do not cross, because their offsets ascend.
 *
 * Where the forecasts have learned quantiles, the residuals of a quantile are taken from its own learned value: each
 * end of a band is conformalised by itself (Romano, Patterson, Candes 2019, "Conformalized quantile regression",
 * theorem 2), and its width goes on to depend on the origin.
 *
 * Offsets are 0 where nothing was observed.
 *
 * @param sensors those whose residuals count; all where left out
 */
export const conformalOffsets = (
  data: TrainingData,
  origins: Int32Array,
  forecasts: ForecastSet,
  quantiles: readonly number[],
  sensors: readonly number[] = data.plan.sensors.map((_, sensor) => sensor),
): ConformalOffsets => {
  const { horizonSteps, targets } = data.plan;
  const outputs = targets.length * horizonSteps;
  const offsets = new Float64Array(outputs * quantiles.length);
  for (let output = 0; output < outputs; output++) {
    const target = Math.floor(output / horizonSteps);
    const lead = (output % horizonSteps) + 1;
    const { transform } = targets[target]!;
    const sortedResiduals = (baseOf: (row: number) => number): Float64Array => {
      const residuals: number[] = [];
      origins.forEach((origin, index) => {
        for (const sensor of sensors) {
          const truth = data.truth[(target * data.sensors + sensor) * data.steps + origin + lead]!;
          if (Number.isNaN(truth)) continue;
          const base = baseOf(index * data.sensors + sensor);
          residuals.push(transformReading(transform, truth) - transformReading(transform, base));
        }
      });
      return Float64Array.from(residuals).sort();
    };
    const { quantiles: learned, values } = forecasts;
    const ofMedian =
      learned === undefined ? sortedResiduals((row) => values[row * outputs + output]!) : undefined;
    quantiles.forEach((quantile, index) => {
      const sorted =
        ofMedian ?? sortedResiduals((row) => learned![(row * quantiles.length + index) * outputs + output]!);
      // Outwards on both sides, so that a band covers at least what its quantiles say.
      const outwards = quantile < 0.5 ? Math.floor : Math.ceil;
      const rank = Math.min(sorted.length, outwards((sorted.length + 1) * quantile));
      offsets[output * quantiles.length + index] = sorted.length === 0 ? 0 : sorted[Math.max(0, rank - 1)]!;
    });
  }
  return { quantiles, offsets };
};

/** A quantile of a forecast value (the median, or the learned quantile), kept within [minimum, maximum]. */
export const quantileOf = (
  { plan }: Pick<PlannedReadings, "plan">,
  conformal: ConformalOffsets,
  output: number,
  quantile: number,
  forecast: number,
  limits: { readonly minimum: number; readonly maximum: number },
): number => {
  const { transform } = plan.targets[Math.floor(output / plan.horizonSteps)]!;
  const offset = conformal.offsets[output * conformal.quantiles.length + quantile]!;
  const value = invertTransform(transform, transformReading(transform, forecast) + offset);
  return Math.min(limits.maximum, Math.max(limits.minimum, value));
};

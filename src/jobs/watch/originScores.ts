import type { FeaturePlan } from "../../series/FeaturePlan.ts";

/** Forecasts from some origins, and what came. */
export interface JudgedForecasts {
  readonly plan: Pick<FeaturePlan, "targets" | "horizonSteps">;
  readonly sensors: number;
  readonly steps: number;
  /** [target][sensor][step], NaN where missing. */
  readonly truth: ArrayLike<number>;
  /** Steps, ascending. */
  readonly origins: ArrayLike<number>;
  /** Median, [origin][sensor][target][lead]; NaN where there is none. */
  readonly median: ArrayLike<number>;
  /** Puts the ends of the issued band of a cell into `band`; left out where none is issued. */
  readonly bandAt?: (originIndex: number, sensor: number, output: number, band: Float64Array) => void;
}

/** Figures of one target at each origin; NaN where nothing was observed. */
export interface OriginScores {
  /** Mean absolute error over the sensors, [origin][lead]. */
  readonly errors: Float64Array;
  /** Mean absolute error by lead. */
  readonly mae: Float64Array;
  /** Share of the readings within the band, by origin. */
  readonly coverage: Float64Array;
  /** Origins with a reading that was forecast. */
  readonly judged: number;
}

/**
 * Errors and coverage of one target by origin. A forecast is judged where the reading at the origin and the reading
 * forecast were both observed, as in the model card.
 */
export const originScores = (forecasts: JudgedForecasts, target: number): OriginScores => {
  const { bandAt, median, origins, plan, sensors, steps, truth } = forecasts;
  const { horizonSteps, targets } = plan;
  const width = targets.length * horizonSteps;
  const errors = new Float64Array(origins.length * horizonSteps);
  const coverage = new Float64Array(origins.length).fill(Number.NaN);
  const sums = new Float64Array(horizonSteps);
  const counts = new Float64Array(horizonSteps);
  const band = new Float64Array(2);
  let judged = 0;
  for (let index = 0; index < origins.length; index++) {
    const origin = origins[index]!;
    let inside = 0;
    let observed = 0;
    for (let lead = 1; lead <= horizonSteps; lead++) {
      let sum = 0;
      let count = 0;
      for (let sensor = 0; sensor < sensors; sensor++) {
        const series = (target * sensors + sensor) * steps;
        const output = target * horizonSteps + lead - 1;
        const value = median[(index * sensors + sensor) * width + output]!;
        const came = origin + lead < steps ? truth[series + origin + lead]! : Number.NaN;
        if (Number.isNaN(came) || Number.isNaN(truth[series + origin]!) || Number.isNaN(value)) continue;
        sum += Math.abs(value - came);
        count++;
        if (bandAt === undefined) continue;
        bandAt(index, sensor, output, band);
        if (came >= band[0]! && came <= band[1]!) inside++;
      }
      errors[index * horizonSteps + lead - 1] = count === 0 ? Number.NaN : sum / count;
      sums[lead - 1]! += sum;
      counts[lead - 1]! += count;
      observed += count;
    }
    if (observed === 0) continue;
    judged++;
    if (bandAt !== undefined) coverage[index] = inside / observed;
  }
  return { errors, mae: sums.map((sum, lead) => sum / counts[lead]!), coverage, judged };
};

/** Error of each origin relative to errors by lead: the mean over the leads that were observed; 1 is as expected. */
export const relativeErrors = (
  errors: Float64Array,
  mae: ArrayLike<number | null>,
  origins: number,
): Float64Array => {
  const leads = mae.length;
  return Float64Array.from({ length: origins }, (_, index) => {
    let sum = 0;
    let count = 0;
    for (let lead = 0; lead < leads; lead++) {
      const error = errors[index * leads + lead]!;
      const usual = mae[lead] ?? Number.NaN;
      if (Number.isNaN(error) || !(usual > 0)) continue;
      sum += error / usual;
      count++;
    }
    return count === 0 ? Number.NaN : sum / count;
  });
};

import type { FeaturePlan } from "../../series/FeaturePlan.ts";
import { planChannels, type Readings, seriesIn } from "../../series/features.ts";
import { forwardFill } from "../../series/forwardFill.ts";
import { transformReading } from "../../series/transform.ts";

/** The windows in which every reading of the `newest` last steps is within the radius of its channel; a missing one stays so. */
export interface ReadingBall {
  readonly newest: number;
  /** By channel of the plan, in its unit. */
  readonly radii: readonly number[];
}

/** Which reading stands for a step of a series, and the range of its transformed value. */
export interface ReadingUnknowns {
  /** [series][step]: step of the reading that is held, -1 where the fallback stands. */
  readonly source: Int32Array;
  /** [series][step]: the transformed value lies within `half` of `centre`; 0 for the fallback. */
  readonly centre: Float64Array;
  readonly half: Float64Array;
}

/** Widens a range by more than what the float64 functions that made it can be off. */
const WIDER = 1 + 2 ** -40;

/** Ranges of the held, transformed readings of targets and covariates in a ball. Exact, because transforms are monotone. */
export const readingUnknowns = (
  plan: FeaturePlan,
  readings: Readings,
  ball: ReadingBall,
): ReadingUnknowns => {
  const { steps } = readings;
  const scalings = [...plan.targets, ...plan.covariates];
  const sensors = plan.sensors.length;
  const size = planChannels(plan).length * sensors * steps;
  const source = new Int32Array(size).fill(-1);
  const centre = new Float64Array(size);
  const half = new Float64Array(size);
  const places = new Float64Array(steps);
  const held = new Float64Array(steps);
  scalings.forEach(({ fallback, transform }, channel) => {
    const radius = ball.radii[channel]!;
    for (let sensor = 0; sensor < sensors; sensor++) {
      const row = channel * sensors + sensor;
      const series = seriesIn(readings, row);
      for (let step = 0; step < steps; step++) places[step] = Number.isNaN(series[step]!) ? Number.NaN : step;
      forwardFill(places, held, 0, steps, plan.holdSteps, -1);
      for (let step = 0; step < steps; step++) {
        const at = row * steps + step;
        const from = held[step]!;
        source[at] = from;
        const value = from < 0 ? fallback : series[from]!;
        const moved = from < steps - ball.newest || from < 0 ? 0 : radius;
        const low = transformReading(transform, value - moved);
        const high = transformReading(transform, value + moved);
        centre[at] = (low + high) / 2;
        half[at] = moved === 0 ? 0 : ((high - low) / 2) * WIDER;
      }
    }
  });
  return { source, centre, half };
};

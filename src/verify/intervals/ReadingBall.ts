import type { Readings } from "../../series/features.ts";

/** The windows in which every reading of the `newest` last steps is within the radius of its channel; a missing one stays so. */
export interface ReadingBall {
  readonly newest: number;
  /** By channel of the plan, in its unit. */
  readonly radii: readonly number[];
}

/**
 * The lowest (`sign` -1) or the highest (1) readings of a ball. Whatever rises with each reading, as `integerReading`
 * does, is largest at the highest; floating-point addition rises too, so these bound every double of the ball.
 */
export const ballEnd = (readings: Readings, { newest, radii }: ReadingBall, sign: -1 | 1): Readings => {
  const { steps, values } = readings;
  const perChannel = values.length / radii.length;
  return {
    ...readings,
    values: values.map((value, index) =>
      index % steps < steps - newest ? value : value + sign * radii[Math.floor(index / perChannel)]!,
    ),
  };
};

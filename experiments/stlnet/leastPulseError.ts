/** Samples of a trace, how many are given, and the height that the one pulse must pass. */
export interface PulseLaw {
  readonly steps: number;
  readonly given: number;
  readonly limit: number;
}

/** Root mean squared errors over the samples that are forecast. */
export interface LeastErrors {
  readonly free: number;
  readonly keeping: number;
}

/**
 * Least root mean squared error of a forecast of pulses: of any (`free`), and of one that passes the limit wherever the
 * given samples have not (`keeping`).
 *
 * A pulse of 1 stands at any place alike. Seen among the given samples it leaves nothing to forecast. Otherwise each of
 * the r = steps - given samples has it with chance 1 / r, whatever was given: the mean, 1 / r, is best everywhere, and a
 * forecast that must pass the limit is dearer by (limit - 1 / r)^2, in one sample.
 */
export const leastPulseError = ({ given, limit, steps }: PulseLaw): LeastErrors => {
  const rest = steps - given;
  const unseen = rest / steps;
  const spread = (1 / rest) * (1 - 1 / rest);
  return {
    free: Math.sqrt(unseen * spread),
    keeping: Math.sqrt(unseen * (spread + (limit - 1 / rest) ** 2 / rest)),
  };
};

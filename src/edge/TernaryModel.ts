/**
 * One recurrent cell in ternary numbers.
 *
 * Cell (MI-GRU, reset gate before U; gates in the order z, r, candidate):
 *   p = W x, q = U s; a = alpha * p * q + beta1 * q + beta2 * p + bias
 *   z = sigmoid(a_z), r = sigmoid(a_r), c = tanh(a_c with s = r * h), h' = (1 - z) h + z c
 * W and U hold codes -1, 0, 1; their row scales are folded into alpha, beta1, beta2 (exact for MI).
 * The state is rounded to multiples of 1/127 after every step.
 */
export interface TernaryCell {
  /** Codes, [3 * units][length of x] and [3 * units][units], row after row. */
  readonly inputCodes: Int8Array;
  readonly stateCodes: Int8Array;
  /** One per gate row, length 3 * units. */
  readonly alpha: Float64Array;
  readonly beta1: Float64Array;
  readonly beta2: Float64Array;
  readonly bias: Float64Array;
}

/**
 * A trained ternary forecaster as plain numbers: what training hands to the device. Its own cell is the lowest: its x
 * are the features.
 */
export interface TernaryModel extends TernaryCell {
  readonly inputs: number;
  readonly units: number;
  /** Cells above, in order: the x of each is the rounded state of the one below. */
  readonly upper: readonly TernaryCell[];
  /**
   * y = skip [h, x] + output relu(hidden [h, x] + hiddenBias) + outputBias,
   * with [h, x], of length units + inputs, the state of the top cell and the features; rows one after another.
   */
  readonly head: {
    readonly hiddenUnits: number;
    readonly hidden: Float64Array;
    readonly hiddenBias: Float64Array;
    /** [outputs][hiddenUnits] */
    readonly output: Float64Array;
    /** [outputs][units + inputs] */
    readonly skip: Float64Array;
    readonly outputBias: Float64Array;
  };
  /** Outputs are ordered [block][target][horizon step], blocks as `blocksOf` says: one without quantile heads. */
  readonly horizonSteps: number;
  readonly targets: readonly Readout[];
  /** Levels of the quantile heads, ascending and without 0.5; none where absent. */
  readonly quantiles?: readonly number[];
}

/**
 * How an output becomes a reading: value = inverse(transform(baseline) + gain * y), rounded to a multiple of
 * the quantum and kept within [minimum, maximum].
 */
export interface Readout {
  readonly channel: string;
  readonly unit: string;
  readonly transform: "identity" | "log1p";
  readonly gain: number;
  /** Smallest step of a forecast reading, in the channel's unit. */
  readonly quantum: number;
  readonly minimum: number;
  readonly maximum: number;
}

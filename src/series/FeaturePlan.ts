/**
 * How the readings of a panel become the inputs of the forecaster: fixed on the training span, then frozen and
 * carried by the artefact, so that training, backtest and device see the same numbers.
 */
export type Transform = "identity" | "log1p";

export interface ChannelScaling {
  readonly channel: string;
  readonly transform: Transform;
  /** Mean and standard deviation of the transformed readings on the training span. */
  readonly mean: number;
  readonly deviation: number;
  /** Taken where nothing has been read yet: the median on the training span, in the channel's unit. */
  readonly fallback: number;
}

/** What the forecaster corrects; see `baseline.ts`. */
export type Baseline =
  | { readonly kind: "persistence" }
  | { readonly kind: "seasonal"; readonly periodSteps: number }
  | LinearBaseline;

/**
 * Level now + sum over lags of weight * (level - sensor's mean) + weight of the level one season before + intercept,
 * all on the learned scale; the same weights for all sensors.
 */
export interface LinearBaseline {
  readonly kind: "linear";
  /** Readings up to and including the origin; no more than the window has. */
  readonly lagSteps: number;
  readonly periodSteps: number;
  /** [target][lead][lag 0, 1, ..., season, intercept] */
  readonly weights: readonly (readonly (readonly number[])[])[];
}

export interface FeaturePlan {
  readonly stepMs: number;
  readonly zone: string;
  readonly sensors: readonly string[];
  /** Channels that are forecast, in the order of the outputs. */
  readonly targets: readonly ChannelScaling[];
  /** Further channels that are read. */
  readonly covariates: readonly ChannelScaling[];
  /** Channels that are angles in degrees: they enter as sine and cosine. */
  readonly circular: readonly string[];
  /** Whether the time of week is a feature: not where the training span has too few weeks to teach it. */
  readonly weekly: boolean;
  readonly baseline: Baseline;
  /** Steps that the recurrent window covers, the origin included. */
  readonly windowSteps: number;
  readonly horizonSteps: number;
  /** A reading is carried forward over a gap for at most this many steps; then the fallback is taken. */
  readonly holdSteps: number;
  /** For each sensor, the sensors whose mean it sees (indices into `sensors`). */
  readonly neighbours: readonly (readonly number[])[];
  /** Targets whose level at each of some sensors, less the own, every sensor sees beside the mean of its neighbours. */
  readonly everySensor?: {
    readonly targets: readonly string[];
    /** Indices into `sensors`. */
    readonly sensors: readonly number[];
  };
  /** Mean and deviation of each target per sensor on the training span, transformed: [target][sensor]. */
  readonly sensorMean: readonly (readonly number[])[];
  readonly sensorDeviation: readonly (readonly number[])[];
  /** Learned static embedding of each sensor, [sensor][embedding]; appended to the features. */
  readonly embedding: readonly (readonly number[])[];
}

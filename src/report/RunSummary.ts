/** Everything the report page shows of one run; plain data, so that the page can be drawn again from JSON. */
export interface RunSummary {
  readonly pipeline: string;
  /** ISO 8601 UTC instant that names the run. */
  readonly instant: string;
  readonly dataset: {
    readonly name: string;
    readonly title: string;
    readonly licence: string;
    readonly zone: string;
    readonly stepMs: number;
    readonly startMs: number;
    readonly steps: number;
    readonly sensors: number;
    readonly sha256: string;
    /** Share of missing readings of each target channel, 0..1. */
    readonly missing: readonly { readonly channel: string; readonly share: number }[];
    /** What was odd in the input, in words with counts; empty where nothing was. */
    readonly notes: readonly string[];
  };
  readonly horizonSteps: number;
  readonly targets: readonly { readonly channel: string; readonly unit: string }[];
  readonly span: { readonly train: Span; readonly validation: Span; readonly test: Span };
  /** Test errors by target and lead; `models` in the order of the columns. */
  readonly metrics: readonly {
    readonly channel: string;
    readonly unit: string;
    readonly rows: readonly {
      readonly leadSteps: number;
      /** Forecasts judged. */
      readonly count: number;
      readonly models: readonly { readonly model: ModelName; readonly mae: number; readonly rmse: number }[];
    }[];
  }[];
  /** Errors of the sensors that training did not see, and of those that it saw; absent where it saw all. */
  readonly unseen?: {
    readonly sensors: readonly { readonly name: string; readonly reason: "held out" | "nothing read" }[];
    readonly metrics: RunSummary["metrics"];
    readonly seenMetrics: RunSummary["metrics"];
  };
  /** How well the quantiles fit the test span; absent without quantile heads. */
  readonly quantiles?: QuantileSummary;
  /** What the alarms would have done on the test span; absent without alarms. */
  readonly alarms?: readonly AlarmSummary[];
  readonly rules: readonly RuleSummary[];
  readonly training: readonly {
    readonly phase: "float" | "ternary";
    readonly epoch: number;
    readonly trainingLoss: number;
    readonly ruleLoss: number;
    readonly validationLoss: number;
    /** Share of (origin, rule) pairs of the validation sample that hold, 0..1. */
    readonly ruleSatisfaction: number;
    /** Mean loss of the teacher, how many forecasts it was given, and for how many it left out a rule. */
    readonly teacher?: { readonly loss: number; readonly windows: number; readonly untaught: number };
  }[];
  /** Forecasts to draw: some typical ones. */
  readonly examples: readonly ForecastCase[];
  /** The windows on which the unshielded ternary model breaks a rule most, or errs most. */
  readonly worst: readonly ForecastCase[];
  readonly sizes: readonly { readonly part: string; readonly bytes: number }[];
  readonly proof: {
    readonly artefactSha256: string;
    readonly seed: number;
    readonly windows: number;
    readonly failures: number;
    /** Windows that missing readings leave open, and windows proved to allow no forecast that keeps the rules. */
    readonly unjudged: number;
    readonly infeasible: number;
    /** Upper end of the one-sided Clopper-Pearson interval of the failure rate. */
    readonly failureRateBound: number;
    readonly confidence: number;
    /** Windows of the same kinds on which the ternary model without its shield broke a rule. */
    readonly unshieldedFailures: number;
    /** The same by kind of window, in the order in which they were tried. */
    readonly kinds: readonly {
      readonly kind: string;
      readonly windows: number;
      readonly failures: number;
      readonly unjudged: number;
      readonly infeasible: number;
      readonly failureRateBound: number;
      readonly unshieldedFailures: number;
    }[];
    readonly replayCommand: string;
    readonly passed: boolean;
  };
  /** Levels of the band that is drawn around a forecast, 0..1, e.g. 0.1 and 0.9; equal where there is none. */
  readonly band: { readonly lower: number; readonly upper: number };
  /** Further settings worth knowing, in words. */
  readonly settings: readonly { readonly name: string; readonly value: string }[];
  readonly seed: number;
  readonly engine: string;
  /** Upper bound of the bytes that training held, in all and by part. */
  readonly memory?: {
    readonly bytes: number;
    readonly parts: readonly { readonly part: string; readonly bytes: number }[];
  };
  readonly machine: string;
  readonly seconds: readonly { readonly stage: string; readonly seconds: number }[];
}

export interface Span {
  readonly fromMs: number;
  readonly toMs: number;
}

export type ModelName =
  | "persistence"
  | "seasonal naive"
  | "ridge"
  | "float"
  | "ternary"
  | "ternary, shielded";

/**
 * `conformal`: fixed distances from the median. `learned`: what quantile heads say. `conformalised`: that, moved by
 * fixed distances, so that its coverage on the validation span is right.
 */
export type QuantileMethod = "conformal" | "learned" | "conformalised";

export interface QuantileSummary {
  /** All levels beside the median, ascending. */
  readonly levels: readonly number[];
  /** By channel, lead, model and method. */
  readonly scores: readonly {
    readonly channel: string;
    readonly unit: string;
    readonly leadSteps: number;
    readonly model: ModelName;
    readonly method: QuantileMethod;
    /** Forecasts judged. */
    readonly count: number;
    /** Share of readings within the band, 0..1, and its mean width. */
    readonly coverage: number;
    readonly width: number;
    /** Mean over readings and levels. */
    readonly pinball: number;
    /** Share of readings at or below the quantile of each level. */
    readonly below: readonly number[];
  }[];
}

/** What an alarm is read from: its quantile, the median forecast, or the last reading. */
export type AlarmReader = "quantile" | "median" | "persistence";

export interface AlarmSummary {
  readonly name: string;
  readonly channel: string;
  readonly unit: string;
  readonly side: "above" | "below";
  readonly threshold: number;
  /** What a missed event costs, in false alarms. */
  readonly missCost: number;
  /** Level of the quantile that decides, and where it comes from. */
  readonly level: number;
  readonly source: "learned" | "conformal" | "median";
  readonly rows: readonly {
    readonly leadSteps: number;
    /** Forecasts judged, and those whose reading passed the threshold. */
    readonly judged: number;
    readonly events: number;
    readonly readers: readonly {
      readonly reader: AlarmReader;
      readonly hits: number;
      readonly misses: number;
      readonly falseAlarms: number;
      /** Share of events warned of, share of alarms that came true, 0..1; NaN where there were none. */
      readonly recall: number;
      readonly precision: number;
      /** missCost * misses + falseAlarms. */
      readonly cost: number;
    }[];
  }[];
}

export interface RuleSummary {
  readonly name: string;
  readonly text: string;
  readonly because: string;
  readonly severity: string;
  /** A goal is trained for but neither enforced nor proved. */
  readonly goal: boolean;
  readonly unit: string;
  /** Share of judged test origins on which the rule holds, 0..1; NaN where none could be judged. */
  readonly rates: {
    readonly truth: number;
    readonly float: number;
    readonly ternary: number;
    readonly shielded: number;
  };
  /** Share of test origins on which the truth could not be judged (missing readings). */
  readonly truthUnknown: number;
  readonly smallestShieldedMargin: number;
  /**
   * What the shield costs when it enforces this rule alone, by target, on calibration origins of the validation span:
   * mean absolute error without a shield, how much it rises, in which share of windows (one sensor, one origin) the
   * forecast changes, and how much the error rises in those.
   */
  readonly cost?: readonly {
    readonly channel: string;
    readonly unit: string;
    readonly mae: number;
    readonly rise: number;
    readonly changedShare: number;
    readonly riseWhereChanged: number;
  }[];
  /**
   * Mean cosine between the gradients of this rule's loss and of the forecast loss at the trained weights, -1..1: below
   * 0 the rule pulls against the forecast. NaN where the rule asks for nothing there; absent where none was trained.
   */
  readonly gradientCosine?: number;
  /** In words what the rule says against the data; absent where it does not fight them. */
  readonly fights?: string;
}

/** One forecast of one sensor and target, with what happened and what the rules say about it. */
export interface ForecastCase {
  readonly title: string;
  /** What is worth seeing here, in a sentence or two. */
  readonly explanation: string;
  readonly sensor: string;
  readonly channel: string;
  readonly unit: string;
  readonly issuedAtMs: number;
  readonly stepMs: number;
  /** Readings up to and including the origin, oldest first; NaN where missing. */
  readonly history: readonly number[];
  /** Lead 1..horizon; NaN where missing. */
  readonly truth: readonly number[];
  readonly float: readonly number[];
  readonly ternary: readonly number[];
  readonly shielded: readonly number[];
  readonly lowerQuantile: readonly number[];
  readonly upperQuantile: readonly number[];
  /** Horizontal limits that rules set on this channel. */
  readonly limits: readonly {
    readonly rule: string;
    readonly value: number;
    readonly side: "upper" | "lower";
  }[];
}

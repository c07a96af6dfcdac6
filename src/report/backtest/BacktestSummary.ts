import type { ModelName } from "../RunSummary.ts";

/** The model whose quantiles are scored, and which a device would show. */
export const DEPLOYED: ModelName = "ternary, shielded";

/** Scores of all models on some of the forecast values; NaN where not defined. */
export interface TargetScores {
  /** Values that had a truth, and values that had none. */
  readonly count: number;
  readonly missing: number;
  /** In the order of {@link BacktestSummary.models}; `smape` 0..2. */
  readonly models: readonly {
    readonly mae: number;
    readonly rmse: number;
    readonly smape: number;
    readonly mase: number;
  }[];
  /** Of the band of the deployed model: share of the readings within it, and its interval score. */
  readonly coverage: number;
  readonly winkler: number;
  /** Mean over the issued levels and the median. */
  readonly pinball: number;
}

/** How a rule, or a part of it, fared; NaN where not defined. */
export interface RuleScores {
  /** Share of the judgements in which it is kept, 0..1. */
  readonly satisfaction: { readonly truth: number; readonly ternary: number; readonly shielded: number };
  /** Violations predicted by the unshielded forecast, and by either end of its band. */
  readonly predictors: readonly {
    readonly model: "ternary" | "band";
    readonly precision: number;
    readonly recall: number;
    readonly f1: number;
  }[];
  /** Judgements in which it was really broken, and a prediction could be judged. */
  readonly violations: number;
}

/** Everything the page of a backtest shows; plain data. */
export interface BacktestSummary {
  readonly pipeline: string;
  readonly dataset: {
    readonly name: string;
    readonly title: string;
    readonly zone: string;
    readonly stepMs: number;
    readonly sensors: number;
  };
  readonly models: readonly ModelName[];
  /** Levels at the ends of the band, 0..1. */
  readonly band: { readonly lower: number; readonly upper: number };
  readonly folds: readonly {
    readonly fold: number;
    readonly trainedFromMs: number;
    readonly validatedFromMs: number;
    readonly firstOriginMs: number;
    readonly lastOriginMs: number;
    readonly origins: number;
    /** SHA-256. */
    readonly artefact: string;
  }[];
  readonly targets: readonly {
    readonly channel: string;
    readonly unit: string;
    /** Sensors that have no MASE in some fold. */
    readonly unscaled: readonly string[];
    readonly overall: TargetScores;
    /** From lead 1. */
    readonly byLead: readonly TargetScores[];
    /** By local hour of the instant forecast, 0..23. */
    readonly byHour: readonly TargetScores[];
    readonly byFold: readonly TargetScores[];
    /** Of the sensors with the largest MAE of the deployed model, the largest first. */
    readonly hardest: readonly { readonly sensor: string; readonly scores: TargetScores }[];
  }[];
  readonly rules: readonly {
    readonly name: string;
    readonly goal: boolean;
    readonly overall: RuleScores;
    /** What the rule says of a lead, from lead 1; null where it is not told apart by leads, or not at this one. */
    readonly byLead: readonly (RuleScores | null)[];
    /** Of the whole rule, by local hour of the origin, 0..23. */
    readonly byHour: readonly RuleScores[];
    /** What the rule says of a sensor, of those at which it was broken most often, the most first. */
    readonly mostBroken: readonly { readonly sensor: string; readonly scores: RuleScores }[];
  }[];
}

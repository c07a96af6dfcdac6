/** What an events run left: what the report shows and the model card keeps. Shares 0..1, instants in ms since 1970. */
import type { Span } from "../RunSummary.ts";

/** How well one model says which token comes next. */
export interface WhichScore {
  readonly model: string;
  /** Mean of -log of the probability of what came, in nats; the perplexity is its exponential. */
  readonly nats: number;
  readonly perplexity: number;
  /** Share of the events whose token was among the 1, 5 and 10 likeliest. */
  readonly top1: number;
  readonly top5: number;
  readonly top10: number;
}

/** How well one model says when the next event comes. */
export interface WhenScore {
  readonly model: string;
  /** Mean of -log of the density of the time since the event before, per minute, in nats. */
  readonly nats: number;
  /** Of the median that was forecast, in minutes. */
  readonly medianAbsoluteError: number;
  readonly meanAbsoluteError: number;
  /** Share of the true instants within the interval that was to hold 80 % of them. */
  readonly coverage80: number;
}

/** How well one model says which tokens have an event until the horizon. */
export interface HorizonScore {
  readonly model: string;
  /** Mean of (probability - happened)^2 over instants and tokens. */
  readonly brier: number;
}

/** Share of the true instants below each forecast quantile. */
export interface Calibration {
  readonly level: number;
  readonly share: number;
}

export interface EventSummary {
  readonly pipeline: string;
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
    readonly notes: readonly string[];
  };
  readonly span: { readonly train: Span; readonly validation: Span; readonly test: Span };
  readonly kinds: readonly {
    readonly name: string;
    readonly condition: string;
    readonly edge: "rise" | "fall";
    readonly delayMs: number;
    readonly events: number;
    /** Sensors that had one. */
    readonly sensors: number;
  }[];
  readonly events: { readonly train: number; readonly validation: number; readonly test: number };
  /** Events of each stretch of time, from the first step on. */
  readonly overTime: { readonly stretchMs: number; readonly counts: readonly number[] };
  readonly which: readonly WhichScore[];
  readonly when: readonly WhenScore[];
  readonly calibration: readonly Calibration[];
  readonly horizon: {
    readonly ms: number;
    readonly origins: number;
    readonly samples: number;
    /** Share of the pairs of instant and token that had an event. */
    readonly happened: number;
    readonly scores: readonly HorizonScore[];
  };
  readonly training: readonly {
    readonly phase: "float" | "ternary";
    readonly round: number;
    readonly perplexity: number;
    readonly whenNats: number;
    readonly moved: number;
    readonly undone: boolean;
  }[];
  /** What is likeliest to come next after the last reading. */
  readonly next: {
    readonly lowerMs: number;
    readonly medianMs: number;
    readonly upperMs: number;
    readonly likeliest: readonly {
      readonly sensor: string;
      readonly kind: string;
      readonly probability: number;
      readonly withinHorizon: number;
    }[];
  };
  /** Rows of the shared table, those of most events first: what goes together by what the model lost least with. */
  readonly groups: readonly {
    readonly events: number;
    readonly members: readonly { readonly sensor: string; readonly kind: string; readonly events: number }[];
  }[];
  readonly sizes: readonly { readonly part: string; readonly bytes: number }[];
  readonly settings: readonly { readonly name: string; readonly value: string }[];
  readonly rules: { readonly sha256: string } | undefined;
  readonly seed: number;
  readonly machine: string;
  readonly seconds: readonly { readonly stage: string; readonly seconds: number }[];
}

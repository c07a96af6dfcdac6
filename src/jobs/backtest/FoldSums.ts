/** What a fold leaves: sums that add over folds, and what they are of. */
import { Schema } from "effect";
import { modelOrder } from "../../report/seriesStyle.ts";

const Sums = Schema.Array(Schema.Finite);

export class FoldSums extends Schema.Class<FoldSums>("ordinance/FoldSums")({
  /** From 1. */
  fold: Schema.Finite,
  fingerprint: Schema.String,
  /** SHA-256 of the artefact that forecast. */
  artefact: Schema.String,
  trainedFromMs: Schema.Finite,
  validatedFromMs: Schema.Finite,
  /** First and last origin. */
  firstOriginMs: Schema.Finite,
  lastOriginMs: Schema.Finite,
  origins: Schema.Finite,
  horizonSteps: Schema.Finite,
  sensors: Schema.Array(Schema.String),
  models: Schema.Array(Schema.Literals(modelOrder)),
  targets: Schema.Array(
    Schema.Struct({
      channel: Schema.String,
      unit: Schema.String,
      /** Sensors whose seasonal naive error in training is 0 or unknown: no MASE. */
      unscaled: Schema.Array(Schema.String),
      /** One a model: see `errorSums`. */
      errors: Schema.Array(Sums),
      /** See `bandSums`. */
      band: Sums,
    }),
  ),
  /** Levels at the ends of the issued band. */
  band: Schema.Struct({ lower: Schema.Finite, upper: Schema.Finite }),
  /** See `scoreRules`. */
  rules: Schema.Array(Schema.Struct({ name: Schema.String, goal: Schema.Boolean, sums: Sums })),
}) {}

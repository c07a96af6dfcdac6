/** A pipeline file: which data, which rules, what to forecast, how to train and how hard to prove. */
import { Schema } from "effect";
import {
  between,
  count,
  DurationText,
  LocalTimeText,
  optional,
  PipelineName,
  Share,
} from "./pipelineFields.ts";

const names = Schema.Array(Schema.String);

const Forecast = Schema.Struct({
  /** Channels to forecast. */
  targets: Schema.NonEmptyArray(Schema.String),
  /** Further channels to read. */
  covariates: optional(names, []),
  /** Channels in degrees, read as sine and cosine. */
  circular: optional(names, []),
  /** Channels learned on a log(1 + x) scale. */
  log: optional(names, []),
  history: DurationText,
  horizon: DurationText,
  /** How long a reading is carried over a gap; by default as long as the history. */
  hold: Schema.optionalKey(DurationText),
  /**
   * What the model corrects: the last reading, the reading one season ago, a linear forecast from the last readings and
   * the season, or the one of these three that errs least on the validation span.
   */
  baseline: optional(Schema.Literals(["persistence", "seasonal", "linear", "auto"]), "persistence"),
  season: optional(DurationText, "24h"),
  /** Quantiles given beside the median. */
  quantiles: optional(
    Schema.Array(Schema.Finite.check(Schema.isBetween({ minimum: 0.001, maximum: 0.999 }))),
    [0.1, 0.9],
  ),
  /**
   * Whether the model learns those quantiles, and those that alarms read, by outputs of their own; else they lie at the
   * same distances from the median everywhere.
   */
  quantileHeads: Schema.optionalKey(Schema.Boolean),
  /** Smallest step of a forecast value, by channel; 0.1 where not given. */
  quantum: optional(Schema.Record(Schema.String, between(1e-6, 1e6)), {}),
  neighbourKilometres: Schema.optionalKey(between(0.001, 20_000)),
  /** Targets whose level at each single sensor every sensor reads, beside the mean of its neighbours. */
  everySensor: optional(names, []),
  /** Sensors kept out of training, to see how well a sensor is forecast that training never saw. */
  unseen: optional(names, []),
});

/** A warning where a forecast passes a threshold; see `alarmsOf`. */
const AlarmEntry = Schema.Struct({
  /** By default `CHANNEL above THRESHOLD`. */
  name: Schema.optionalKey(Schema.NonEmptyString),
  channel: Schema.String,
  /** One of the two, in the channel's unit. */
  above: Schema.optionalKey(Schema.Finite),
  below: Schema.optionalKey(Schema.Finite),
  /** What a missed event costs, in false alarms. */
  missCost: between(0.01, 100),
});

const vectorSize = count(0, 64);

/** How the vectors of sensors are made; a number alone is the size of vectors that each sensor has for itself. */
const Embedding = Schema.Struct({
  kind: Schema.Literals(["full", "table", "hashed", "quotient", "features"]),
  /** Numbers of a vector. */
  size: vectorSize,
  /** Vectors of `hashed`. */
  rows: Schema.optionalKey(count(1, 1_000_000)),
  /** Where sensors stand in a `table` at first: those of like days in a row, or anywhere. */
  start: Schema.optionalKey(Schema.Literals(["profile", "random"])),
  /** Whether sensors of a `table` change their places between float epochs, where that lowers the validation loss. */
  reallocate: Schema.optionalKey(Schema.Boolean),
});

const Model = Schema.Struct({
  units: optional(count(1, 512), 32),
  /** Cells one above the other, each of so many units. */
  layers: optional(count(1, 4), 1),
  headUnits: optional(count(1, 512), 32),
  embedding: optional(Schema.Union([vectorSize, Embedding]), 4),
});

const Training = Schema.Struct({
  /** What runs the forecaster: the fused kernels, or tensor operations of tfjs. */
  engine: optional(Schema.Literals(["fused", "tfjs"]), "fused"),
  /** Threads of the fused kernels; the bytes are the same for both. 2 is for machines whose cores are free. */
  threads: optional(Schema.Literals([1, 2]), 1),
  seed: optional(count(0, 2 ** 31 - 1), 1),
  loss: optional(Schema.Literals(["absolute", "squared"]), "absolute"),
  /** The loss of a lead counts in proportion to lead^-leadDecay: 0 counts all alike, 1 doublings of the lead alike. */
  leadDecay: optional(between(0, 4), 0),
  floatEpochs: optional(count(1, 1000), 6),
  ternaryEpochs: optional(count(1, 1000), 6),
  batch: optional(count(1, 4096), 32),
  warmup: optional(DurationText, "24h"),
  scored: optional(DurationText, "5d"),
  stepsPerEpoch: Schema.optionalKey(count(1, 1_000_000)),
  learningRate: optional(between(1e-7, 1), 3e-3),
  ternaryLearningRate: optional(between(1e-7, 1), 2e-3),
  weightDecay: optional(between(0, 1), 1e-2),
  clipNorm: optional(between(1e-6, 1e6), 1),
  dropout: optional(between(0, 0.95), 0.2),
  /** Share of the sequences of a step that see the mean of all sensors' vectors, as an unseen sensor does. */
  embeddingDropout: optional(between(0, 1), 0),
  averaging: optional(between(0, 0.99999), 0.99),
  patience: optional(count(1, 1000), 3),
  /** What trains the rules: their robustness, the distance to the nearest forecast that keeps them, or both. */
  ruleLoss: optional(Schema.Literals(["robustness", "teacher", "both"]), "robustness"),
  /** Weight of the forecast loss beside a teacher's, which has the rest; it falls to this from 1. */
  ruleBeta: optional(between(0, 0.9999), 0.5),
  ruleWeight: optional(between(0, 1e6), 0.1),
  ruleMargin: optional(between(0, 1e6), 0.3),
  ruleTemperature: optional(Schema.Tuple([between(1e-3, 1e6), between(1e-3, 1e6)]), [1, 10]),
  ruleOrigins: optional(count(1, 10_000), 24),
  ruleStride: optional(count(1, 10_000), 4),
});

const Proof = Schema.Struct({
  windows: optional(count(1, 10_000_000), 2000),
  seed: optional(count(0, 2 ** 31 - 1), 1),
  confidence: optional(between(0.5, 0.999999), 0.95),
});

/** What the artefact says of itself to a device. */
const Release = Schema.Struct({
  /** The device or site that it is made for; a device that knows its own refuses others. */
  target: optional(Schema.NonEmptyString, "unassigned"),
  /** From the last reading on; a device refuses it later. */
  validFor: Schema.optionalKey(DurationText),
});

export class Pipeline extends Schema.Class<Pipeline>("ordinance/Pipeline")({
  name: PipelineName,
  /** `forecast`: values of sensors ahead. The other kind is `events`, with keys of its own: see `EventPipeline`. */
  kind: Schema.optionalKey(Schema.Literal("forecast")),
  /** Name of a data card, or the path of one relative to the pipeline file (`./my-city.yaml`). */
  data: Schema.NonEmptyString,
  /** Rule file, relative to the pipeline file. */
  rules: Schema.NonEmptyString,
  /** Part of the recording to use, in local time; the end is exclusive. */
  from: Schema.optionalKey(LocalTimeText),
  to: Schema.optionalKey(LocalTimeText),
  /** Shares of the steps kept for validation and, after it, for the test. */
  validationShare: optional(Share, 0.1),
  testShare: optional(Share, 0.2),
  forecast: Forecast,
  alarms: Schema.optionalKey(Schema.Array(AlarmEntry)),
  model: optional(Model, {}),
  training: optional(Training, {}),
  proof: optional(Proof, {}),
  release: optional(Release, {}),
}) {}

/** A pipeline file of kind `events`: which events of which data, how to learn them, how far to look. */
import { Schema } from "effect";
import {
  between,
  count,
  DurationText,
  LocalTimeText,
  optional,
  PipelineName,
  Share,
} from "../pipelineFields.ts";

/** One kind of event: where a rule of the rule file, or a condition written here, becomes true or false at a sensor. */
const EventEntry = Schema.Struct({
  /** By default the rule and what becomes of it, or the condition. */
  name: Schema.optionalKey(Schema.NonEmptyString),
  /** One of the two: a rule that begins with `forall s in sensors`. */
  rule: Schema.optionalKey(Schema.NonEmptyString),
  /** `rise(CONDITION)` or `fall(CONDITION)` of one sensor's signals: `rise(speed <= 40 mph)`. */
  when: Schema.optionalKey(Schema.NonEmptyString),
  /** Of a rule: `broken` where left out. */
  becomes: Schema.optionalKey(Schema.Literals(["broken", "kept"])),
});

const Forecast = Schema.Struct({
  /** The chance of an event until then is given for every sensor. */
  horizon: optional(DurationText, "1h"),
  /** Futures that are drawn for it. */
  samples: optional(count(10, 100_000), 200),
  /** Instants of the test span at which it is tried. */
  origins: optional(count(1, 10_000), 96),
});

const Model = Schema.Struct({
  cell: optional(Schema.Literals(["rnn", "lstm", "gru"]), "gru"),
  multiplicative: optional(Schema.Boolean, true),
  units: optional(count(1, 512), 32),
  /** Length of an input vector; by default as many as units. */
  inputs: Schema.optionalKey(count(1, 512)),
  /** `shared` has two vectors for each row and column of a square, `full` two for each sensor; `auto` is full below 1,024. */
  table: optional(Schema.Literals(["auto", "full", "shared"]), "auto"),
  /** Bins of the time to the next event. */
  bins: optional(count(2, 200), 24),
});

const Training = Schema.Struct({
  seed: optional(count(0, 2 ** 31 - 1), 1),
  /** At most; each ends with a look at the validation span and, with a shared table, begins with placing sensors anew. */
  rounds: optional(count(1, 1000), 20),
  /** Passes over the stream in a round. */
  epochs: optional(count(1, 1000), 1),
  /** Rounds with ternary weights of the cell and a state in eight bits, from the best float weights. */
  ternaryRounds: optional(count(0, 1000), 0),
  /** Parts of the stream that are read side by side. */
  batch: optional(count(1, 4096), 8),
  /** Events that a gradient goes back. */
  steps: optional(count(1, 4096), 32),
  learningRate: optional(between(1e-7, 1), 4e-3),
  clipNorm: optional(between(1e-6, 1e6), 5),
  /** Share of the numbers of input vectors and states hidden at a training step. */
  dropout: optional(between(0, 0.95), 0),
  /** Rounds without a better validation loss before training ends. */
  patience: optional(count(1, 1000), 3),
  /** Whether sensors are placed anew in a shared table. */
  reallocation: optional(Schema.Boolean, true),
});

export class EventPipeline extends Schema.Class<EventPipeline>("ordinance/EventPipeline")({
  name: PipelineName,
  kind: Schema.Literal("events"),
  /** Name of a data card, or the path of one relative to the pipeline file (`./my-city.yaml`). */
  data: Schema.NonEmptyString,
  /** Rule file, relative to the pipeline file; conditions may use its parameters, groups and lets. */
  rules: Schema.optionalKey(Schema.NonEmptyString),
  /** Part of the recording to use, in local time; the end is exclusive. */
  from: Schema.optionalKey(LocalTimeText),
  to: Schema.optionalKey(LocalTimeText),
  /** Shares of the steps kept for validation and, after it, for the test. */
  validationShare: optional(Share, 0.15),
  testShare: optional(Share, 0.15),
  events: Schema.NonEmptyArray(EventEntry),
  forecast: optional(Forecast, {}),
  model: optional(Model, {}),
  training: optional(Training, {}),
}) {}
